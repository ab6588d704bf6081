import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import type { Expression } from "../../src/cel/expression.ts";
import { GatewayError } from "../../src/errors.ts";
import { orAborted } from "../../src/lib/or_aborted.ts";
import type { Guard } from "../../src/policies/guards/guard.ts";
import type { Guards } from "../../src/policies/guards/guards.ts";
import type { Policy } from "../../src/policies/policy.ts";
import type { Subject } from "../../src/policies/subject.ts";
import {
  ANSWER,
  CHAT,
  chat,
  chunk,
  DONE,
  FINISH,
  gateway,
  json,
  script,
  type Upstream,
  USAGE,
} from "./harness.ts";
import { hosts, membersOf, policy, RETRY, sse } from "./members.ts";
import { STREAMED } from "./streamed.ts";
import { until } from "../support/until.ts";

const down = (): Response => json(`{"error":{"message":"down"}}`, { status: 503 });
const never: Upstream = () => new Promise<Response>(() => {});

function expression(test: Expression["test"]): Expression {
  return { source: "a test's", roots: new Set(), paths: new Set(), evaluate: test, test };
}

const WAITS: Readonly<Record<string, Readonly<Record<string, Upstream>>>> = {
  "the wait between two tries": { a: down, b: () => json() },
  "the second try": { a: down, b: never },
};

for (const [claim, answers] of Object.entries(WAITS)) {
  Deno.test(`askInTurn() ends within 100 ms of the client's leaving during ${claim}`, async () => {
    const backoffMs = claim.startsWith("the wait") ? 60_000 : 0;
    const { backend, outcomes, state } = membersOf({ a: {}, b: {} }, { ...RETRY, backoffMs });
    const it = gateway(hosts(answers), { backend });
    const client = new AbortController();
    const asked = it.ask(chat(CHAT, { signal: client.signal }));
    await until("it waits", () => backoffMs > 0 ? outcomes.length === 1 : it.calls.length === 2);
    const leftMs = performance.now();
    client.abort();
    const response = await asked;
    assert.ok(performance.now() - leftMs < 100);
    assert.equal(response.status, 499);
    assert.equal(it.calls.length, backoffMs > 0 ? 1 : 2);
    if (backoffMs === 0) assert.equal(it.calls[1]?.signal.aborted, true);
    assert.deepEqual([it.settled.length, it.settled[0]?.ending], [1, "client-gone"]);
    assert.deepEqual([state.pending, it.services.inFlight.size], [0, 0]);
    assert.equal(outcomes[1]?.[1].neutral ?? true, true);
  });
}

Deno.test("askInTurn() tells the health of a target that its client left within a stream", async () => {
  const upstream = script();
  const { backend, outcomes, state } = membersOf({ a: {}, b: {} });
  const it = gateway(hosts({ a: down, b: () => upstream.response() }), { backend });
  const client = new AbortController();
  const response = await it.ask(chat(STREAMED, { signal: client.signal }));
  assert.equal(state.pending, 1);
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  upstream.send(chunk("x"));
  await reader.read();
  client.abort();
  assert.equal(it.calls[1]?.signal.aborted, true);
  await reader.cancel();
  assert.deepEqual(outcomes.map(([name, { neutral }]) => [name, neutral]), [
    ["a", false],
    ["b", true],
  ]);
  assert.equal(it.settled[0]?.attempts?.length, 2);
  assert.deepEqual([state.pending, upstream.state.cancelled], [0, true]);
});

Deno.test("requestTimeout is for all tries together", async () => {
  const { backend, state } = membersOf({ a: {}, b: {}, c: {} }, { ...RETRY, headMsMax: 40 });
  const it = gateway(never, { backend, route: { timeouts: { requestMsMax: 60 } } });
  const response = await it.ask(chat());
  assert.equal(response.status, 504);
  assert.match(await response.text(), /request timeout/);
  assert.deepEqual([it.calls.length, state.pending, it.settled.length], [2, 0, 1]);
  assert.ok(it.calls.every(({ signal }) => signal.aborted));
});

Deno.test("requestTimeout ends the wait between two tries", async () => {
  const { backend } = membersOf({ a: {}, b: {} }, { ...RETRY, backoffMs: 60_000 });
  const it = gateway(down, { backend, route: { timeouts: { requestMsMax: 30 } } });
  const response = await it.ask(chat());
  assert.deepEqual([response.status, it.calls.length], [504, 1]);
});

Deno.test("a precondition that does not hold leaves a request with its first answer", async () => {
  const retry = { ...RETRY, precondition: expression(() => false) };
  const { backend } = membersOf({ a: {}, b: {} }, retry);
  const it = gateway(down, { backend });
  assert.deepEqual([(await it.ask(chat())).status, it.calls.length], [503, 1]);
});

Deno.test("a condition sees the answer at hand, and is asked once for each", async () => {
  const seen: unknown[] = [];
  // A condition may well say something else the second time.
  const is418 = compileExpression("response.code == 418");
  const condition = expression((variables) => {
    seen.push(is418.test(variables));
    return seen.length === 1;
  });
  const { backend } = membersOf({ a: {}, b: {} }, { ...RETRY, codes: new Set(), condition });
  const it = gateway(hosts({ a: () => json("{}", { status: 418 }), b: () => json() }), { backend });
  const response = await it.ask(chat());
  assert.deepEqual([response.status, await response.text()], [200, ANSWER]);
  assert.deepEqual(seen, [true]);
  assert.deepEqual(it.internal, []);
});

Deno.test("a stream without content goes on when it is too long to be held", async () => {
  const { backend } = membersOf({ a: {}, b: {} });
  const empty = `data: {"model":"m","choices":[{"index":0,"delta":{"x":"${
    "y".repeat(9_000)
  }"}}]}\n\n`;
  const upstream = script();
  const it = gateway(hosts({ a: () => upstream.response(), b: () => json() }), {
    backend,
    heldMsMax: 60_000,
  });
  const asked = it.ask(chat(STREAMED));
  for (let sent = 0; sent < 130; sent++) upstream.send(empty);
  const response = await asked;
  assert.equal(response.status, 200);
  upstream.end();
  const text = await response.text();
  assert.equal(text.split('yyyy"').length - 1, 130);
  assert.equal(it.calls.length, 1);
  assert.deepEqual(it.settled.map(({ ending }) => ending), ["upstream-cut"]);
});

Deno.test("the next target answers when a whole answer breaks off", async () => {
  const { backend, outcomes } = membersOf({ a: {}, b: {} });
  const upstream = script();
  const it = gateway(
    hosts({ a: () => upstream.response({ "content-type": "application/json" }), b: () => json() }),
    { backend },
  );
  const asked = it.ask(chat());
  upstream.send(ANSWER.slice(0, 20));
  await until("it is called", () => it.calls.length === 1);
  upstream.cut();
  const response = await asked;
  assert.deepEqual([response.status, await response.text()], [200, ANSWER]);
  assert.deepEqual(outcomes.map(([name, { status }]) => [name, status]), [["a", undefined], [
    "b",
    200,
  ]]);
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
});

const NOT_THE_TARGETS: Readonly<
  Record<string, { readonly strict?: boolean; readonly policies?: readonly Policy[] }>
> = {
  "a policy of a target refuses": {
    policies: [policy(() => {
      throw new GatewayError("forbidden", "not you");
    })],
  },
  "a policy of a target cannot decide": {
    policies: [policy(() => {
      throw new GatewayError("unavailable", "no judgement");
    })],
  },
};

for (const [claim, changes] of Object.entries(NOT_THE_TARGETS)) {
  Deno.test(`askInTurn() asks nobody else where ${claim}`, async () => {
    const { backend, outcomes } = membersOf({ a: changes, b: {} });
    const it = gateway(() => json(), { backend });
    const response = await it.ask(chat());
    assert.ok(response.status === 403 || response.status === 503);
    assert.equal(it.calls.length, 0);
    assert.deepEqual(outcomes.map(([name, { neutral }]) => [name, neutral]), [["a", true]]);
  });
}

Deno.test("what the policies of a failed target did is undone for the next one", async () => {
  const mark = (name: string) =>
    policy(async (subject) => {
      subject.editHeaders((headers) => headers.append("x-target", name));
      subject.onAnswer(({ headers }) => headers.append("x-by", name));
      subject.onResponse((response) => {
        response.headers.append("x-changed-by", name);
        return response;
      });
      subject.rewrite({ authority: `${name}.example` });
      subject.identity.metadata = { ...subject.identity.metadata, [name]: true };
      await Promise.resolve();
      return undefined;
    });
  const before = policy((subject) => {
    subject.editHeaders((headers) => headers.set("x-route", "yes"));
    subject.onAnswer(({ headers }) => headers.append("x-by", "route"));
    return undefined;
  });
  for (const last of [() => json(), down]) {
    const { backend } = membersOf({ a: { policies: [mark("a")] }, b: { policies: [mark("b")] } });
    const it = gateway(hosts({ a: down, b: last }), { backend, route: { policies: [before] } });
    const response = await it.ask(chat());
    const sent = it.calls.map(({ headers }) => [headers.get("x-route"), headers.get("x-target")]);
    assert.deepEqual(sent, [["yes", "a"], ["yes", "b"]]);
    assert.equal(response.headers.get("x-by"), "route, b");
    assert.equal(response.headers.get("x-changed-by"), "b");
  }
});

Deno.test("limits of models are asked once, also where the first try ends before them", async () => {
  let asked = 0, settled = 0;
  const limit = {
    name: "limit",
    apply(subject: Subject) {
      asked++;
      subject.onSettled(() => void settled++);
    },
  };
  const stalls: Guard = {
    name: "stalls",
    scopes: new Set(["messages"]),
    check: (_, { signal }) => orAborted(new Promise<never>(() => {}), signal),
  };
  const guards: Guards = { request: [stalls], response: [], streaming: false };
  const { backend } = membersOf({ a: { guards }, b: {} }, { ...RETRY, headMsMax: 20 });
  const it = gateway(() => json(), { backend, route: { modelPolicies: [limit] } });
  assert.equal((await it.ask(chat())).status, 200);
  assert.deepEqual([asked, settled, it.calls.length], [1, 1, 1]);
});

Deno.test("a limit that refuses is not asked again", async () => {
  let asked = 0;
  const limit = {
    name: "limit",
    apply() {
      asked++;
      throw new GatewayError("rate-limited", "enough");
    },
  };
  const { backend, outcomes } = membersOf({ a: {}, b: {} });
  const it = gateway(() => json(), { backend, route: { modelPolicies: [limit] } });
  assert.equal((await it.ask(chat())).status, 429);
  assert.deepEqual([asked, it.calls.length], [1, 0]);
  assert.deepEqual(outcomes.map(([, { neutral }]) => neutral), [true]);
});

Deno.test("the health of a target sees its own answer, not what policies make of it", async () => {
  const { backend, outcomes } = membersOf({ a: {}, b: {} });
  const spoil = policy((subject) => {
    subject.onAnswer((answer) => void (answer.status = 500));
    return undefined;
  });
  const it = gateway(() => json(), { backend, route: { policies: [spoil] } });
  assert.equal((await it.ask(chat())).status, 500);
  assert.deepEqual(outcomes.map(([, { status }]) => status), [200]);
  assert.equal(it.settled[0]?.status, 500);
});

Deno.test("the facts of a try say nothing of the one before it", async () => {
  const { backend, outcomes } = membersOf({ a: {}, b: {} });
  const it = gateway(hosts({ a: down, b: () => Promise.reject(new TypeError("refused")) }), {
    backend,
  });
  assert.equal((await it.ask(chat())).status, 503);
  assert.equal(it.settled[0]?.upstreamHeadersMs, undefined);
  assert.equal(it.settled[0]?.endpoint, "b:443");
  const [, second] = outcomes;
  assert.equal(second?.[1].variables?.().response, undefined);
});

Deno.test("a stream that fails in its head is metered as the one that is served", async () => {
  const { backend } = membersOf({ a: {}, b: {} });
  const it = gateway(
    hosts({ a: () => sse(), b: () => sse(chunk("ok"), FINISH, USAGE, DONE) }),
    { backend, heldMsMax: 5_000 },
  );
  await (await it.ask(chat(STREAMED))).text();
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 7, outputTokens: 3 });
  assert.deepEqual([it.settled.length, it.settled[0]?.ending], [1, "finished"]);
});
