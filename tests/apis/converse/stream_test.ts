import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { converseCall } from "../../../src/apis/converse/index.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { chatOf } from "./ask.ts";

function contextOf(chat: Partial<ChatRequest> = {}) {
  return {
    chat: chatOf(chat),
    headers: new Headers({ "x-amzn-requestid": "req-1" }),
    newId: (prefix: string) => prefix,
    losses: losses({}),
  };
}

type Event = Readonly<Record<string, unknown>>;

function read(events: readonly Event[], chat: Partial<ChatRequest> = {}): ChatEvent[] {
  const reader = converseCall.readStream(contextOf(chat));
  const steps = events.flatMap((event) => [...reader.push(JSON.stringify(event))]);
  return [...steps, ...reader.end()];
}

const START = { messageStart: { role: "assistant" } };
const STOP = { messageStop: { stopReason: "end_turn" } };
const METADATA = {
  metadata: { usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 4 }, metrics: {} },
};
const delta = (contentBlockIndex: number, piece: Event) => ({
  contentBlockDelta: { delta: piece, contentBlockIndex },
});
const stop = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } });
const begin = (contentBlockIndex: number, start: Event) => ({
  contentBlockStart: { start, contentBlockIndex },
});
const thought = (piece: Event) => ({ reasoningContent: piece });
const toolStart = (toolUseId: string, name: string) => ({ toolUse: { toolUseId, name } });
const toolInput = (input: string) => ({ toolUse: { input } });

Deno.test("readStream() tells text in steps", () => {
  const events = [START, delta(0, { text: "Hel" }), delta(0, { text: "lo" }), stop(0), STOP];
  assert.deepEqual(read([...events, METADATA]), [
    { type: "start", id: "req-1", model: "" },
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "Hel" },
    { type: "block-delta", index: 0, text: "lo" },
    { type: "block-end", index: 0 },
    { type: "finish", finish: { reason: "stop" } },
    { type: "usage", usage: { inputTokens: 5, outputTokens: 2, cacheReadTokens: 4 } },
    { type: "end" },
  ]);
});

Deno.test("readStream() R15 R16 keeps parallel calls apart, and numbers blocks anew", () => {
  const tools = [{ type: "function", name: "get.weather" }] as const;
  const response = foldEvents(read([
    START,
    delta(0, thought({ text: "Hm" })),
    delta(0, thought({ signature: "si" })),
    delta(0, thought({ signature: "g" })),
    stop(0),
    delta(3, { text: "Let me see" }),
    stop(3),
    begin(5, toolStart("t1", "get_weather")),
    begin(6, toolStart("t2", "other")),
    delta(5, toolInput('{"a"')),
    delta(6, toolInput('{"b":2}')),
    delta(5, toolInput(":1}")),
    stop(5),
    stop(6),
    begin(7, toolStart("t3", "empty")),
    delta(7, toolInput("")),
    stop(7),
    { messageStop: { stopReason: "tool_use" } },
    METADATA,
  ], { tools }));
  assert.deepEqual(response.choices[0], {
    blocks: [
      { type: "reasoning", text: "Hm", seal: { api: "messages", value: "sig" } },
      { type: "text", text: "Let me see" },
      { type: "tool-call", id: "t1", name: "get.weather", input: '{"a":1}' },
      { type: "tool-call", id: "t2", name: "other", input: '{"b":2}' },
      { type: "tool-call", id: "t3", name: "empty", input: "{}" },
    ],
    finish: { reason: "tool-calls" },
  });
});

Deno.test("readStream() joins the bytes of encrypted thoughts and of images", () => {
  const response = foldEvents(read([
    START,
    delta(0, thought({ redactedContent: Buffer.from("a").toString("base64") })),
    delta(0, thought({ redactedContent: Buffer.from("bc").toString("base64") })),
    stop(0),
    begin(1, { image: { format: "png" } }),
    delta(1, { image: { source: { bytes: Buffer.from("d").toString("base64") } } }),
    delta(1, { image: { source: { bytes: Buffer.from("e").toString("base64") } } }),
    stop(1),
    STOP,
  ]));
  assert.deepEqual(response.choices[0]?.blocks, [
    {
      type: "reasoning",
      text: "",
      seal: { api: "converse", value: Buffer.from("abc").toString("base64"), redacted: true },
    },
    {
      type: "media",
      mediaType: "image/png",
      source: { data: Buffer.from("de").toString("base64") },
    },
  ]);
});

Deno.test("readStream() makes up for events that are missing", () => {
  const bare = read([delta(0, thought({ text: "a" })), delta(0, { text: "b" }), STOP]);
  assert.deepEqual(foldEvents(bare).choices[0]?.blocks, [
    { type: "reasoning", text: "a" },
    { type: "text", text: "b" },
  ]);
  const empty = read([
    START,
    delta(0, { text: "" }),
    stop(0),
    stop(9),
    STOP,
    delta(0, { text: "x" }),
  ]);
  assert.deepEqual(foldEvents(empty).choices[0]?.blocks, []);
  const early = foldEvents(read([METADATA, STOP]));
  assert.deepEqual(early.usage, { inputTokens: 5, outputTokens: 2, cacheReadTokens: 4 });
});

Deno.test("readStream() passes over what it does not know and names what it drops", () => {
  const context = contextOf();
  const reader = converseCall.readStream(context);
  const noise = [
    "",
    "no json",
    "[]",
    "null",
    "{}",
    '{"someday":{}}',
    '{"initial-response":{}}',
    '{"contentBlockDelta":null}',
  ];
  assert.deepEqual(noise.flatMap((data) => [...reader.push(data)]), [
    { type: "start", id: "req-1", model: "" },
  ]);
  for (
    const event of [
      begin(0, { toolResult: { toolUseId: "t" } }),
      delta(0, { toolResult: [{ text: "x" }] }),
      begin(1, { toolUse: { toolUseId: "s", name: "n", type: "server_tool_use" } }),
      delta(1, toolInput("{}")),
      delta(2, { citation: {} }),
    ]
  ) assert.deepEqual(reader.push(JSON.stringify(event)), []);
  const fields = context.losses.found.map(({ field }) => field);
  assert.deepEqual(fields, ["toolResult", "toolUse", "citations"]);
});

Deno.test("readStream() turns exceptions into the error that they would have been", () => {
  const cases = [
    ["throttlingException", 429],
    ["validationException", 400],
    ["modelTimeoutException", 408],
    ["modelStreamErrorException", 424],
    ["serviceUnavailableException", 503],
    ["internalServerException", 500],
    ["somedayException", 500],
  ] as const;
  for (const [name, status] of cases) {
    const reader = converseCall.readStream(contextOf());
    reader.push(JSON.stringify(START));
    const steps = reader.push(JSON.stringify({ [name]: { message: "no" } }));
    const fault = { status, message: "no", requestId: "req-1" };
    assert.deepEqual(steps, [{ type: "error", fault }]);
    assert.deepEqual(reader.push(JSON.stringify(STOP)), []);
    assert.deepEqual(reader.end(), []);
  }
});

Deno.test("readStream().end() tells a cut answer from a whole one", () => {
  const cut = {
    type: "error",
    fault: {
      status: 502,
      message: "the provider's answer broke off before its end",
      code: "upstream_cut",
    },
  };
  const whole = [START, delta(0, { text: "a" }), stop(0), STOP, METADATA];
  for (let count = 0; count < 4; count++) {
    assert.deepEqual(read(whole.slice(0, count)).at(-1), cut, `${count} events`);
  }
  assert.deepEqual(read(whole.slice(0, 4)).at(-1), { type: "end" });
  assert.deepEqual(read(whole).filter(({ type }) => type === "end").length, 1);
  const reader = converseCall.readStream(contextOf());
  assert.deepEqual(reader.end(), [cut]);
  assert.deepEqual([...reader.push(JSON.stringify(START)), ...reader.end()], []);
});

interface Part {
  readonly content: Event;
  readonly events: readonly Event[];
}

/** A content block, whole and as the pieces that a stream would bring. */
const part = fc.oneof(
  fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((pieces): Part => ({
    content: { text: pieces.join("") },
    events: pieces.map((text) => ({ text })),
  })),
  fc.tuple(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.string()).map(
    ([pieces, signature]): Part => ({
      content: { reasoningContent: { reasoningText: { text: pieces.join(""), signature } } },
      events: [...pieces.map((text) => thought({ text })), thought({ signature })],
    }),
  ),
  fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(9)).map(
    ([input, at]): Part => {
      const json = JSON.stringify(input);
      const pieces = Object.keys(input).length === 0 ? [] : [json.slice(0, at), json.slice(at)];
      return {
        content: { toolUse: { toolUseId: "t", name: "f", input } },
        events: pieces.map(toolInput),
      };
    },
  ),
);

Deno.test("readStream() R5 tells what readResponse() tells", () => {
  fc.assert(fc.property(fc.array(part), (parts) => {
    const usage = { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 3 };
    const stopReason = "end_turn";
    const content = parts.map((one) => one.content);
    const whole = { output: { message: { role: "assistant", content } }, stopReason, usage };
    const events = parts.flatMap((one, index) => [
      ...("toolUse" in one.content ? [begin(index, toolStart("t", "f"))] : []),
      ...one.events.map((piece) => delta(index, piece)),
      stop(index),
    ]);
    const stream = [START, ...events, { messageStop: { stopReason } }, { metadata: { usage } }];
    assert.deepEqual(
      foldEvents(read(stream)),
      converseCall.readResponse(whole, contextOf()),
    );
  }));
});
