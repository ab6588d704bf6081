import assert from "node:assert/strict";
import type { Reply, StandIn } from "./stand_in.ts";

/** Declares a test on a stand-in of its own. */
export function testStandIn(
  claim: string,
  start: () => Promise<StandIn>,
  check: (upstream: StandIn) => void | Promise<void>,
): void {
  Deno.test({
    name: claim,
    // Connections stay in the pools of the clients.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using upstream = await start();
      await check(upstream);
    },
  });
}

/** Sends JSON, or a text as it is, and gives the answer with its parsed body. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Fails unless every request was taken. */
export function assertNoRefusals(upstream: StandIn): void {
  assert.deepEqual(upstream.refusals.map(({ body }: Reply) => body), []);
}

/** The deepest value with a step replaced: `changed(body, ["messages", 0, "role"], "x")`. */
export function changed(value: unknown, path: readonly (string | number)[], to: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return to;
  const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
  const inner: unknown = Reflect.get(copy, step);
  if (rest.length === 0 && to === undefined) remove(copy, step);
  else Reflect.set(copy, step, changed(inner, rest, to));
  return copy;
}

function remove(from: object, step: string | number): void {
  if (Array.isArray(from)) from.splice(Number(step), 1);
  else Reflect.deleteProperty(from, step);
}

/** A place in a good request, what is put there, and what the provider says to that. */
export type RefusalRow = readonly [
  path: readonly (string | number)[],
  value: unknown,
  message: RegExp,
];

/** An answer to a request that a test sent. */
export type Answered = Awaited<ReturnType<typeof post>>;

/** A place in a good request, and something else that may stand there. */
export type TakenRow = readonly [path: readonly (string | number)[], value: unknown];

/**
 * Tests that a request is taken as it is and with some changes, and refused when any one place of
 * it is spoilt.
 */
export function testRefusals(
  name: string,
  { start, good, taken, rows, send, messageIn }: {
    readonly start: () => Promise<StandIn>;
    readonly good: unknown;
    readonly taken: readonly TakenRow[];
    readonly rows: readonly RefusalRow[];
    readonly send: (upstream: StandIn, body: unknown) => Promise<Answered>;
    /** Checks the error's shape and gives its message. */
    readonly messageIn: (answered: Answered) => unknown;
  },
): void {
  const changeOf = (path: readonly unknown[], value: unknown) =>
    `${path.join(".")} ${JSON.stringify(value)}`.slice(0, 90);
  testStandIn(`${name} takes a good request`, start, async (upstream) => {
    const { status, body } = await send(upstream, good);
    assert.equal(status, 200, JSON.stringify(body));
    assertNoRefusals(upstream);
  });
  for (const [path, value] of taken) {
    testStandIn(`${name} takes ${changeOf(path, value)}`, start, async (upstream) => {
      const { status, body } = await send(upstream, changed(good, path, value));
      assert.equal(status, 200, JSON.stringify(body));
    });
  }
  for (const [path, value, message] of rows) {
    testStandIn(`${name} refuses ${changeOf(path, value)}`, start, async (upstream) => {
      const answered = await send(upstream, changed(good, path, value));
      assert.notEqual(answered.status, 200, "it was taken");
      assert.match(String(messageIn(answered)), message);
      assert.equal(upstream.refusals.length, 1);
    });
  }
}
