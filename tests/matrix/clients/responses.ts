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
import { listAt, listIn, numberIn, objectAt, textAt, textIn } from "./members.ts";

/**
 * A client of OpenAI's Responses API that keeps the conversation itself, thoughts included
 * (https://platform.openai.com/docs/api-reference/responses).
 */
export const responsesClient: ChatClient = {
  name: "responses",
  requestIdHeader: "x-request-id",
  request: (wish, { model, stream }) => ({
    path: "/v1/responses",
    body: {
      model,
      ...(wish.system !== undefined && { instructions: wish.system }),
      input: wish.said.flatMap(itemsOf),
      ...optionsOf(wish),
      store: false,
      include: ["reasoning.encrypted_content"],
      ...(stream && { stream }),
    },
  }),
  readWhole,
  readStream,
  readError,
};

function itemsOf(said: Said): readonly unknown[] {
  if (said.by === "tools") {
    return said.results.map(({ call, text }) => ({
      type: "function_call_output",
      call_id: call.id,
      output: text,
    }));
  }
  if ("again" in said) return said.again;
  if (said.by === "model") return [{ role: "assistant", content: said.text }];
  const { text, image } = said;
  if (image === undefined) return [{ role: "user", content: text }];
  const image_url = `data:${image.mediaType};base64,${image.data}`;
  const content = [{ type: "input_text", text }, { type: "input_image", image_url }];
  return [{ role: "user", content }];
}

function optionsOf({ tools, schema, maxTokens, thinks }: Wish): JsonObject {
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        ...{ type: "function", name, description, parameters: schema, strict: false },
      })),
    }),
    ...(schema && {
      text: { format: { type: "json_schema", name: "answer", schema, strict: true } },
    }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(thinks && { reasoning: { effort: "medium", summary: "auto" } }),
  };
}

function readWhole(body: unknown): Answer {
  assert.equal(textAt(body, "object"), "response");
  const output = listAt(body, "output");
  const parts = output.filter(({ type }) => type === "message").flatMap((item) => {
    assert.equal(item.role, "assistant");
    return listAt(item, "content");
  });
  const said = (type: string, member: string) =>
    parts.filter((part) => part.type === type).map((part) => textAt(part, member)).join("");
  const calls = output.filter(({ type }) => type === "function_call").map((item) => ({
    id: textAt(item, "call_id"),
    name: textAt(item, "name"),
    args: JSON.parse(textAt(item, "arguments")),
  }));
  const isFiltered = at(body, "incomplete_details", "reason") === "content_filter";
  return {
    id: textAt(body, "id"),
    model: textAt(body, "model"),
    text: said("output_text", "text"),
    reasoning: output.filter(({ type }) => type === "reasoning")
      .flatMap((item) => listAt(item, "summary")).map((part) => textAt(part, "text")).join(""),
    calls,
    finish: finishOf(body, calls.length > 0),
    isRefused: isFiltered || parts.some(({ type }) => type === "refusal"),
    refusal: said("refusal", "refusal") || said("output_text", "text"),
    usage: usageOf(objectAt(body, "usage")),
    again: output,
  };
}

function finishOf(body: unknown, hasCalls: boolean): string {
  const status = textAt(body, "status");
  if (status === "completed") return hasCalls ? "tool-calls" : "stop";
  assert.equal(status, "incomplete");
  const reason = textAt(at(body, "incomplete_details"), "reason");
  return reason === "max_output_tokens" ? "length" : reason;
}

function usageOf(usage: JsonObject): Usage {
  const input = numberIn(usage, "input_tokens"), output = numberIn(usage, "output_tokens");
  assert.equal(numberIn(usage, "total_tokens"), (input ?? 0) + (output ?? 0));
  const before = objectAt(usage, "input_tokens_details");
  const after = objectAt(usage, "output_tokens_details");
  return {
    input,
    output,
    cacheRead: numberIn(before, "cached_tokens"),
    cacheWrite: numberIn(before, "cache_write_tokens"),
    reasoning: numberIn(after, "reasoning_tokens"),
  };
}

/** The items as far as the events have told them; texts grow under the place that they have. */
interface Grown {
  readonly texts: Map<string, string>;
  readonly items: JsonObject[];
  readonly done: JsonObject[];
}

function readStream(events: readonly SseEvent[]): Streamed {
  const state: Grown = { texts: new Map(), items: [], done: [] };
  let before = -1;
  for (const [index, event] of events.entries()) {
    const data = jsonOf(event);
    assert.equal(event.event, data.type, "the event's name is its type");
    const number = numberIn(data, "sequence_number") ?? -1;
    assert.ok(number > before, "sequence numbers ascend");
    before = number;
    const type = textAt(data, "type");
    const isLast = index === events.length - 1;
    if (type === "error" || type === "response.failed") {
      assert.ok(isLast, "events after an error");
      return { error: streamErrorOf(data), textBefore: [...state.texts.values()].join("") };
    }
    if (type === "response.completed" || type === "response.incomplete") {
      assert.ok(isLast, "events after the end");
      const response = objectAt(data, "response");
      assert.deepEqual(response.output, state.done, "the items of the end are those that came");
      return { answer: readWhole(response) };
    }
    addEvent(state, type, data);
  }
  assert.fail("a stream without an end");
}

function addEvent(state: Grown, type: string, data: JsonObject): void {
  const { items, done } = state;
  if (type === "response.created" || type === "response.in_progress") {
    assert.deepEqual(objectAt(data, "response").output, []);
    return;
  }
  const place = numberIn(data, "output_index") ?? -1;
  if (type === "response.output_item.added") {
    assert.equal(place, items.length, "items begin in order");
    items.push(objectAt(data, "item"));
    return;
  }
  const begun = items[place];
  assert.ok(begun !== undefined, `${type} of an item that has not begun`);
  if (type === "response.output_item.done") {
    const item = objectAt(data, "item");
    assert.equal(item.id, begun.id, "an item keeps its id");
    assertGrown(state, place, item);
    done[place] = item;
    return;
  }
  assert.equal(data.item_id, begun.id, `${type} names its item`);
  const key = placeOf(data);
  if (type.endsWith(".delta")) {
    state.texts.set(key, (state.texts.get(key) ?? "") + textAt(data, "delta"));
  } else if (type.endsWith("_text.done") || type.endsWith("refusal.done")) {
    const text = textIn(data, "text") || textIn(data, "refusal");
    assert.equal(text, state.texts.get(key) ?? "", `${type} repeats what came in pieces`);
  } else if (type === "response.function_call_arguments.done") {
    assert.equal(textAt(data, "arguments"), state.texts.get(key) ?? "");
  } else {
    assert.match(type, /_part\.(added|done)$/, "an unknown event");
  }
}

function placeOf(data: JsonObject): string {
  const { output_index, content_index, summary_index } = data;
  return [output_index, content_index ?? summary_index ?? ""].join(".");
}

/** What came in pieces must be what the whole item says. */
function assertGrown({ texts }: Grown, place: number, item: JsonObject): void {
  const grown = (index: number | "") => texts.get(`${place}.${index}`) ?? "";
  if (item.type === "function_call") {
    assert.equal(grown(""), textAt(item, "arguments"), "a call's arguments");
    return;
  }
  const parts = item.type === "reasoning" ? listAt(item, "summary") : listIn(item, "content");
  for (const [index, part] of parts.entries()) {
    assert.equal(grown(index), textIn(part, "text") || textIn(part, "refusal"), "a part's text");
  }
}

function streamErrorOf(data: JsonObject): ToldError {
  if (data.type === "error") {
    assert.ok(data.code === null || typeof data.code === "string", "code");
    assert.ok(data.param === null || typeof data.param === "string", "param");
    return { type: String(data.code), message: textAt(data, "message") };
  }
  const response = objectAt(data, "response");
  assert.equal(response.status, "failed");
  const error = objectAt(response, "error");
  return { type: textAt(error, "code"), message: textAt(error, "message") };
}

function readError(body: unknown): ToldError {
  assert.ok(isObject(body));
  const error = objectAt(body, "error");
  for (const name of ["param", "code"]) {
    const value = error[name];
    assert.ok(value === null || typeof value === "string", `${name} must be a text or null`);
  }
  return { type: textAt(error, "type"), message: textAt(error, "message") };
}
