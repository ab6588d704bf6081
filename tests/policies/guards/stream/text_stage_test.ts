import assert from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import type { TokenLogprob } from "../../../../src/chat/block.ts";
import type { ChatEvent } from "../../../../src/chat/events.ts";
import { builtinRule } from "../../../../src/policies/guards/regex/builtins/index.ts";
import { patternRule } from "../../../../src/policies/guards/regex/pattern_rule.ts";
import { regexGuard } from "../../../../src/policies/guards/regex/regex_guard.ts";
import { GuardRejection } from "../../../../src/policies/guards/guard_rejection.ts";
import { guardTexts } from "../../../../src/policies/guards/pipeline.ts";
import { guardEvents } from "../../../../src/policies/guards/stream/guard_events.ts";
import { ALL_SCOPES, guardContext, textOf } from "../guard_context.ts";
import { pieces } from "../regex/masking.ts";
import { blockEvents, faultOf, SEAL, textEvents, textsOf, through } from "./events.ts";

const CONTEXT = guardContext({ phase: "response" });

const masking = regexGuard({
  rules: [patternRule(RE2JS.compile("secret")), builtinRule("email")],
  scopes: ALL_SCOPES,
});

const rejecting = regexGuard({
  rules: [patternRule(RE2JS.compile("\\bbad\\b"))],
  scopes: ALL_SCOPES,
  rejection: { status: 451, body: "no bad words" },
});

const stage = () => guardEvents([masking, rejecting], CONTEXT);

const START: ChatEvent = { type: "start", id: "1", model: "m" };
const END: readonly ChatEvent[] = [
  { type: "finish", finish: { reason: "stop" } },
  { type: "usage", usage: { inputTokens: 1, outputTokens: 2 } },
  { type: "end" },
];

Deno.test("guardEvents() masks text as it comes and waits for nothing", async () => {
  const guard = stage();
  const events = [START, ...textEvents(["a sec", "ret from bo", "b@x.org", "! bye"]), ...END];
  assert.deepEqual(events.flatMap((event) => guard.push(event)), [
    START,
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "a " },
    { type: "block-delta", index: 0, text: "<masked> from " },
    { type: "block-delta", index: 0, text: "<EMAIL_ADDRESS>! " },
    { type: "block-delta", index: 0, text: "bye" },
    { type: "block-end", index: 0 },
    ...END,
  ]);
  assert.equal(guard.pending(), undefined);
  assert.equal(guard.refusal, undefined);
  assert.deepEqual(await through(stage(), []), []);
});

Deno.test("guardEvents() masks every kind of block, and each by itself", async () => {
  const events = [
    ...blockEvents(0, { type: "reasoning", text: "sec" }, ["ret"]),
    { type: "block-start", index: 1, block: { type: "text", text: "a secret b" } },
    { type: "block-start", index: 2, block: { type: "refusal", text: "" } },
    { type: "block-delta", index: 1, text: " sec" },
    { type: "block-delta", index: 2, text: "no secret" },
    { type: "block-delta", index: 1, text: "ret" },
    { type: "block-end", index: 2 },
    { type: "block-end", index: 1 },
    ...blockEvents(3, { type: "tool-call", id: "c", name: "f", input: "" }, ['{"a":"sec', 'ret"}']),
    ...blockEvents(4, { type: "tool-call", id: "d", name: "f", input: "secret", custom: true }, []),
    ...blockEvents(5, { type: "media", mediaType: "image/png", source: { data: "secret" } }, []),
  ] satisfies readonly ChatEvent[];
  assert.deepEqual(textsOf(await through(stage(), events)), [
    "<masked>",
    "a <masked> b <masked>",
    "no <masked>",
    '{"a":"<masked>"}',
    "<masked>",
    "",
  ]);
});

Deno.test("guardEvents() ends an answer with the error of the guard that rejects it", async () => {
  const guard = stage();
  const out = await through(guard, [START, ...textEvents(["so ", "ba", "d ", "is it"]), ...END]);
  assert.deepEqual(textsOf(out), ["so "]);
  assert.deepEqual(faultOf(out), {
    status: 451,
    message: "no bad words",
    code: "guardrail_intervention",
  });
  assert.equal(guard.refusal?.summary, "response rejected by regex guardrail");
  assert.ok(guard.refusal.error instanceof GuardRejection);
  assert.deepEqual(guard.push({ type: "end" }), []);
});

Deno.test("guardEvents() ends an answer that a rule cannot judge", async () => {
  const endless = regexGuard({
    rules: [patternRule(RE2JS.compile("(?s)BEGIN.*END"))],
    scopes: ALL_SCOPES,
  });
  const guard = guardEvents([endless], CONTEXT);
  const out = await through(guard, textEvents(["a BEGIN", "x".repeat(70_000), "y"]));
  assert.deepEqual(textsOf(out), ["a "]);
  assert.deepEqual(faultOf(out), {
    status: 503,
    message: "prompt guard failed",
    code: "guardrail_failed",
  });
  assert.match(String(guard.refusal?.cause), /holds back more than 65536 characters/);
});

Deno.test("guardEvents() passes an error on and drops what was held", async () => {
  const error: ChatEvent = { type: "error", fault: { status: 502, message: "cut" } };
  const out = await through(stage(), [...textEvents(["a sec"]).slice(0, -1), error]);
  assert.deepEqual(textsOf(out), ["a "]);
  assert.deepEqual(out.at(-1), error);
});

Deno.test("guardEvents() keeps the seal of a thought that it leaves as it is, and no other", async () => {
  const thought = { type: "reasoning", text: "" } as const;
  const ends = async (events: readonly ChatEvent[]) =>
    (await through(stage(), events)).filter(({ type }) => type !== "block-delta");
  const [, kept] = await ends(blockEvents(0, thought, ["a s", "econd"], SEAL));
  assert.deepEqual(kept, { type: "block-end", index: 0, seal: SEAL });
  const [, dropped] = await ends(blockEvents(0, thought, ["a s", "ecret"], SEAL));
  assert.deepEqual(dropped, { type: "block-end", index: 0 });
  const sealed = { ...thought, seal: SEAL };
  assert.deepEqual(await ends(blockEvents(0, sealed, ["fine"])), [
    { type: "block-start", index: 0, block: thought },
    { type: "block-end", index: 0, seal: SEAL },
  ]);
  assert.deepEqual(await ends(blockEvents(0, sealed, ["secret"])), [
    { type: "block-start", index: 0, block: thought },
    { type: "block-end", index: 0 },
  ]);
  const redacted = { ...thought, seal: { ...SEAL, redacted: true } };
  assert.deepEqual(await ends(blockEvents(0, redacted, [])), blockEvents(0, redacted, []));
});

Deno.test("guardEvents() drops the seal of a call of which it masks a string or a number", async () => {
  const call = { type: "tool-call", id: "c", name: "f", input: "" } as const;
  const digits = regexGuard({ rules: [builtinRule("creditCard")], scopes: ALL_SCOPES });
  const end = async (json: string) =>
    (await through(guardEvents([digits], CONTEXT), blockEvents(0, call, [json], SEAL))).at(-1);
  const sealed = { type: "block-end", index: 0, seal: SEAL };
  assert.deepEqual(await end('{"n": 4111111111111112, "s": "\\u0041"}'), sealed);
  assert.deepEqual(await end('{"n": 4111111111111111}'), { type: "block-end", index: 0 });
  assert.deepEqual(await end('{"n": "4111111111111111"}'), { type: "block-end", index: 0 });
});

function logprobs(...tokens: readonly string[]): readonly TokenLogprob[] {
  return tokens.map((token) => ({ token, logprob: -1, top: [] }));
}

Deno.test("guardEvents() holds the probabilities of tokens back with their text", async () => {
  const block: ChatEvent = {
    type: "block-start",
    index: 0,
    block: { type: "text", text: "a", logprobs: logprobs("a") },
  };
  const deltas = ["ny sec", "ond ", "sec", "ret", "s"].map((text): ChatEvent => ({
    type: "block-delta",
    index: 0,
    text,
    logprobs: logprobs(text),
  }));
  const out = await through(stage(), [block, ...deltas, { type: "block-end", index: 0 }]);
  assert.deepEqual(out, [
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "any ", logprobs: logprobs("a") },
    { type: "block-delta", index: 0, text: "second ", logprobs: logprobs("ny sec", "ond ") },
    { type: "block-delta", index: 0, text: "<masked>" },
    { type: "block-delta", index: 0, text: "s" },
    { type: "block-end", index: 0 },
  ]);
});

Deno.test("guardEvents() masks the JSON of a call as the whole call is masked", () => {
  const word = fc.constantFrom("secret", "a@b.io", "sec", 'ret"', "é", "😀", "\\", "x", 4111);
  const value = fc.dictionary(
    fc.constantFrom("a", "secret", "b"),
    fc.oneof(word, fc.array(word), fc.record({ in: word, ok: fc.boolean() })),
  );
  const cases = value.map((object) => JSON.stringify(object))
    .chain((json) => fc.tuple(fc.constant(json), pieces(json)));
  fc.assert(fc.property(cases, ([json, cut]) => {
    const block = { type: "tool-call", id: "c", name: "f", input: "" } as const;
    const guard = guardEvents([masking], CONTEXT);
    const [streamed = ""] = textsOf(
      blockEvents(0, block, cut).flatMap((event) => guard.push(event)),
    );
    const whole = guardTexts([masking], [textOf(json, { scope: "toolInput" })], CONTEXT);
    const [expected = ""] = Array.isArray(whole) ? whole : [json];
    assert.deepEqual(JSON.parse(streamed), JSON.parse(expected));
  }));
});
