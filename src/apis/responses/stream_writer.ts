import type { ChatEvent } from "../../chat/events.ts";
import type { Finish } from "../../chat/response.ts";
import type { AnswerContext, JsonObject, StreamWriter } from "../api.ts";
import { beginBlock, continueBlock, endBlock } from "./stream_writer_blocks.ts";
import { send, settleItem, type StreamState } from "./stream_writer_items.ts";
import { writeError } from "./wire.ts";
import { type End, endOf, headOf, responseObject } from "./write_response.ts";

/**
 * Writes a streamed answer as the events that the API sends
 * (https://platform.openai.com/docs/api-reference/responses-streaming).
 */
export function writeStream(context: AnswerContext): StreamWriter {
  const state: StreamState = {
    context,
    frames: [],
    sequenceNumber: 0,
    items: [],
    blocks: new Map(),
    held: undefined,
    head: { id: "", model: "" },
    usage: undefined,
    end: { status: "completed" },
    hasRefusal: false,
  };
  return (event) => {
    state.frames = [];
    step(state, event);
    return state.frames.join("");
  };
}

function step(state: StreamState, event: ChatEvent): void {
  beginHeld(state, event);
  switch (event.type) {
    case "start":
      state.head = headOf(event, state.context);
      state.usage = event.usage;
      send(state, "response.created", { response: begun(state) });
      send(state, "response.in_progress", { response: begun(state) });
      break;
    case "block-start":
      state.hasRefusal ||= event.block.type === "refusal";
      if (event.block.type === "tool-call") state.held = { index: event.index, block: event.block };
      else beginBlock(state, event.index, event.block);
      break;
    case "block-delta":
      continueBlock(state, event);
      break;
    case "block-end":
      endBlock(state, event.index, event.seal);
      break;
    case "usage":
      state.usage = event.usage;
      break;
    case "finish":
      finish(state, event.finish);
      break;
    case "end":
      send(state, `response.${state.end.status}`, { response: ended(state) });
      break;
    case "error":
      state.frames.push(writeError(event.fault, state.sequenceNumber++));
  }
}

/**
 * Begins a call with the step behind its beginning, which may be its end and bring a seal: the seal
 * goes into the call's id, and SDKs take no other id later on.
 */
function beginHeld(state: StreamState, event: ChatEvent): void {
  if (state.held === undefined) return;
  const { index, block } = state.held;
  state.held = undefined;
  const seal = event.type === "block-end" && event.index === index ? event.seal : undefined;
  beginBlock(state, index, seal === undefined ? block : { ...block, seal });
}

/** Shows a refusal that the provider only names, and ends the last item. */
function finish(state: StreamState, finish: Finish): void {
  if (finish.reason === "refusal" && !state.hasRefusal) {
    beginBlock(state, NO_BLOCK, { type: "refusal", text: "" });
    endBlock(state, NO_BLOCK, undefined);
  }
  state.end = endOf(finish);
  const last = state.items.at(-1);
  if (last !== undefined) settleItem(state, last, state.end.status);
}

/** An index that no block of the answer has. */
const NO_BLOCK = -1;

function begun(state: StreamState): JsonObject {
  const inProgress: End = { status: "in_progress" };
  return responseObject(state.context, {
    ...state.head,
    ...inProgress,
    output: [],
    usage: undefined,
  });
}

function ended(state: StreamState): JsonObject {
  const output = state.items.flatMap(({ value }) => value === undefined ? [] : [value]);
  return responseObject(state.context, { ...state.head, ...state.end, output, usage: state.usage });
}
