import assert from "node:assert/strict";
import { at, isObject, type JsonObject } from "../../support/json.ts";
import type {
  Answer,
  ChatClient,
  Said,
  SseEvent,
  Streamed,
  ToldError,
  ToolCall,
  Usage,
  Wish,
} from "../chat_client.ts";
import { jsonOf } from "../sse_events.ts";
import { grown, listAt, listIn, numberIn, objectAt, textAt, textIn } from "./members.ts";

/**
 * A client of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat), with
 * the members for thoughts that DeepSeek and OpenRouter have added.
 */
export const completionsClient: ChatClient = {
  name: "completions",
  requestIdHeader: "x-request-id",
  request: (wish, { model, stream }) => ({
    path: "/v1/chat/completions",
    body: {
      model,
      messages: [
        ...(wish.system === undefined ? [] : [{ role: "system", content: wish.system }]),
        ...wish.said.flatMap(messagesOf),
      ],
      ...optionsOf(wish),
      ...(stream && { stream, stream_options: { include_usage: true } }),
    },
  }),
  readWhole,
  readStream,
  readError,
};

function messagesOf(said: Said): readonly unknown[] {
  if (said.by === "tools") {
    return said.results.map(({ call, text }) => ({
      role: "tool",
      tool_call_id: call.id,
      content: text,
    }));
  }
  if ("again" in said) return said.again;
  if (said.by === "model") return [{ role: "assistant", content: said.text }];
  const { text, image } = said;
  if (image === undefined) return [{ role: "user", content: text }];
  const url = `data:${image.mediaType};base64,${image.data}`;
  const picture = { type: "image_url", image_url: { url } };
  return [{ role: "user", content: [{ type: "text", text }, picture] }];
}

function optionsOf({ tools, schema, maxTokens, thinks }: Wish): JsonObject {
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        type: "function",
        function: { name, description, parameters: schema },
      })),
    }),
    ...(schema && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema, strict: true },
      },
    }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(thinks && { reasoning_effort: "medium" }),
  };
}

function readWhole(body: unknown): Answer {
  assert.equal(textAt(body, "object"), "chat.completion");
  const [choice, ...others] = listAt(body, "choices");
  assert.equal(others.length, 0, "more than one choice");
  const message = objectAt(choice, "message");
  assert.equal(message.role, "assistant");
  assert.ok(message.content === null || typeof message.content === "string", "content");
  const refusal = textIn(message, "refusal");
  const reason = textAt(choice, "finish_reason");
  return {
    id: textAt(body, "id"),
    model: textAt(body, "model"),
    text: textIn(message, "content"),
    reasoning: textIn(message, "reasoning_content") || textIn(message, "reasoning"),
    calls: listIn(message, "tool_calls").map(callOf),
    finish: finishes[reason] ?? reason,
    isRefused: refusal !== "" || reason === "content_filter",
    refusal: refusal || textIn(message, "content"),
    usage: usageOf(body),
    again: [message],
  };
}

const finishes: Readonly<Record<string, string>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
};

function callOf(call: JsonObject): ToolCall {
  assert.equal(call.type, "function");
  const called = objectAt(call, "function");
  const args: unknown = JSON.parse(textAt(called, "arguments"));
  return { id: textAt(call, "id"), name: textAt(called, "name"), args };
}

function usageOf(body: unknown): Usage {
  const usage = objectAt(body, "usage");
  const input = numberIn(usage, "prompt_tokens"), output = numberIn(usage, "completion_tokens");
  assert.equal(numberIn(usage, "total_tokens"), (input ?? 0) + (output ?? 0));
  const { prompt_tokens_details: prompt, completion_tokens_details: completion } = usage;
  return {
    input,
    output,
    cacheRead: numberIn(prompt, "cached_tokens"),
    cacheWrite: numberIn(prompt, "cache_write_tokens"),
    reasoning: numberIn(completion, "reasoning_tokens"),
  };
}

/** The message and its surroundings as far as the chunks have told them. */
interface Grown {
  head: JsonObject;
  message: JsonObject;
  calls: JsonObject[];
  details: JsonObject[];
  finish: unknown;
  usage: unknown;
}

function readStream(events: readonly SseEvent[]): Streamed {
  const state: Grown = {
    head: {},
    message: { content: null },
    calls: [],
    details: [],
    finish: null,
    usage: undefined,
  };
  for (const [index, event] of events.entries()) {
    assert.equal(event.event, undefined, "chunks have no event name");
    if (event.data === "[DONE]") {
      assert.equal(index, events.length - 1, "events after [DONE]");
      return { answer: readWhole(wholeOf(state)) };
    }
    const chunk = jsonOf(event);
    if ("error" in chunk) {
      assert.equal(index, events.length - 1, "events after an error");
      return { error: readError(chunk), textBefore: textIn(state.message, "content") };
    }
    addChunk(state, chunk);
  }
  assert.fail("a stream without [DONE]");
}

function addChunk(state: Grown, chunk: JsonObject): void {
  assert.equal(chunk.object, "chat.completion.chunk");
  if (state.head.id !== undefined) assert.equal(chunk.id, state.head.id, "the id has changed");
  state.head = chunk;
  if (isObject(chunk.usage)) {
    assert.deepEqual(chunk.choices, [], "usage comes in a chunk of its own");
    state.usage = chunk.usage;
  }
  for (const choice of listAt(chunk, "choices")) {
    assert.equal(choice.index, 0);
    assert.equal(state.finish, null, "a choice that goes on after its finish reason");
    addDelta(state, objectAt(choice, "delta"));
    state.finish = choice.finish_reason;
  }
}

function addDelta(state: Grown, delta: JsonObject): void {
  const { tool_calls: _calls, reasoning_details: _details, ...rest } = delta;
  const growing = ["content", "refusal", "reasoning_content", "reasoning"];
  state.message = grown(state.message, rest, growing);
  for (const piece of listIn(delta, "tool_calls")) {
    const { index } = piece;
    assert.ok(typeof index === "number" && index <= state.calls.length, "a call's index");
    assert.ok(piece.id === undefined || typeof piece.id === "string", "a call's id");
    const before = state.calls[index] ?? {};
    if (before.id !== undefined) assert.ok((piece.id ?? before.id) === before.id, "another id");
    const called = grown(
      isObject(before.function) ? before.function : {},
      isObject(piece.function) ? piece.function : {},
      ["arguments"],
    );
    const { index: _index, ...members } = piece;
    state.calls[index] = { ...before, ...members, function: called };
  }
  for (const piece of listIn(delta, "reasoning_details")) {
    const last = state.details.at(-1);
    const continues = last?.index === piece.index && last?.type === piece.type;
    if (last === undefined || !continues) state.details.push(piece);
    else state.details[state.details.length - 1] = grown(last, piece, ["text", "signature"]);
  }
}

function wholeOf({ head, message, calls, details, finish, usage }: Grown): JsonObject {
  const whole = {
    ...message,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
  return {
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message: whole, finish_reason: finish }],
    usage,
  };
}

function readError(body: unknown): ToldError {
  const error = objectAt(body, "error");
  for (const name of ["param", "code"]) {
    const value = at(error, name);
    assert.ok(value === null || typeof value === "string", `${name} must be a text or null`);
  }
  return { type: textAt(error, "type"), message: textAt(error, "message") };
}
