import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { callContext } from "./fixtures.ts";
import {
  begin,
  change,
  close,
  DONE,
  ended,
  START,
  STARTED,
  steps,
  STOP,
} from "./provider_events.ts";

Deno.test("readStream() reads a whole answer", () => {
  const events = [
    START,
    { type: "ping" },
    begin(0, { type: "text", text: "" }),
    change(0, { type: "text_delta", text: "h" }),
    change(0, { type: "text_delta", text: "" }),
    change(0, { type: "text_delta", text: "i" }),
    close(0),
    ended({ stop_reason: "stop_sequence", stop_sequence: "END" }, { output_tokens: 9 }),
    STOP,
  ];
  assert.deepEqual(steps(events), [
    STARTED,
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "h" },
    { type: "block-delta", index: 0, text: "i" },
    { type: "block-end", index: 0 },
    { type: "finish", finish: { reason: "stop-sequence", stopSequence: "END" } },
    { type: "usage", usage: { inputTokens: 7, cacheReadTokens: 2, outputTokens: 9 } },
    { type: "end" },
  ]);
});

Deno.test("readStream() numbers blocks by their starts, its own when they are whole", () => {
  const found = steps([
    START,
    begin(0, { type: "server_tool_use", id: "s", name: "x" }),
    begin(1, { type: "text", text: "a" }),
    close(0),
    close(1),
    ...DONE,
  ]);
  const { choices } = foldEvents(found);
  assert.deepEqual(choices[0]?.blocks.map(({ type }) => type), ["text", "native"]);
});

Deno.test("readStream() ends open blocks before the reason, and gives it once", () => {
  const found = steps([
    START,
    begin(0, { type: "text", text: "a" }),
    ended({ stop_reason: "max_tokens" }),
    ended({ stop_reason: "end_turn" }, { output_tokens: 3 }),
    change(0, { type: "text_delta", text: "late" }),
    STOP,
  ]);
  const { choices, usage } = foldEvents(found);
  assert.deepEqual(choices, [{
    blocks: [{ type: "text", text: "a" }],
    finish: { reason: "length" },
  }]);
  assert.equal(usage?.outputTokens, 3);
});

Deno.test("readStream() counts before there is a reason to stop", () => {
  const found = steps([START, ended({ stop_reason: null }, { output_tokens: 3 }), ...DONE]);
  assert.deepEqual(found.map(({ type }) => type), ["start", "usage", "finish", "end"]);
});

Deno.test("readStream() tells of calls that the provider ends as usual", () => {
  const call = begin(0, { type: "tool_use", id: "t", name: "f", input: {} });
  const { choices } = foldEvents(steps([START, call, close(0), ...DONE]));
  assert.deepEqual(choices[0]?.finish, { reason: "tool-calls" });
});

Deno.test("readStream() reads why the provider refused", () => {
  const stop_details = { type: "refusal", category: null, explanation: "Declined." };
  const found = steps([START, ended({ stop_reason: "refusal", stop_details }), STOP]);
  const refusal: Block = { type: "refusal", text: "Declined." };
  assert.deepEqual(foldEvents(found).choices, [{
    blocks: [refusal],
    finish: { reason: "refusal" },
  }]);
});

Deno.test("readStream() takes an end mark without a reason for an end", () => {
  const found = steps([START, begin(0, { type: "text", text: "a" }), STOP]);
  assert.deepEqual(foldEvents(found).choices[0]?.finish, { reason: "other" });
});

Deno.test("readStream() starts an answer that the provider does not", () => {
  const found = steps([begin(0, { type: "text", text: "a" }), close(0), ...DONE]);
  assert.deepEqual(found[0], { type: "start", id: "", model: "" });
  foldEvents(found);
});

Deno.test("readStream() reads an error as the last step", () => {
  const error = { type: "rate_limit_error", message: "Too fast" };
  const found = steps([START, { type: "error", error }, ...DONE]);
  assert.deepEqual(found, [STARTED, {
    type: "error",
    fault: { status: 429, message: "Too fast" },
  }]);
});

const CUTS: readonly [claim: string, events: readonly JsonObject[], last: ChatEvent][] = [
  ["nothing", [], {
    type: "error",
    fault: {
      status: 502,
      message: "the provider's answer broke off before its end",
      code: "upstream_cut",
    },
  }],
  ["some text", [START, begin(0, { type: "text", text: "a" })], {
    type: "error",
    fault: {
      status: 502,
      message: "the provider's answer broke off before its end",
      code: "upstream_cut",
    },
  }],
  ["the reason to stop", [START, ended({ stop_reason: "end_turn" })], { type: "end" }],
];

for (const [claim, events, last] of CUTS) {
  Deno.test(`readStream() that is cut after ${claim} ends with ${last.type}`, () => {
    assert.deepEqual(steps(events).at(-1), last);
  });
}

Deno.test("readStream() says nothing after its end, nor of what is malformed", () => {
  const reader = messagesCall.readStream(callContext());
  for (const data of ["", "{", "[DONE]", "[]", '{"type":"new"}', '{"type":"ping"}']) {
    assert.deepEqual(reader.push(data), []);
  }
  assert.equal(reader.push(JSON.stringify(STOP)).at(-1)?.type, "end");
  assert.deepEqual([...reader.push(JSON.stringify(START)), ...reader.end(), ...reader.end()], []);
});

Deno.test("readStream() says nothing after the end of the connection", () => {
  const reader = messagesCall.readStream(callContext());
  assert.equal(reader.end().length, 1);
  assert.deepEqual([...reader.push(JSON.stringify(START)), ...reader.end()], []);
});

Deno.test("readStream() leaves out deltas and ends of blocks that never began", () => {
  const lone = [
    change(3, { type: "text_delta", text: "a" }),
    close(3),
    { type: "content_block_start", index: 0 },
  ];
  assert.deepEqual(foldEvents(steps([START, ...lone, ...DONE])).choices[0]?.blocks, []);
});
