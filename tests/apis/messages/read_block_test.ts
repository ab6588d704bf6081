import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { callContext, chatWith, lossesOf } from "./fixtures.ts";
import { begin, change, close, DONE, START, steps } from "./provider_events.ts";

const BLOCKS: readonly [
  claim: string,
  start: JsonObject,
  deltas: readonly JsonObject[],
  steps: readonly ChatEvent[],
  lost?: string[],
][] = [
  [
    "thoughts with their signature at the end",
    { type: "thinking", thinking: "", signature: "" },
    [
      { type: "thinking_delta", thinking: "h" },
      { type: "thinking_delta", thinking: "m" },
      { type: "signature_delta", signature: "s" },
    ],
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
      { type: "block-delta", index: 0, text: "h" },
      { type: "block-delta", index: 0, text: "m" },
      { type: "block-end", index: 0, seal: { api: "messages", value: "s" } },
    ],
  ],
  [
    "unsigned thoughts",
    { type: "thinking", thinking: "h" },
    [],
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "h" } },
      { type: "block-end", index: 0 },
    ],
  ],
  [
    "hidden thoughts",
    { type: "redacted_thinking", data: "d" },
    [],
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
      { type: "block-end", index: 0, seal: { api: "messages", value: "d", redacted: true } },
    ],
  ],
  [
    "a call, and its name as the client knows it",
    { type: "tool_use", id: "t", name: "mail_send", input: {} },
    [
      { type: "input_json_delta", partial_json: "" },
      { type: "input_json_delta", partial_json: '{"a":' },
      { type: "input_json_delta", partial_json: "1}" },
    ],
    [
      {
        type: "block-start",
        index: 0,
        block: { type: "tool-call", id: "t", name: "mail.send", input: "" },
      },
      { type: "block-delta", index: 0, text: '{"a":' },
      { type: "block-delta", index: 0, text: "1}" },
      { type: "block-end", index: 0 },
    ],
  ],
  [
    "a call without input",
    { type: "tool_use", id: "t", name: "f", input: {} },
    [],
    [
      {
        type: "block-start",
        index: 0,
        block: { type: "tool-call", id: "t", name: "f", input: "" },
      },
      { type: "block-delta", index: 0, text: "{}" },
      { type: "block-end", index: 0 },
    ],
  ],
  [
    "a call whose input is there at once",
    { type: "tool_use", id: "t", name: "f", input: { a: 1 } },
    [],
    [
      {
        type: "block-start",
        index: 0,
        block: { type: "tool-call", id: "t", name: "f", input: "" },
      },
      { type: "block-delta", index: 0, text: '{"a":1}' },
      { type: "block-end", index: 0 },
    ],
  ],
  [
    "a text without its sources",
    { type: "text", text: "a" },
    [{ type: "citations_delta", citation: { type: "char_location" } }],
    [
      { type: "block-start", index: 0, block: { type: "text", text: "a" } },
      { type: "block-end", index: 0 },
    ],
    ["dropped citations"],
  ],
  [
    "a block of its own when it is whole",
    { type: "server_tool_use", id: "s", name: "web_search", input: {} },
    [
      { type: "input_json_delta", partial_json: '{"query":' },
      { type: "input_json_delta", partial_json: '"x"}' },
    ],
    [
      {
        type: "block-start",
        index: 0,
        block: {
          type: "native",
          api: "messages",
          name: "server_tool_use",
          value: { type: "server_tool_use", id: "s", name: "web_search", input: { query: "x" } },
        },
      },
      { type: "block-end", index: 0 },
    ],
  ],
  [
    "a block that nobody knows",
    { type: "compaction", content: null },
    [{ type: "compaction_delta", content: "short" }],
    [
      {
        type: "block-start",
        index: 0,
        block: {
          type: "native",
          api: "messages",
          name: "compaction",
          value: { type: "compaction", content: "short" },
        },
      },
      { type: "block-end", index: 0 },
    ],
  ],
];

for (const [claim, start, deltas, expected, lost = []] of BLOCKS) {
  Deno.test(`readStream() reads ${claim}`, () => {
    const context = callContext({
      chat: chatWith({ tools: [{ type: "function", name: "mail.send" }] }),
    });
    const events = [START, begin(4, start), ...deltas.map((delta) => change(4, delta)), close(4)];
    const found = steps([...events, ...DONE], context);
    assert.deepEqual(found.slice(1, -2), expected);
    assert.deepEqual(lossesOf(context.losses), lost);
    foldEvents(found);
  });
}
