import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { callContext } from "./samples.ts";

/** The steps that some events give, and those at the end of the connection. */
function read(...events: readonly (JsonObject | string)[]): ChatEvent[] {
  const reader = responsesCall.readStream(callContext());
  const steps = events.flatMap((event) =>
    reader.push(typeof event === "string" ? event : JSON.stringify(event))
  );
  return [...steps, ...reader.end()];
}

const event = (type: string, members: JsonObject = {}): JsonObject => ({
  type: `response.${type}`,
  ...members,
});
const at = (index: number, members: JsonObject = {}) => ({ output_index: index, ...members });
const CREATED = event("created", {
  response: { id: "resp_1", model: "up", service_tier: "flex", usage: null, output: [] },
});
const USAGE = { input_tokens: 7, output_tokens: 3 };
const COMPLETED = event("completed", { response: { status: "completed", usage: USAGE } });
const START: ChatEvent = { type: "start", id: "resp_1", model: "up", serviceTier: "flex" };

function ended(reason: "stop" | "tool-calls" | "refusal" | "length"): ChatEvent[] {
  return [
    { type: "usage", usage: { inputTokens: 7, outputTokens: 3 } },
    { type: "finish", finish: { reason } },
    { type: "end" },
  ];
}

const TEXT = [
  event("output_item.added", at(0, { item: { type: "message", id: "msg_1", content: [] } })),
  event("content_part.added", at(0, { content_index: 0, part: { type: "output_text", text: "" } })),
  event("output_text.delta", at(0, { content_index: 0, delta: "a", logprobs: [] })),
  event("output_text.delta", at(0, { content_index: 0, delta: "b" })),
  event("output_text.done", at(0, { content_index: 0, text: "ab" })),
  event(
    "content_part.done",
    at(0, { content_index: 0, part: { type: "output_text", text: "ab" } }),
  ),
  event(
    "output_item.done",
    at(0, { item: { type: "message", content: [{ type: "output_text", text: "ab" }] } }),
  ),
];

Deno.test("readStream() reads a text", () => {
  assert.deepEqual(read(CREATED, event("in_progress"), ...TEXT, COMPLETED), [
    START,
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "a" },
    { type: "block-delta", index: 0, text: "b" },
    { type: "block-end", index: 0 },
    ...ended("stop"),
  ]);
});

Deno.test("readStream() reads thoughts as paragraphs, and their seal", () => {
  const delta = (summary: number, delta: string) =>
    event("reasoning_summary_text.delta", at(0, { summary_index: summary, delta }));
  const item = {
    type: "reasoning",
    id: "rs_1",
    summary: [{ text: "ab" }, { text: "c" }],
    encrypted_content: "enc",
  };
  assert.deepEqual(
    read(
      CREATED,
      event("output_item.added", at(0, { item: { type: "reasoning", id: "rs_1", summary: [] } })),
      delta(0, "a"),
      delta(0, "b"),
      delta(1, "c"),
      event("output_item.done", at(0, { item })),
      COMPLETED,
    ),
    [
      START,
      { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
      { type: "block-delta", index: 0, text: "a" },
      { type: "block-delta", index: 0, text: "b" },
      { type: "block-delta", index: 0, text: "\n\nc" },
      { type: "block-end", index: 0, seal: { api: "responses", value: "enc", id: "rs_1" } },
      ...ended("stop"),
    ],
  );
});

const CALL = { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: "" };

Deno.test("readStream() reads calls that overlap", () => {
  const delta = (index: number, delta: string) =>
    event("function_call_arguments.delta", at(index, { delta }));
  assert.deepEqual(
    read(
      CREATED,
      event("output_item.added", at(0, { item: CALL })),
      event("output_item.added", at(1, { item: { ...CALL, call_id: "d" } })),
      delta(1, "1"),
      delta(0, "2"),
      event("function_call_arguments.done", at(0, { arguments: "2" })),
      event("output_item.done", at(0, { item: { ...CALL, arguments: "2" } })),
      event("output_item.done", at(1, { item: { ...CALL, call_id: "d", arguments: "1" } })),
      COMPLETED,
    ),
    [
      START,
      {
        type: "block-start",
        index: 0,
        block: { type: "tool-call", id: "c", name: "f", input: "" },
      },
      {
        type: "block-start",
        index: 1,
        block: { type: "tool-call", id: "d", name: "f", input: "" },
      },
      { type: "block-delta", index: 1, text: "1" },
      { type: "block-delta", index: 0, text: "2" },
      { type: "block-end", index: 0 },
      { type: "block-end", index: 1 },
      ...ended("tool-calls"),
    ],
  );
});

const SEARCH = { type: "web_search_call", id: "ws_1" };
const MESSAGE = { type: "message", content: [{ type: "output_text", text: "ab" }] };

/** Answers of providers that leave something out, and what they come to. */
const LEFT_OUT: readonly [string, readonly (JsonObject | string)[], readonly object[], string][] = [
  ["the beginning", TEXT, [{ type: "text", text: "ab" }], "stop"],
  ["deltas of a text", [CREATED, ...TEXT.slice(0, 2), ...TEXT.slice(4)], [
    { type: "text", text: "ab" },
  ], "stop"],
  ["the end of a text", [CREATED, ...TEXT.slice(0, 3)], [{ type: "text", text: "a" }], "stop"],
  ["the end of a delta", [CREATED, ...TEXT.slice(0, 3), ...TEXT.slice(6)], [
    { type: "text", text: "ab" },
  ], "stop"],
  ["all but the item", [CREATED, event("output_item.done", at(0, { item: MESSAGE }))], [
    { type: "text", text: "ab" },
  ], "stop"],
  [
    "arguments in pieces",
    [
      CREATED,
      event("output_item.added", at(0, { item: { ...CALL, arguments: "{}" } })),
      event("output_item.done", at(0, { item: { ...CALL, arguments: "{}" } })),
    ],
    [{ type: "tool-call", id: "c", name: "f", input: "{}" }],
    "tool-calls",
  ],
  [
    "the beginning of a call",
    [
      CREATED,
      event("function_call_arguments.delta", at(0, { delta: "{}" })),
      event("output_item.done", at(0, { item: { ...CALL, arguments: "{}" } })),
    ],
    [{ type: "tool-call", id: "c", name: "f", input: "{}" }],
    "tool-calls",
  ],
  [
    "a summary",
    [
      CREATED,
      event("reasoning_text.delta", at(0, { content_index: 0, delta: "a" })),
      event("content_part.done", at(0, { content_index: 0, part: { type: "reasoning_text" } })),
      event("output_item.done", at(0, { item: { type: "reasoning", content: [{ text: "a" }] } })),
    ],
    [{ type: "reasoning", text: "a" }],
    "stop",
  ],
  [
    "all thoughts but the seal",
    [
      CREATED,
      event("output_item.done", at(0, { item: { type: "reasoning", encrypted_content: "enc" } })),
    ],
    [{ type: "reasoning", text: "", seal: { api: "responses", value: "enc" } }],
    "stop",
  ],
  [
    "all thoughts",
    [
      CREATED,
      event("output_item.done", at(0, { item: { type: "reasoning", id: "rs_1", summary: [] } })),
    ],
    [],
    "stop",
  ],
  [
    "the beginning and the end of a refusal",
    [
      CREATED,
      event("refusal.delta", at(0, { content_index: 0, delta: "no" })),
    ],
    [{ type: "refusal", text: "no" }],
    "refusal",
  ],
  [
    "deltas of a refusal",
    [
      CREATED,
      event("refusal.done", at(0, { content_index: 0, refusal: "no" })),
    ],
    [{ type: "refusal", text: "no" }],
    "refusal",
  ],
  [
    "words of a refusal",
    [
      CREATED,
      event("content_part.added", at(0, { content_index: 0, part: { type: "refusal" } })),
    ],
    [{ type: "refusal", text: "" }],
    "refusal",
  ],
  [
    "nothing of an item of its own",
    [
      CREATED,
      event("web_search_call.searching", at(0)),
      event("output_item.done", at(0, { item: SEARCH })),
    ],
    [{ type: "native", api: "responses", name: "web_search_call", value: SEARCH }],
    "stop",
  ],
  [
    "what cannot be read",
    [CREATED, "[DONE]", "{", "7", event("constructor"), { type: 7 }, ...TEXT],
    [
      { type: "text", text: "ab" },
    ],
    "stop",
  ],
];

for (const [claim, events, blocks, reason] of LEFT_OUT) {
  Deno.test(`readStream() reads an answer that leaves out ${claim}`, () => {
    const { choices } = foldEvents(read(...events, COMPLETED));
    assert.deepEqual(choices, [{ blocks, finish: { reason } }]);
  });
}

Deno.test("readStream() reads an answer that is told at its end alone", () => {
  const response = { status: "completed", output: [MESSAGE, { ...CALL, arguments: "{}" }] };
  const { choices } = foldEvents(read(CREATED, event("completed", { response })));
  assert.deepEqual(choices, [{
    blocks: [{ type: "text", text: "ab" }, { type: "tool-call", id: "c", name: "f", input: "{}" }],
    finish: { reason: "tool-calls" },
  }]);
});

Deno.test("readStream() finishes for length where the response is incomplete", () => {
  const response = { incomplete_details: { reason: "max_output_tokens" }, usage: USAGE };
  const steps = read(CREATED, event("incomplete", { response }));
  assert.deepEqual(steps, [START, ...ended("length")]);
});

Deno.test("readStream() tells of annotations", () => {
  const context = callContext();
  const reader = responsesCall.readStream(context);
  reader.push(JSON.stringify(event("output_text.annotation.added", at(0, { annotation: {} }))));
  assert.deepEqual(context.losses.found, [{ kind: "dropped", field: "annotations" }]);
});

const FAULT = { status: 429, message: "slow down", code: "rate_limit_exceeded" };
const ERROR = { code: "rate_limit_exceeded", message: "slow down" };
const FAULTS: readonly [string, JsonObject][] = [
  ["an error", { type: "error", ...ERROR, param: null }],
  ["a nested error", { type: "error", error: { ...ERROR, type: "rate_limit_error" } }],
  ["a failed response", event("failed", { response: { status: "failed", error: ERROR } })],
];

for (const [claim, failure] of FAULTS) {
  Deno.test(`readStream() ends with the fault of ${claim}`, () => {
    assert.deepEqual(read(failure, COMPLETED), [{ type: "error", fault: FAULT }]);
    assert.deepEqual(read(CREATED, failure, ...TEXT).slice(1), [{ type: "error", fault: FAULT }]);
  });
}

Deno.test("readStream() takes an end without an end mark for a cut", () => {
  const cut = {
    type: "error",
    fault: {
      status: 502,
      message: "the provider's answer broke off before its end",
      code: "upstream_cut",
    },
  };
  assert.deepEqual(read(), [cut]);
  assert.deepEqual(read(CREATED, ...TEXT).at(-1), cut);
});
