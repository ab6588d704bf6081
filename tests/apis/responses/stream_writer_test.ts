import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/responses/serve.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { FinishReason } from "../../../src/chat/response.ts";
import { answerContext, eventsOf, payloads, responseOf } from "./samples.ts";

/** What a client gets for some steps, without the numbers, that another test looks at. */
function write(events: readonly ChatEvent[]): JsonObject[] {
  const write = serve.writeStream(answerContext());
  return payloads(events.map(write).join("")).map(({ sequence_number: _, ...event }) => event);
}

/** The events of an answer between the head and the end. */
function body(blocks: readonly Block[], reason: FinishReason = "stop"): JsonObject[] {
  return write(eventsOf(responseOf(blocks, { reason }), 2)).slice(2, -1);
}

const item = (index: number, id: string) => ({ item_id: id, output_index: index });

Deno.test("writeStream() begins with an empty response and ends with the whole one", () => {
  const usage = { inputTokens: 1, outputTokens: 2 };
  const response = responseOf([{ type: "text", text: "a" }], { reason: "stop" }, { usage });
  const [created, progress, ...rest] = write(eventsOf(response));
  const whole = serve.writeResponse(response, answerContext());
  const begun = { ...whole, status: "in_progress", output: [], usage: null };
  assert.deepEqual(created, { type: "response.created", response: begun });
  assert.deepEqual(progress, { type: "response.in_progress", response: begun });
  assert.deepEqual(rest.at(-1), { type: "response.completed", response: whole });
});

Deno.test("writeStream() writes a text", () => {
  const part = { type: "output_text", annotations: [], logprobs: [], text: "" };
  const whole = { ...part, text: "abc" };
  const message = { id: "msg_1", type: "message", role: "assistant" };
  const place = { ...item(0, "msg_1"), content_index: 0 };
  assert.deepEqual(body([{ type: "text", text: "abc" }]), [
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...message, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...place, part },
    { type: "response.output_text.delta", ...place, delta: "ab", logprobs: [] },
    { type: "response.output_text.delta", ...place, delta: "c", logprobs: [] },
    { type: "response.output_text.done", ...place, text: "abc", logprobs: [] },
    { type: "response.content_part.done", ...place, part: whole },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...message, status: "completed", content: [whole] },
    },
  ]);
});

Deno.test("writeStream() writes thoughts and their seal", () => {
  const place = { ...item(0, "rs_1"), summary_index: 0 };
  const begun = { id: "rs_1", type: "reasoning", summary: [] };
  const summary = { type: "summary_text", text: "abc" };
  const seal = { api: "responses", value: "enc" } as const;
  assert.deepEqual(body([{ type: "reasoning", text: "abc", seal }]), [
    { type: "response.output_item.added", output_index: 0, item: begun },
    { type: "response.reasoning_summary_part.added", ...place, part: { ...summary, text: "" } },
    { type: "response.reasoning_summary_text.delta", ...place, delta: "ab" },
    { type: "response.reasoning_summary_text.delta", ...place, delta: "c" },
    { type: "response.reasoning_summary_text.done", ...place, text: "abc" },
    { type: "response.reasoning_summary_part.done", ...place, part: summary },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...begun, summary: [summary], encrypted_content: "enc" },
    },
  ]);
});

Deno.test("writeStream() writes a call", () => {
  const call = { id: "fc_1", type: "function_call", call_id: "c", name: "f" };
  assert.deepEqual(body([{ type: "tool-call", id: "c", name: "f", input: "{1}" }]), [
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...call, status: "in_progress", arguments: "" },
    },
    { type: "response.function_call_arguments.delta", ...item(0, "fc_1"), delta: "{1" },
    { type: "response.function_call_arguments.delta", ...item(0, "fc_1"), delta: "}" },
    { type: "response.function_call_arguments.done", ...item(0, "fc_1"), arguments: "{1}" },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...call, status: "completed", arguments: "{1}" },
    },
  ]);
});

Deno.test("writeStream() writes a custom call and a refusal", () => {
  const types = (blocks: readonly Block[]) => body(blocks).map(({ type }) => type);
  assert.deepEqual(types([{ type: "tool-call", id: "c", name: "f", input: "x", custom: true }]), [
    "response.output_item.added",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.output_item.done",
  ]);
  assert.deepEqual(types([{ type: "refusal", text: "no" }]), [
    "response.output_item.added",
    "response.content_part.added",
    "response.refusal.delta",
    "response.refusal.done",
    "response.content_part.done",
    "response.output_item.done",
  ]);
});

Deno.test("writeStream() gives a call without arguments an empty object", () => {
  const events = body([{ type: "tool-call", id: "c", name: "f", input: "" }]);
  assert.deepEqual(events.slice(1, 3), [
    { type: "response.function_call_arguments.delta", ...item(0, "fc_1"), delta: "{}" },
    { type: "response.function_call_arguments.done", ...item(0, "fc_1"), arguments: "{}" },
  ]);
});

Deno.test("writeStream() writes what comes with the beginning of a block", () => {
  const events = write([
    { type: "start", id: "a", model: "m" },
    { type: "block-start", index: 0, block: { type: "text", text: "ab" } },
    { type: "block-delta", index: 0, text: "c" },
    { type: "block-end", index: 0 },
    { type: "block-start", index: 1, block: { type: "tool-call", id: "c", name: "f", input: "1" } },
    { type: "block-end", index: 1 },
  ]);
  const deltas = events.filter(({ type }) => `${type}`.endsWith(".delta"));
  assert.deepEqual(deltas.map(({ delta }) => delta), ["ab", "c", "1"]);
});

Deno.test("writeStream() takes each kind of block that begins with its text", () => {
  const texts = (block: Block) =>
    write([
      { type: "start", id: "a", model: "m" },
      { type: "block-start", index: 0, block },
      { type: "block-end", index: 0 },
    ]).filter(({ type }) => /[.](delta|done)$/.test(`${type}`)).map((event) =>
      event.delta ?? event.text ?? event.refusal ?? event.input
    );
  const custom: Block = { type: "tool-call", id: "c", name: "f", input: "x", custom: true };
  assert.deepEqual(texts({ type: "refusal", text: "no" }), ["no", "no", undefined]);
  assert.deepEqual(texts({ type: "reasoning", text: "a" }), ["a", "a", undefined]);
  assert.deepEqual(texts(custom), ["x", "x"]);
});

Deno.test("writeStream() ends overlapping items when they end", () => {
  const call = (id: string): Block => ({ type: "tool-call", id, name: "f", input: "" });
  const seal = { api: "messages", value: "sig" } as const;
  const events = write([
    { type: "start", id: "a", model: "m" },
    { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
    { type: "block-start", index: 1, block: call("x") },
    { type: "block-end", index: 0, seal },
    { type: "block-start", index: 2, block: call("y") },
    { type: "block-delta", index: 1, text: "1" },
    { type: "block-delta", index: 2, text: "2" },
    { type: "block-end", index: 1 },
    { type: "block-end", index: 2 },
    { type: "finish", finish: { reason: "tool-calls" } },
  ]);
  const done = events.filter(({ type }) => type === "response.output_item.done");
  assert.deepEqual(done.map(({ output_index }) => output_index), [0, 1, 2]);
  const told = JSON.stringify(done).match(/(?<="(call_id|arguments)":")\w+/g);
  assert.deepEqual(told, ["1", "x", "2", "y"]);
});

Deno.test("writeStream() ends an item once the next one begins", () => {
  const done = body([
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    { type: "reasoning", text: "" },
    { type: "text", text: "c" },
  ]).filter(({ type }) => `${type}`.startsWith("response.output_item."));
  assert.deepEqual(done.map(({ type, output_index }) => `${output_index} ${type}`), [
    "0 response.output_item.added",
    "0 response.output_item.done",
    "1 response.output_item.added",
    "1 response.output_item.done",
    "2 response.output_item.added",
    "2 response.output_item.done",
  ]);
});

Deno.test("writeStream() says of the last item alone that it was cut off", () => {
  const call = (id: string): Block => ({ type: "tool-call", id, name: "f", input: "1" });
  const done = body([call("x"), call("y")], "length").filter(({ type }) =>
    type === "response.output_item.done"
  );
  const statuses = JSON.stringify(done).match(/(?<="status":")\w+/g);
  assert.deepEqual(statuses, ["completed", "incomplete"]);
});

Deno.test("writeStream() ends with an event for each end", () => {
  const last = (reason: FinishReason) => write(eventsOf(responseOf([], { reason }))).at(-1)?.type;
  assert.equal(last("stop"), "response.completed");
  assert.equal(last("length"), "response.incomplete");
  assert.equal(last("content-filter"), "response.incomplete");
});

Deno.test("writeStream() sends an error as the last event", () => {
  const events = write([
    { type: "start", id: "a", model: "m" },
    { type: "error", fault: { status: 500, message: "broken", param: "p" } },
  ]);
  assert.deepEqual(events.slice(2), [
    { type: "error", code: "server_error", message: "broken", param: "p" },
  ]);
});

Deno.test("writeStream() says nothing of blocks that the API has no item for", () => {
  const context = answerContext();
  const write = serve.writeStream(context);
  const block: Block = { type: "native", api: "messages", name: "server_tool_use", value: {} };
  write({ type: "start", id: "a", model: "m" });
  assert.equal(write({ type: "block-start", index: 0, block }), "");
  assert.equal(write({ type: "block-end", index: 0 }), "");
  assert.deepEqual(context.losses.found, [{ kind: "dropped", field: "server_tool_use" }]);
});

Deno.test("writeStream() puts a seal into a call's id, even if it comes at the end", () => {
  const seal = { api: "gemini", value: "sig" } as const;
  const blocks: Block[] = [
    { type: "tool-call", id: "x", name: "f", input: "{}", seal },
    { type: "tool-call", id: "y", name: "f", input: "{}" },
    { type: "tool-call", id: "z", name: "f", input: "", seal },
  ];
  const ids = body(blocks).flatMap(({ item }) => JSON.stringify(item)?.match(CALL_ID) ?? []);
  const [x, y, z] = ["x__thought__sig", "y", "z__thought__sig"];
  assert.deepEqual(ids, [x, x, y, y, z, z]);
});

const CALL_ID = /(?<="call_id":")[^"]+/g;
