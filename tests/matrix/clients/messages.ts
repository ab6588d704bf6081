import assert from "node:assert/strict";
import { at, isObject, type JsonObject } from "../../support/json.ts";
import type {
  Answer,
  ChatClient,
  Said,
  SseEvent,
  Streamed,
  ToldError,
  Usage,
  Wish,
} from "../chat_client.ts";
import { jsonOf } from "../sse_events.ts";
import { grown, listAt, numberIn, objectAt, sum, textAt, textIn } from "./members.ts";

/** A client of Anthropic's Messages API (https://platform.claude.com/docs/en/api/messages). */
export const messagesClient: ChatClient = {
  name: "messages",
  requestIdHeader: "request-id",
  request: (wish, { model, stream }) => ({
    path: "/v1/messages",
    body: {
      model,
      max_tokens: wish.maxTokens ?? 4096,
      ...(wish.system !== undefined && { system: wish.system }),
      messages: wish.said.flatMap(messagesOf),
      ...optionsOf(wish),
      ...(stream && { stream }),
    },
  }),
  readWhole,
  readStream,
  readError,
};

function messagesOf(said: Said): readonly unknown[] {
  if (said.by === "tools") {
    const content = said.results.map(({ call, text }) => ({
      type: "tool_result",
      tool_use_id: call.id,
      content: text,
    }));
    return [{ role: "user", content }];
  }
  if ("again" in said) return said.again;
  if (said.by === "model") return [{ role: "assistant", content: said.text }];
  const { text, image } = said;
  if (image === undefined) return [{ role: "user", content: text }];
  const source = { type: "base64", media_type: image.mediaType, data: image.data };
  return [{ role: "user", content: [{ type: "image", source }, { type: "text", text }] }];
}

function optionsOf({ tools, schema, thinks }: Wish): JsonObject {
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        name,
        description,
        input_schema: schema,
      })),
    }),
    ...(schema && { output_config: { format: { type: "json_schema", schema } } }),
    ...(thinks && { thinking: { type: "enabled", budget_tokens: 2048, display: "summarized" } }),
  };
}

function readWhole(body: unknown): Answer {
  assert.equal(textAt(body, "type"), "message");
  assert.equal(textAt(body, "role"), "assistant");
  const content = listAt(body, "content");
  const texts = content.filter(({ type }) => type === "text").map((block) => textAt(block, "text"));
  const thoughts = content.filter(({ type }) => type === "thinking");
  const reason = textAt(body, "stop_reason");
  return {
    id: textAt(body, "id"),
    model: textAt(body, "model"),
    text: texts.join(""),
    reasoning: thoughts.map((block) => textAt(block, "thinking")).join(""),
    calls: content.filter(({ type }) => type === "tool_use").map((block) => ({
      id: textAt(block, "id"),
      name: textAt(block, "name"),
      args: objectAt(block, "input"),
    })),
    finish: finishes[reason] ?? reason,
    isRefused: reason === "refusal",
    refusal: textIn(at(body, "stop_details"), "explanation") || texts.join(""),
    usage: usageOf(objectAt(body, "usage")),
    again: [{ role: "assistant", content }],
  };
}

const finishes: Readonly<Record<string, string>> = {
  end_turn: "stop",
  max_tokens: "length",
  tool_use: "tool-calls",
};

/** Cached input is counted apart from the rest. */
function usageOf(usage: JsonObject): Usage {
  const cacheRead = numberIn(usage, "cache_read_input_tokens");
  const cacheWrite = numberIn(usage, "cache_creation_input_tokens");
  return {
    input: sum(numberIn(usage, "input_tokens"), cacheRead, cacheWrite),
    output: numberIn(usage, "output_tokens"),
    cacheRead,
    cacheWrite,
    reasoning: numberIn(usage.output_tokens_details, "thinking_tokens"),
  };
}

/** The message as far as the events have told it. */
interface Grown {
  message: JsonObject;
  readonly blocks: JsonObject[];
  /** The input of the open call. */
  input: string;
  isOpen: boolean;
  isOver: boolean;
}

function readStream(events: readonly SseEvent[]): Streamed {
  const state: Grown = { message: {}, blocks: [], input: "", isOpen: false, isOver: false };
  for (const [index, event] of events.entries()) {
    const data = jsonOf(event);
    assert.equal(event.event, data.type, "the event's name is its type");
    const isLast = index === events.length - 1;
    if (data.type === "error") {
      assert.ok(isLast, "events after an error");
      const textBefore = state.blocks.map((block) => textIn(block, "text")).join("");
      return { error: readError(data), textBefore };
    }
    if (data.type === "message_stop") {
      assert.ok(isLast && !state.isOpen && state.isOver, "message_stop comes last");
      return { answer: readWhole({ ...state.message, content: state.blocks }) };
    }
    assert.equal(index === 0, data.type === "message_start", "message_start comes first");
    addEvent(state, data);
  }
  assert.fail("a stream without message_stop");
}

function addEvent(state: Grown, data: JsonObject): void {
  switch (data.type) {
    case "message_start":
      state.message = objectAt(data, "message");
      assert.deepEqual(state.message.content, []);
      return;
    case "content_block_start":
      assert.equal(data.index, state.blocks.length, "blocks come in order");
      assert.ok(!state.isOpen, "a block begins within another");
      state.blocks.push(objectAt(data, "content_block"));
      state.input = "";
      state.isOpen = true;
      return;
    case "content_block_delta":
      assert.ok(state.isOpen && data.index === state.blocks.length - 1, "delta of no open block");
      return addDelta(state, objectAt(data, "delta"));
    case "content_block_stop":
      assert.ok(state.isOpen && data.index === state.blocks.length - 1, "stop of no open block");
      state.isOpen = false;
      return endBlock(state);
    case "message_delta": {
      assert.ok(!state.isOpen && !state.isOver, "message_delta comes once, after all blocks");
      state.isOver = true;
      const usage = grown(objectAt(state.message, "usage"), objectAt(data, "usage"), []);
      state.message = { ...state.message, ...objectAt(data, "delta"), usage };
      return;
    }
    default:
      assert.equal(data.type, "ping");
  }
}

const kinds: Readonly<Record<string, readonly [block: string, member: string]>> = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  signature_delta: ["thinking", "signature"],
};

function addDelta(state: Grown, delta: JsonObject): void {
  const block = state.blocks.at(-1) ?? {};
  if (delta.type === "input_json_delta") {
    assert.equal(block.type, "tool_use");
    state.input += textAt(delta, "partial_json");
    return;
  }
  const [type, member] = kinds[textAt(delta, "type")] ?? [];
  assert.ok(type !== undefined && member !== undefined, `an unknown delta: ${delta.type}`);
  assert.equal(block.type, type);
  const text = textIn(block, member) + textAt(delta, member);
  state.blocks[state.blocks.length - 1] = { ...block, [member]: text };
}

function endBlock({ blocks, input }: Grown): void {
  const block = blocks.at(-1);
  if (block?.type !== "tool_use" || input === "") return;
  assert.deepEqual(block.input, {}, "a streamed call begins with empty input");
  blocks[blocks.length - 1] = { ...block, input: JSON.parse(input) };
}

function readError(body: unknown): ToldError {
  assert.ok(isObject(body) && body.type === "error", "an error has the type error");
  const id = body.request_id;
  assert.ok(id === undefined || id === null || typeof id === "string", "request_id");
  const error = objectAt(body, "error");
  return { type: textAt(error, "type"), message: textAt(error, "message") };
}
