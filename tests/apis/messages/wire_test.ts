import assert from "node:assert/strict";
import fc from "fast-check";
import {
  mergeUsage,
  readFinish,
  readUsage,
  writeDeltaUsage,
  writeFinish,
  writeUsage,
} from "../../../src/apis/messages/wire.ts";
import type { Finish } from "../../../src/chat/response.ts";
import type { Usage } from "../../../src/chat/usage.ts";

const READ: readonly [unknown, Usage | undefined][] = [
  [undefined, undefined],
  [{}, undefined],
  [{ input_tokens: -1 }, undefined],
  [{ output_tokens: 2 }, { outputTokens: 2 }],
  [{ input_tokens: 3, output_tokens: 2 }, { inputTokens: 3, outputTokens: 2 }],
  [
    { input_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 7 },
    { inputTokens: 15, cacheReadTokens: 5, cacheWriteTokens: 7 },
  ],
  [
    { input_tokens: 1, cache_read_input_tokens: null, output_tokens: 9 },
    { inputTokens: 1, outputTokens: 9 },
  ],
  [
    { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
    { outputTokens: 9, reasoningTokens: 4 },
  ],
];

for (const [value, usage] of READ) {
  Deno.test(`readUsage() of ${JSON.stringify(value)}`, () => {
    assert.deepEqual(readUsage(value), usage);
  });
}

const MERGED: readonly [claim: string, Usage | undefined, Usage | undefined, Usage | undefined][] =
  [
    ["nothing", undefined, undefined, undefined],
    ["only the first", { inputTokens: 1 }, undefined, { inputTokens: 1 }],
    ["only the second", undefined, { inputTokens: 1 }, { inputTokens: 1 }],
    [
      "output alone",
      { inputTokens: 9, cacheReadTokens: 4, outputTokens: 1 },
      { outputTokens: 7 },
      { inputTokens: 9, cacheReadTokens: 4, outputTokens: 7 },
    ],
    [
      "input moved into the cache",
      { inputTokens: 100, outputTokens: 1 },
      { inputTokens: 100, cacheReadTokens: 80, outputTokens: 5 },
      { inputTokens: 100, cacheReadTokens: 80, outputTokens: 5 },
    ],
    [
      "zero input at the end",
      { inputTokens: 100, cacheReadTokens: 80 },
      { inputTokens: 0, outputTokens: 5 },
      { inputTokens: 100, cacheReadTokens: 80, outputTokens: 5 },
    ],
    [
      "reasoning",
      { outputTokens: 1, reasoningTokens: 3 },
      { outputTokens: 9 },
      { outputTokens: 9, reasoningTokens: 3 },
    ],
  ];

for (const [claim, before, after, merged] of MERGED) {
  Deno.test(`mergeUsage() of ${claim}`, () => {
    assert.deepEqual(mergeUsage(before, after), merged);
  });
}

const count = fc.option(fc.nat(1000), { nil: undefined });
const anyUsage = fc.record({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});

Deno.test("mergeUsage() never shrinks usage", () => {
  fc.assert(fc.property(fc.array(anyUsage, { minLength: 1 }), (events) => {
    let usage: Usage | undefined;
    for (const event of events) {
      const merged = mergeUsage(usage, readUsage(event));
      assert.ok((merged?.inputTokens ?? 0) >= (usage?.inputTokens ?? 0));
      assert.ok((merged?.outputTokens ?? 0) >= (usage?.outputTokens ?? 0));
      usage = merged;
    }
  }));
});

Deno.test("writeUsage() subtracts the cache and has every member that the API promises", () => {
  const usage = { inputTokens: 10, cacheReadTokens: 3, cacheWriteTokens: 4, outputTokens: 5 };
  assert.deepEqual(writeUsage({ ...usage, reasoningTokens: 2 }, "priority"), {
    input_tokens: 3,
    output_tokens: 5,
    cache_creation_input_tokens: 4,
    cache_read_input_tokens: 3,
    output_tokens_details: { thinking_tokens: 2 },
    server_tool_use: null,
    cache_creation: null,
    inference_geo: null,
    service_tier: "priority",
    speed: null,
  });
});

Deno.test("writeUsage() has numbers even where none are known", () => {
  const { input_tokens, output_tokens, service_tier } = writeUsage();
  assert.deepEqual([input_tokens, output_tokens, service_tier], [0, 0, null]);
  assert.equal(writeUsage({}, "default").service_tier, "standard");
});

Deno.test("writeDeltaUsage() floors input at zero", () => {
  assert.equal(writeDeltaUsage({ inputTokens: 1, cacheReadTokens: 5 }).input_tokens, 0);
});

Deno.test("readUsage() reads what writeUsage() wrote", () => {
  const usages = fc.record({
    inputTokens: fc.integer({ min: 2000, max: 4000 }),
    outputTokens: fc.nat(),
    cacheReadTokens: fc.nat(1000),
    cacheWriteTokens: fc.nat(1000),
    reasoningTokens: fc.nat(),
  }, { noNullPrototype: true });
  fc.assert(fc.property(usages, (usage) => {
    assert.deepEqual(readUsage(writeUsage(usage)), usage);
    assert.deepEqual(readUsage(writeDeltaUsage(usage)), usage);
  }));
});

const FINISHES: readonly [stop: string, Finish][] = [
  ["end_turn", { reason: "stop" }],
  ["max_tokens", { reason: "length" }],
  ["model_context_window_exceeded", { reason: "context-window" }],
  ["tool_use", { reason: "tool-calls" }],
  ["refusal", { reason: "refusal" }],
  ["pause_turn", { reason: "paused" }],
  ["stop_sequence", { reason: "stop-sequence" }],
];

for (const [stop_reason, finish] of FINISHES) {
  Deno.test(`readFinish() and writeFinish() of ${stop_reason}`, () => {
    assert.deepEqual(readFinish({ stop_reason }, false), finish);
    assert.equal(writeFinish(finish).stop_reason, stop_reason);
  });
}

Deno.test("readFinish() tells the stop sequence, and calls that the provider left unsaid", () => {
  const met = { stop_reason: "stop_sequence", stop_sequence: "END" };
  assert.deepEqual(readFinish(met, false), { reason: "stop-sequence", stopSequence: "END" });
  assert.deepEqual(readFinish({ stop_reason: "end_turn" }, true), { reason: "tool-calls" });
  assert.deepEqual(readFinish({ stop_reason: "new" }, true), { reason: "other" });
});

Deno.test("writeFinish() of reasons that the API does not have", () => {
  assert.equal(writeFinish({ reason: "content-filter" }).stop_reason, "refusal");
  assert.equal(writeFinish({ reason: "other" }).stop_reason, "end_turn");
  assert.deepEqual(writeFinish({ reason: "stop-sequence", stopSequence: "END" }), {
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    stop_details: null,
  });
});
