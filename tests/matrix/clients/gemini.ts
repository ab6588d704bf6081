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
import { listAt, listIn, numberIn, objectAt, sum, textAt, textIn } from "./members.ts";

/** A client of Google's generateContent (https://ai.google.dev/api/generate-content). */
export const geminiClient: ChatClient = {
  name: "gemini",
  requestIdHeader: "x-request-id",
  request: (wish, { model, stream }) => ({
    path: `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: {
      ...(wish.system !== undefined && { systemInstruction: { parts: [{ text: wish.system }] } }),
      contents: wish.said.flatMap(contentsOf),
      ...(wish.tools && {
        tools: [{
          functionDeclarations: wish.tools.map(({ name, description, schema }) => ({
            name,
            description,
            parameters: googleSchema(schema),
          })),
        }],
      }),
      ...configOf(wish),
    },
  }),
  readWhole,
  readStream,
  readError,
};

function contentsOf(said: Said): readonly unknown[] {
  if (said.by === "tools") {
    const parts = said.results.map(({ call, text }) => ({
      functionResponse: {
        ...(call.id !== "" && { id: call.id }),
        name: call.name,
        response: { output: text },
      },
    }));
    return [{ role: "user", parts }];
  }
  if ("again" in said) return said.again;
  if (said.by === "model") return [{ role: "model", parts: [{ text: said.text }] }];
  const { text, image } = said;
  if (image === undefined) return [{ role: "user", parts: [{ text }] }];
  const inlineData = { mimeType: image.mediaType, data: image.data };
  return [{ role: "user", parts: [{ text }, { inlineData }] }];
}

function configOf({ schema, maxTokens, thinks }: Wish): JsonObject {
  const config = {
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(schema && {
      responseMimeType: "application/json",
      responseSchema: googleSchema(schema),
    }),
    ...(thinks && { thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } }),
  };
  return Object.keys(config).length === 0 ? {} : { generationConfig: config };
}

/** Google's own schemas spell types in capitals, and know nothing of closed objects. */
function googleSchema(schema: JsonObject): JsonObject {
  const { additionalProperties: _closed, type, properties, ...rest } = schema;
  const inner = isObject(properties) ? Object.entries(properties) : [];
  return {
    type: String(type).toUpperCase(),
    ...(isObject(properties) && {
      properties: Object.fromEntries(
        inner.map(([name, member]) => [name, googleSchema(isObject(member) ? member : {})]),
      ),
    }),
    ...rest,
  };
}

function readWhole(body: unknown): Answer {
  const blocked = textIn(at(body, "promptFeedback"), "blockReason");
  const candidates = listIn(body, "candidates");
  assert.equal(candidates.length, blocked === "" ? 1 : 0, "one candidate, or a blocked prompt");
  const [candidate] = candidates;
  const content = candidate === undefined ? { parts: [] } : objectAt(candidate, "content");
  const parts = listAt(content, "parts");
  const reason = candidate === undefined ? blocked : textAt(candidate, "finishReason");
  const said = (thought: boolean) =>
    parts.filter((part) => (part.thought === true) === thought)
      .map((part) => textIn(part, "text")).join("");
  const calls = parts.flatMap(callIn);
  return {
    id: textAt(body, "responseId"),
    model: textAt(body, "modelVersion"),
    text: said(false),
    reasoning: said(true),
    calls,
    finish: reason === "STOP" && calls.length > 0 ? "tool-calls" : finishes[reason] ?? reason,
    isRefused: blocked !== "" || reason === "SAFETY",
    refusal: said(false),
    usage: usageOf(objectAt(body, "usageMetadata")),
    again: candidate === undefined ? [] : [content],
  };
}

const finishes: Readonly<Record<string, string>> = { STOP: "stop", MAX_TOKENS: "length" };

/** Ids are not given by all models; calls are then told apart by their order. */
function callIn({ functionCall: call }: JsonObject): ToolCall[] {
  if (!isObject(call)) return [];
  return [{ id: textIn(call, "id"), name: textAt(call, "name"), args: call.args ?? {} }];
}

function usageOf(usage: JsonObject): Usage {
  const input = numberIn(usage, "promptTokenCount");
  const reasoning = numberIn(usage, "thoughtsTokenCount");
  const output = sum(numberIn(usage, "candidatesTokenCount"), reasoning);
  assert.equal(numberIn(usage, "totalTokenCount"), (input ?? 0) + (output ?? 0));
  return {
    input,
    output,
    cacheRead: numberIn(usage, "cachedContentTokenCount"),
    cacheWrite: undefined,
    reasoning,
  };
}

function readStream(events: readonly SseEvent[]): Streamed {
  const parts: JsonObject[] = [];
  let top: JsonObject = {}, last: JsonObject | undefined;
  for (const [index, event] of events.entries()) {
    assert.equal(event.event, undefined, "Google's events have no name");
    const data = jsonOf(event);
    if ("error" in data) {
      assert.equal(index, events.length - 1, "events after an error");
      const textBefore = parts.map((part) => textIn(part, "text")).join("");
      return { error: readError(data), textBefore };
    }
    assert.equal(top.responseId ?? data.responseId, data.responseId, "the id has changed");
    top = { ...top, ...data };
    const [candidate] = listIn(data, "candidates");
    if (candidate === undefined) continue;
    assert.equal(last?.finishReason, undefined, "a candidate that goes on after its end");
    last = candidate;
    for (const part of listAt(objectAt(candidate, "content"), "parts")) addPart(parts, part);
  }
  if (last === undefined) return { answer: readWhole(top) };
  assert.ok(typeof last.finishReason === "string", "a stream without an end");
  const candidate = { ...last, content: { role: "model", parts } };
  return { answer: readWhole({ ...top, candidates: [candidate] }) };
}

/** Pieces of a text are joined, and empty ones left out; a part with a signature stays as it is. */
function addPart(parts: JsonObject[], part: JsonObject): void {
  if (part.text === "" && !("thoughtSignature" in part)) return;
  const before = parts.at(-1);
  const isPlain = (one: JsonObject) => typeof one.text === "string" && !("thoughtSignature" in one);
  const joins = before !== undefined && isPlain(before) && isPlain(part) &&
    before.thought === part.thought;
  if (!joins) parts.push(part);
  else parts[parts.length - 1] = { ...before, text: textIn(before, "text") + textIn(part, "text") };
}

function readError(body: unknown): ToldError {
  const error = objectAt(body, "error");
  assert.ok(typeof error.code === "number", "code must be a number");
  return { type: textAt(error, "status"), message: textAt(error, "message") };
}
