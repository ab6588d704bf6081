import type { ChatEvent } from "../../chat/events.ts";
import type { Fault } from "../../chat/fault.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject, StreamReader } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { UPSTREAM_CUT } from "../upstream_cut.ts";
import { readCall, readFinish, readHead } from "./read_output.ts";
import { completeItem, completePart } from "./stream_reader_items.ts";
import {
  closeAll,
  extendBlock,
  extendReasoning,
  openBlock,
  type ReaderState,
} from "./stream_reader_blocks.ts";
import { listOf, readFault, readLogprobs, readUsage, textOf } from "./wire.ts";

/** Reads a streamed answer. */
export function readStream(context: CallContext): StreamReader {
  const state: ReaderState = {
    context,
    events: [],
    blocks: [],
    open: new Map(),
    closed: new Set(),
    progress: "waiting",
  };
  function take(): readonly ChatEvent[] {
    const { events } = state;
    state.events = [];
    return events;
  }
  return {
    push(data) {
      const event = state.progress === "over" ? undefined : parseObject(data);
      if (event !== undefined) see(state, event);
      return take();
    },
    end() {
      if (state.progress !== "over") fail(state, UPSTREAM_CUT);
      return take();
    },
  };
}

function see(state: ReaderState, event: JsonObject): void {
  const type = textOf(event.type);
  if (type === "error" || type === "response.failed") return fail(state, readFault(event));
  if (!type.startsWith(PREFIX)) return;
  begin(state, event.response);
  HANDLERS.get(type.slice(PREFIX.length))?.(state, event);
}

const PREFIX = "response.";

function begin(state: ReaderState, response: unknown): void {
  if (state.progress !== "waiting") return;
  state.progress = "started";
  state.events.push({ type: "start", ...readHead(isMapping(response) ? response : {}) });
}

function fail(state: ReaderState, fault: Fault): void {
  state.progress = "over";
  state.events.push({ type: "error", fault });
}

type Handler = (state: ReaderState, event: Mapping) => void;

/** What is done with an event, by its type; the others say nothing that is not said again. */
const HANDLERS = new Map<string, Handler>([
  ["output_item.added", addItem],
  ["content_part.added", addPart],
  ["output_text.delta", extendText],
  [
    "output_text.done",
    (state, event) => completePart(state, partKey(event), { ...event, type: "output_text" }),
  ],
  ["output_text.annotation.added", ({ context }) => context.losses.droppedField("annotations")],
  [
    "refusal.delta",
    (state, event) =>
      extendBlock(state, partKey(event), { type: "refusal", text: "" }, textOf(event.delta)),
  ],
  [
    "refusal.done",
    (state, event) => completePart(state, partKey(event), { ...event, type: "refusal" }),
  ],
  ["content_part.done", endPart],
  [
    "reasoning_summary_text.delta",
    (state, event) =>
      extendReasoning(state, itemKey(event), `s${event.summary_index}`, textOf(event.delta)),
  ],
  [
    "reasoning_text.delta",
    (state, event) =>
      extendReasoning(state, itemKey(event), `c${event.content_index}`, textOf(event.delta)),
  ],
  ["function_call_arguments.delta", extendCall],
  ["custom_tool_call_input.delta", extendCall],
  ["output_item.done", endItem],
  ["completed", finish],
  ["incomplete", finish],
]);

function addItem(state: ReaderState, event: Mapping): void {
  const { item } = event;
  if (!isMapping(item)) return;
  if (item.type !== "function_call" && item.type !== "custom_tool_call") return;
  openBlock(state, itemKey(event), { ...readCall(item, state.context), input: "" });
}

function extendText(state: ReaderState, event: Mapping): void {
  const logprobs = readLogprobs(event.logprobs);
  extendBlock(state, partKey(event), { type: "text", text: "" }, textOf(event.delta), logprobs);
}

/** A refusal counts even when it has no words. */
function addPart(state: ReaderState, event: Mapping): void {
  const isRefusal = isMapping(event.part) && event.part.type === "refusal";
  if (isRefusal) openBlock(state, partKey(event), { type: "refusal", text: "" });
}

function extendCall(state: ReaderState, event: Mapping): void {
  extendBlock(state, itemKey(event), undefined, textOf(event.delta));
}

/** What a reasoning item says comes with the item. */
function endPart(state: ReaderState, { part, ...event }: Mapping): void {
  if (isMapping(part) && part.type !== "reasoning_text") completePart(state, partKey(event), part);
}

function endItem(state: ReaderState, event: Mapping): void {
  if (isMapping(event.item)) completeItem(state, itemKey(event), event.item);
}

/** A provider that tells nothing in between tells it all at the end. */
function finish(state: ReaderState, event: Mapping): void {
  const response = isMapping(event.response) ? event.response : {};
  if (state.blocks.length === 0) {
    for (const [index, item] of listOf(response.output).entries()) {
      if (isMapping(item)) completeItem(state, `${index}`, item);
    }
  }
  closeAll(state);
  const usage = readUsage(response.usage);
  if (usage !== undefined) state.events.push({ type: "usage", usage });
  const status = textOf(event.type).slice(PREFIX.length);
  const reason = readFinish({ ...response, status }, state.blocks);
  state.events.push({ type: "finish", finish: reason }, { type: "end" });
  state.progress = "over";
}

function itemKey(event: Mapping): string {
  return `${event.output_index ?? event.item_id}`;
}

function partKey(event: Mapping): string {
  return `${itemKey(event)}/${event.content_index ?? 0}`;
}
