import assert from "node:assert/strict";
import { orAborted } from "../../src/lib/or_aborted.ts";
import type { Guard, Judgement } from "../../src/policies/guards/guard.ts";
import type { Guards } from "../../src/policies/guards/guards.ts";
import { aiBackend, chat, chunk, DONE, FINISH, gateway, script, USAGE } from "./harness.ts";
import { membersOf } from "./members.ts";
import { SHOWN, STREAMED } from "./streamed.ts";
import { until } from "../support/until.ts";

const PASS: Judgement = { type: "pass" };
const REJECT: Judgement = { type: "reject", rejection: { status: 451, body: "not this" } };

/** A guard of answers whose judgements a test gives by hand. */
function asked() {
  const waiting: ((judgement: Judgement) => void)[] = [];
  const state = { aborted: 0 };
  const guard: Guard = {
    name: "asked",
    scopes: new Set(["messages"]),
    check(_, { signal }) {
      const { promise, resolve } = Promise.withResolvers<Judgement>();
      waiting.push(resolve);
      signal.addEventListener("abort", () => void state.aborted++, { once: true });
      return orAborted(promise, signal);
    },
  };
  const guards: Guards = { request: [], response: [guard], streaming: true };
  return {
    guards,
    state,
    waiting,
    async judge(judgement: Judgement) {
      const give = await until("the guard is asked", () => waiting.shift());
      give(judgement);
    },
  };
}

/** Longer than what a guard is asked about at once. */
const LONG = "word ".repeat(500);

function begin(heldMsMax = 60_000, signal?: AbortSignal) {
  const upstream = script();
  const guard = asked();
  const it = gateway(() => upstream.response(), {
    backend: aiBackend({ guards: guard.guards }),
    heldMsMax,
  });
  const response = it.ask(chat(STREAMED, signal === undefined ? {} : { signal }));
  return { ...it, upstream, guard, response };
}

Deno.test("a guarded stream is held until its first content is judged, and timed by that", async () => {
  const it = begin();
  it.upstream.send(chunk("short"));
  it.upstream.send(FINISH + USAGE + DONE);
  await it.guard.judge(PASS);
  const response = await it.response;
  it.upstream.end();
  assert.match(await response.text(), /short/);
  const [facts] = it.settled;
  assert.deepEqual([it.settled.length, facts?.ending, facts?.status], [1, "finished", 200]);
  assert.ok(facts?.llm?.firstTokenMs !== undefined);
  assert.deepEqual(facts.llm.usage, { inputTokens: 7, outputTokens: 3 });
});

Deno.test("a guard that rejects before content is answered by itself, and by nobody else", async () => {
  const upstream = script();
  const guard = asked();
  const { backend, outcomes } = membersOf({ a: { guards: guard.guards }, b: {} });
  const it = gateway(() => upstream.response(), { backend, heldMsMax: 60_000 });
  const asking = it.ask(chat(STREAMED));
  upstream.send(chunk("bad") + FINISH);
  await guard.judge(REJECT);
  const response = await asking;
  assert.equal(response.status, 451);
  assert.match(await response.text(), /not this/);
  assert.equal(it.calls.length, 1);
  assert.deepEqual(outcomes.map(([, { neutral }]) => neutral), [true]);
  assert.equal(upstream.state.cancelled, true);
  assert.deepEqual([it.settled.length, it.settled[0]?.reason], [1, "Guardrail"]);
  assert.equal(it.settled[0]?.llm?.usageSource, "partial");
});

Deno.test("a guard that rejects after content ends the stream, and closes the upstream", async () => {
  const it = begin();
  it.upstream.send(chunk(LONG));
  await it.guard.judge(PASS);
  const response = await it.response;
  const text = response.text();
  it.upstream.send(chunk(LONG));
  await it.guard.judge(REJECT);
  assert.match(await text, /word.*not this/s);
  assert.equal(it.upstream.state.cancelled, true);
  assert.deepEqual([it.settled.length, it.settled[0]?.reason], [1, "Guardrail"]);
});

Deno.test("a client that leaves while a guard is asked ends the question and the upstream", async () => {
  const client = new AbortController();
  const it = begin(60_000, client.signal);
  it.upstream.send(chunk(LONG));
  await it.guard.judge(PASS);
  const response = await it.response;
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  await reader.read();
  const reading = reader.read();
  it.upstream.send(chunk(LONG));
  await until("the guard is asked again", () => it.guard.waiting.length === 1);
  client.abort();
  await reader.cancel();
  assert.equal((await reading).done, true);
  await until("the upstream is closed", () => it.upstream.state.cancelled);
  assert.ok(it.guard.state.aborted > 0);
  assert.deepEqual(it.settled.map(({ ending, status }) => [ending, status]), [[
    "client-gone",
    499,
  ]]);
  assert.deepEqual([it.internal.length, it.services.inFlight.size], [0, 0]);
});

Deno.test("a question that the client's leaving ended is no failure of a guard", async () => {
  const client = new AbortController();
  const it = begin(60_000, client.signal);
  it.upstream.send(chunk(LONG));
  await it.guard.judge(PASS);
  const response = await it.response;
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  await reader.read();
  const reading = reader.read().catch(() => {});
  it.upstream.send(chunk(LONG));
  await until("the guard is asked again", () => it.guard.waiting.length === 1);
  client.abort();
  await until("it is settled", () => it.settled.length === 1);
  await reader.cancel();
  await reading;
  assert.deepEqual(it.settled.map(({ ending, reason }) => [ending, reason]), [[
    "client-gone",
    "Upstream",
  ]]);
});

Deno.test("a client that leaves while the first content is judged is not told of a guard", async () => {
  const client = new AbortController();
  const it = begin(60_000, client.signal);
  it.upstream.send(chunk(LONG));
  await until("the guard is asked", () => it.guard.waiting.length === 1);
  client.abort();
  const response = await it.response;
  assert.equal(response.status, 499);
  assert.equal(it.upstream.state.cancelled, true);
  assert.deepEqual(it.settled.map(({ ending, reason }) => [ending, reason]), [[
    "client-gone",
    "Upstream",
  ]]);
});

Deno.test("a deadline that passes while the first content is judged has its own status", async () => {
  const upstream = script();
  const guard = asked();
  const it = gateway(() => upstream.response(), {
    backend: aiBackend({ guards: guard.guards }),
    heldMsMax: 60_000,
    route: { timeouts: { requestMsMax: 30 } },
  });
  upstream.send(chunk(LONG));
  const response = await it.ask(chat(STREAMED));
  assert.equal(response.status, 504);
  assert.match(await response.text(), /request timeout/);
});

Deno.test("an upstream that ends while a guard is asked leaves nothing out", async () => {
  const it = begin();
  it.upstream.send(chunk(LONG));
  await until("the guard is asked", () => it.guard.waiting.length === 1);
  it.upstream.send(FINISH + DONE);
  it.upstream.end();
  await it.guard.judge(PASS);
  const text = (await it.response).text();
  await it.guard.judge(PASS);
  const words = (await text).match(/word/g);
  assert.equal(words?.length, 500);
  assert.deepEqual([it.settled.length, it.settled[0]?.ending], [1, "finished"]);
});

Deno.test("an upstream that breaks off while a guard is asked is told to the client", async () => {
  const it = begin();
  it.upstream.send(chunk(LONG));
  await it.guard.judge(PASS);
  const text = (await it.response).text();
  it.upstream.send(chunk(LONG));
  await until("the guard is asked again", () => it.guard.waiting.length === 1);
  it.upstream.cut();
  await it.guard.judge(PASS);
  assert.match(await text, /broke off/);
  assert.deepEqual([it.settled.length, it.settled[0]?.ending], [1, "upstream-cut"]);
});

Deno.test("usage that a client asked for comes through guards", async () => {
  const upstream = script();
  const guard = asked();
  const it = gateway(() => upstream.response(), { backend: aiBackend({ guards: guard.guards }) });
  const response = await it.ask(chat(SHOWN));
  upstream.send(chunk("x") + FINISH + USAGE + DONE);
  upstream.end();
  const text = response.text();
  await guard.judge(PASS);
  assert.match(await text, /"prompt_tokens":7/);
});
