import assert from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import type { ChatEvent } from "../../../../src/chat/events.ts";
import { GuardFailure } from "../../../../src/policies/guards/guard_failure.ts";
import { patternRule } from "../../../../src/policies/guards/regex/pattern_rule.ts";
import { regexGuard } from "../../../../src/policies/guards/regex/regex_guard.ts";
import { guardEvents } from "../../../../src/policies/guards/stream/guard_events.ts";
import { ALL_SCOPES, guardContext, slowGuard, type TestGuard } from "../guard_context.ts";
import { pieces } from "../regex/masking.ts";
import {
  blockEvents,
  faultOf,
  hurriedThrough,
  SEAL,
  textEvents,
  textsOf,
  through,
} from "./events.ts";

const CONTEXT = guardContext({ phase: "response" });

function guarded(guard: TestGuard, events: readonly ChatEvent[]) {
  return through(guardEvents([guard], CONTEXT), events);
}

function words(length: number, from = 0): string {
  let text = "";
  for (let word = from; text.length < length; word++) text += `w${word} `;
  return text.slice(0, length);
}

Deno.test("guardEvents() asks a guard about windows that overlap", async () => {
  const guard = slowGuard();
  const text = words(3_000);
  const cut = text.match(/.{1,100}/gs) ?? [];
  assert.deepEqual(textsOf(await guarded(guard, textEvents(cut))), [text]);
  assert.deepEqual(guard.asked.flat(), [
    text.slice(0, 1_100),
    text.slice(844, 844 + 1_356),
    text.slice(1_944, 3_000),
  ]);
});

Deno.test("guardEvents() holds all events back while a guard is asked, and the window's end", async () => {
  const guard = slowGuard();
  const stage = guardEvents([guard], CONTEXT);
  const text = words(1_024);
  const [start, delta, end] = textEvents([text]);
  assert.ok(start !== undefined && delta !== undefined && end !== undefined);
  assert.deepEqual(stage.push(start), [start]);
  assert.equal(stage.pending(), undefined);
  assert.deepEqual(stage.push(delta), []);
  assert.deepEqual(stage.push(end), []);
  assert.deepEqual(await stage.pending(), [{ ...delta, text: text.slice(0, 768) }]);
  assert.deepEqual(await stage.pending(), [{ ...delta, text: text.slice(768) }, end]);
  assert.equal(stage.pending(), undefined);
  assert.deepEqual(guard.asked, [[text], [text.slice(768)]]);
});

Deno.test("guardEvents() asks nobody about an answer without words", async () => {
  const guard = slowGuard();
  const events = [...textEvents(["  ", "\n"]), ...textEvents([], 1)];
  assert.deepEqual(textsOf(await guarded(guard, events)), ["  \n", ""]);
  assert.deepEqual(guard.asked, []);
});

Deno.test("guardEvents() takes over what a guard masks, wherever windows end", async () => {
  const text = fc.array(fc.constantFrom("secret", " word", "\n", "😀", "x".repeat(300)), {
    maxLength: 30,
  }).map((bits) => bits.join(""));
  const cases = text.chain((whole) => fc.tuple(fc.constant(whole), pieces(whole)));
  await fc.assert(
    fc.asyncProperty(cases, fc.boolean(), async ([whole, cut], isHurried) => {
      const stage = guardEvents([slowGuard()], CONTEXT);
      const run = isHurried ? hurriedThrough : through;
      const out = await run(stage, textEvents(cut));
      assert.deepEqual(textsOf(out), [whole.replaceAll("secret", "******")]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("guardEvents() ends an answer that a guard rejects before its words leave", async () => {
  const text = words(2_000);
  const bad = `${text.slice(0, 1_500)}bad${text.slice(1_500)}`;
  const cut = bad.match(/.{1,64}/gs) ?? [];
  for (const run of [through, hurriedThrough]) {
    const stage = guardEvents([slowGuard()], CONTEXT);
    const out = await run(stage, [...textEvents(cut), { type: "end" }]);
    assert.deepEqual(textsOf(out), [text.slice(0, 768)]);
    assert.deepEqual(faultOf(out), {
      status: 451,
      message: "no bad words",
      code: "guardrail_intervention",
    });
    assert.equal(stage.refusal?.summary, "response rejected by slow guardrail");
    assert.deepEqual(stage.push({ type: "end" }), []);
    assert.equal(stage.pending(), undefined);
  }
});

Deno.test("guardEvents() ends an answer whose guard fails", async () => {
  const failure = new GuardFailure("its server answered with status 500");
  const stage = guardEvents([slowGuard(() => Promise.reject(failure))], CONTEXT);
  const out = await through(stage, textEvents(["hello"]));
  assert.deepEqual(faultOf(out), {
    status: 503,
    message: "prompt guard failed",
    code: "guardrail_failed",
  });
  assert.equal(stage.refusal?.cause, failure);
  assert.equal(stage.refusal?.summary, "response not judged by slow guardrail");
});

Deno.test("guardEvents() asks about the texts of a call when all of it is there", async () => {
  const guard = slowGuard();
  const call = { type: "tool-call", id: "c", name: "f", input: "" } as const;
  const json = `{"a": "the secret", "b": [1, "${"x".repeat(2_000)}"]}`;
  const out = await guarded(guard, blockEvents(0, call, json.match(/.{1,100}/gs) ?? [], SEAL));
  assert.deepEqual(textsOf(out), [json.replace("secret", "******")]);
  assert.deepEqual(guard.asked, [["a", "the secret", "b", "1", "x".repeat(2_000)]]);
  assert.deepEqual(out.at(-1), { type: "block-end", index: 0 });
});

Deno.test("guardEvents() keeps the seal of a thought that a guard leaves as it is", async () => {
  const thought = { type: "reasoning", text: "" } as const;
  const end = async (text: string) =>
    (await guarded(slowGuard(), blockEvents(0, thought, [text], SEAL))).at(-1);
  assert.deepEqual(await end("fine"), { type: "block-end", index: 0, seal: SEAL });
  assert.deepEqual(await end("secret"), { type: "block-end", index: 0 });
});

Deno.test("guardEvents() fails rather than hold a call without end", async () => {
  const call = { type: "tool-call", id: "c", name: "f", input: "" } as const;
  const cut = Array.from({ length: 17 }, () => "x".repeat(65_536));
  const stage = guardEvents([slowGuard()], CONTEXT);
  const out = await through(stage, blockEvents(0, call, ['{"a":"', ...cut]));
  assert.equal(faultOf(out)?.status, 503);
  assert.match(String(stage.refusal?.cause), /more than 1048576 characters/);
});

Deno.test("guardEvents() runs guards of both kinds in their order", async () => {
  const first = regexGuard({ rules: [patternRule(RE2JS.compile("cat"))], scopes: ALL_SCOPES });
  const last = regexGuard({ rules: [patternRule(RE2JS.compile("\\*+"))], scopes: ALL_SCOPES });
  const slow = slowGuard();
  const other = slowGuard();
  for (const run of [through, hurriedThrough]) {
    const stage = guardEvents([first, slow, last, other], CONTEXT);
    const out = await run(stage, textEvents(["a c", "at sec", "ret ", words(3_000)]));
    assert.deepEqual(textsOf(out), [`a <masked> <masked> ${words(3_000)}`]);
  }
  assert.ok(slow.asked.flat()[0]?.startsWith("a <masked> secret w0"));
  assert.ok(other.asked.flat()[0]?.startsWith("a <masked> <masked> w0"));
});

Deno.test("guardEvents() ends an answer that a later guard rejects", async () => {
  const slow = slowGuard(() => ({ type: "pass" }));
  for (const run of [through, hurriedThrough]) {
    const stage = guardEvents([slow, slowGuard(), slow], CONTEXT);
    const out = await run(stage, [...textEvents(["so ", "bad"]), { type: "end" }]);
    assert.deepEqual(textsOf(out), [""]);
    assert.equal(faultOf(out)?.message, "no bad words");
    assert.equal(out.filter(({ type }) => type === "error").length, 1);
  }
});
