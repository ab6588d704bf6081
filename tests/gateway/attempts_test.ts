import assert from "node:assert/strict";
import { GatewayError } from "../../src/errors.ts";
import type { Backend, Target } from "../../src/routing/backend.ts";
import { groups, type Outcome } from "../../src/routing/groups.ts";
import type { RetryPlan } from "../../src/routing/retry.ts";
import { routeTypeTable } from "../../src/apis/route_types.ts";
import {
  ANSWER,
  type Call,
  CHAT,
  chat,
  chunk,
  DONE,
  FINISH,
  gateway,
  json,
  script,
  target,
  type Upstream,
  USAGE,
} from "./harness.ts";

const RETRY: RetryPlan = {
  codes: new Set([401, 403, 404, 408, 429, 500, 502, 503, 529]),
  backoffMs: 0,
  retryAfterMsMax: 0,
};

/** Targets of one name each, in the order of their priority, with the outcomes of their calls. */
function failover(names: readonly string[], retry: RetryPlan | undefined = RETRY) {
  const outcomes: [string, Outcome][] = [];
  const members = names.map((name) => {
    const one: Target = target({ name, origin: `https://${name}.test`, endpoint: `${name}:443` });
    const begin = () => (outcome: Outcome) => void outcomes.push([name, outcome]);
    return [{ name, target: one, health: { begin, isEvicted: false, score: 1, pending: 0 } }];
  });
  const backend: Backend = {
    type: "ai",
    routeTypeOf: routeTypeTable({}),
    choice: { type: "groups", groups: groups(members, () => 0), retry },
  };
  return { backend, outcomes };
}

/** An upstream whose hosts each answer in their own way. */
function hosts(answers: Readonly<Record<string, Upstream>>): Upstream {
  return (call: Call) => {
    const { hostname } = new URL(call.url);
    const answer = answers[hostname.replace(".test", "")];
    if (answer === undefined) throw new Error(`no host ${hostname}`);
    return answer(call);
  };
}

const sse = (...events: readonly string[]) =>
  new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });

const ERROR_EVENT =
  `data: {"error":{"message":"overloaded","type":"server_error","code":"overloaded"}}\n\n`;

const FAILURES: Readonly<Record<string, Upstream>> = {
  "a connection that fails": () => {
    throw new TypeError("connection refused");
  },
  "a 503": () => json(`{"error":{"message":"down"}}`, { status: 503 }),
  "a 429 without hints": () => json(`{"error":{"message":"slow"}}`, { status: 429 }),
  "a 429 with a long retry-after": () =>
    json("{}", { status: 429, headers: { "retry-after": "3600" } }),
  "a key that is refused": () => json(`{"error":{"message":"key"}}`, { status: 401 }),
  "an answer that is no JSON": () => json("<html>"),
};

for (const [claim, fails] of Object.entries(FAILURES)) {
  Deno.test(`askInTurn() has the next target answer after ${claim}`, async () => {
    const { backend, outcomes } = failover(["a", "b"]);
    const it = gateway(hosts({ a: fails, b: () => json() }), { backend });
    const response = await it.ask(chat());
    assert.deepEqual([response.status, await response.text()], [200, ANSWER]);
    assert.deepEqual(it.calls.map(({ headers }) => headers.get("x-retry-attempt")), [null, "1"]);
    const [facts] = it.settled;
    assert.deepEqual(facts?.attempts?.map(({ backend }) => backend), ["a", "b"]);
    assert.equal(facts?.attempts?.[1]?.status, 200);
    assert.ok(facts?.attempts?.[0]?.error);
    assert.deepEqual(facts?.llm?.usage, { inputTokens: 7, outputTokens: 3 });
    assert.deepEqual(outcomes.map(([name]) => name), ["a", "b"]);
    assert.equal(it.settled.length, 1);
  });
}

const STREAMS: Readonly<Record<string, Upstream>> = {
  "an error event before any content": () => sse(ERROR_EVENT),
  "an end without content": () => sse(),
  "a role without content and then an error": () =>
    sse(`data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n`, ERROR_EVENT),
  "a refusal with a status": () => json("{}", { status: 529 }),
};

for (const [claim, fails] of Object.entries(STREAMS)) {
  Deno.test(`askInTurn() streams the next target's answer after ${claim}`, async () => {
    const { backend } = failover(["a", "b"]);
    const whole = chunk("ok") + FINISH + USAGE + DONE;
    const it = gateway(hosts({ a: fails, b: () => sse(whole) }), { backend, heldMsMax: 5_000 });
    const response = await it.ask(chat({ ...CHAT, stream: true }));
    const text = await response.text();
    assert.equal(response.status, 200);
    assert.equal(text, chunk("ok") + FINISH + DONE);
    assert.equal(it.settled.length, 1);
    assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 7, outputTokens: 3 });
  });
}

Deno.test("askInTurn() never tries again once content has gone out", async () => {
  const { backend } = failover(["a", "b"]);
  const it = gateway(
    hosts({ a: () => sse(chunk("half"), ERROR_EVENT), b: () => json() }),
    { backend, heldMsMax: 5_000 },
  );
  const response = await it.ask(chat({ ...CHAT, stream: true }));
  assert.match(await response.text(), /half.*overloaded/s);
  assert.equal(it.calls.length, 1);
});

Deno.test("askInTurn() gives the client the last provider's error as it came", async () => {
  const { backend } = failover(["a", "b"]);
  const last = `{"error":{"message":"the last","type":"server_error","param":null,"code":null}}`;
  const it = gateway(
    hosts({
      a: () => json(`{"error":{"message":"first"}}`, { status: 500 }),
      b: () => json(last, { status: 503, headers: { "retry-after": "7", "x-request-id": "r" } }),
    }),
    { backend },
  );
  const response = await it.ask(chat());
  assert.deepEqual(
    [response.status, response.headers.get("retry-after"), await response.text()],
    [503, "7", last],
  );
  assert.deepEqual(it.settled[0]?.attempts?.map(({ status }) => status), [500, 503]);
});

Deno.test("askInTurn() leaves the mistakes of a request with its client", async () => {
  const { backend } = failover(["a", "b"]);
  const it = gateway(hosts({ a: () => json(`{"error":{"message":"bad"}}`, { status: 400 }) }), {
    backend,
  });
  assert.equal((await it.ask(chat())).status, 400);
  assert.equal(it.calls.length, 1);
});

Deno.test("askInTurn() ends with the client, and says nothing about the target then", async () => {
  const { backend, outcomes } = failover(["a", "b"]);
  const leaving = new AbortController();
  const it = gateway(() => {
    leaving.abort();
    return new Promise<Response>(() => {});
  }, { backend });
  const response = await it.ask(chat(CHAT, { signal: leaving.signal }));
  assert.equal(response.status, 499);
  assert.deepEqual(it.calls.length, 1);
  assert.deepEqual(outcomes.map(([, { neutral }]) => neutral), [true]);
});

Deno.test("askInTurn() goes on when a target stays silent beyond its time", async () => {
  for (const times of [{ headMsMax: 20 }, { firstContentMsMax: 20 }]) {
    const { backend, outcomes } = failover(["a", "b"], { ...RETRY, ...times });
    const silent = script();
    const stalls: Upstream = "headMsMax" in times
      ? () => new Promise<Response>(() => {})
      : () => silent.response();
    const it = gateway(
      hosts({ a: stalls, b: () => sse(chunk("ok"), FINISH, DONE) }),
      { backend, heldMsMax: 5_000 },
    );
    const response = await it.ask(chat({ ...CHAT, stream: true }));
    assert.match(await response.text(), /ok/);
    assert.equal(outcomes[0]?.[1].status, undefined);
    assert.equal(it.calls[0]?.signal.aborted, true);
    assert.equal(it.calls[0]?.signal.reason instanceof GatewayError, true);
  }
});

Deno.test("askInTurn() tries the only target again as often as the route says", async () => {
  const tries = [503, 503, 200];
  const it = gateway(() => json(ANSWER, { status: tries.shift() ?? 500 }), {
    route: { retry: { ...RETRY, triesMax: 3 } },
  });
  assert.equal((await it.ask(chat())).status, 200);
  assert.equal(it.calls.length, 3);
});

Deno.test("askInTurn() waits as long as an upstream asks for, within the cap", async () => {
  const hint = { status: 429, headers: { "retry-after-ms": "30" } };
  for (const [capMs, calls] of [[1_000, 2], [10, 1]] as const) {
    const tries = [json("{}", hint), json()];
    const it = gateway(() => tries.shift() ?? json(), {
      route: { retry: { ...RETRY, triesMax: 2, retryAfterMsMax: capMs } },
    });
    const startedMs = performance.now();
    const response = await it.ask(chat());
    assert.equal(it.calls.length, calls);
    assert.equal(response.status, calls === 2 ? 200 : 429);
    if (calls === 2) assert.ok(performance.now() - startedMs >= 25);
  }
});
