import type { JsonObject } from "../../json.ts";
import { sealOf } from "../seals.ts";
import { type Answer, piecesOf, type ScriptedUsage } from "../scripts.ts";
import type { Call, Frame } from "../stand_in.ts";
import { idFor, sseFrame } from "../wire.ts";

/** How an answer's thoughts are shown. */
export type Display = "summarized" | "omitted";

/** A whole message, with all the members that real ones have. */
export function messageOf(answer: Answer, call: Call, model: string, display: Display): JsonObject {
  return {
    model,
    id: idFor(call, "msg_01", 22),
    type: "message",
    role: "assistant",
    content: blocksOf(answer, call, display).map(({ block }) => block),
    stop_reason: stopReason(answer),
    stop_sequence: answer.stopSequence ?? null,
    stop_details: stopDetails(answer),
    container: null,
    diagnostics: null,
    usage: usageOf(answer.usage),
  };
}

/** The same as a stream. */
export function framesOf(answer: Answer, call: Call, model: string, display: Display): Frame[] {
  const message = {
    ...messageOf(answer, call, model, display),
    ...{ content: [], stop_reason: null, stop_sequence: null, stop_details: null },
    usage: { ...usageOf(answer.usage), output_tokens: 1, output_tokens_details: null },
  };
  const blocks = blocksOf(answer, call, display).flatMap((block, index) =>
    blockFrames(block, index)
  );
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, ...usage } = usageOf(
    answer.usage,
  );
  const { output_tokens, output_tokens_details } = usage;
  return [
    event({ type: "message_start", message }),
    event({ type: "ping" }),
    ...blocks,
    event({
      type: "message_delta",
      delta: {
        stop_reason: stopReason(answer),
        stop_sequence: answer.stopSequence ?? null,
        stop_details: stopDetails(answer),
        container: null,
      },
      usage: {
        ...{ input_tokens, cache_creation_input_tokens, cache_read_input_tokens },
        ...{ output_tokens, output_tokens_details, server_tool_use: null },
      },
    }),
    event({ type: "message_stop" }),
  ];
}

interface Block {
  readonly block: JsonObject;
  /** The block as its start event shows it. */
  readonly opened: JsonObject;
  readonly deltas: readonly JsonObject[];
}

function blocksOf(answer: Answer, call: Call, display: Display): Block[] {
  const text = answer.texts.join("");
  return [
    ...thoughts(answer, call, display),
    ...(text === "" || answer.finish === "refusal" ? [] : [{
      block: { type: "text", text },
      opened: { type: "text", text: "" },
      deltas: answer.texts.map((piece) => ({ type: "text_delta", text: piece })),
    }]),
    ...answer.toolCalls.map(({ name, args }, index) => {
      const id = idFor(call, "toolu_01", 22, index);
      const block = { type: "tool_use", id, name, input: args, caller: { type: "direct" } };
      const pieces = ["", ...piecesOf(JSON.stringify(args))];
      return {
        block,
        opened: { ...block, input: {} },
        deltas: pieces.map((piece) => ({ type: "input_json_delta", partial_json: piece })),
      };
    }),
  ];
}

function thoughts({ reasoning }: Answer, call: Call, display: Display): Block[] {
  if (reasoning === undefined) return [];
  if (reasoning.redacted) {
    const block = { type: "redacted_thinking", data: sealOf("claude-redacted", "", call.serial) };
    return [{ block, opened: block, deltas: [] }];
  }
  const thinking = display === "omitted" ? "" : reasoning.text;
  const signature = sealOf("claude-thinking", thinking, call.serial);
  return [{
    block: { type: "thinking", thinking, signature },
    opened: { type: "thinking", thinking: "", signature: "" },
    deltas: [
      ...piecesOf(thinking).map((piece) => ({ type: "thinking_delta", thinking: piece })),
      { type: "signature_delta", signature },
    ],
  }];
}

function blockFrames({ opened, deltas }: Block, index: number): Frame[] {
  return [
    event({ type: "content_block_start", index, content_block: opened }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta }, true)),
    event({ type: "content_block_stop", index }),
  ];
}

function event(data: JsonObject & { readonly type: string }, isContent = false): Frame {
  return sseFrame(data, isContent, data.type);
}

function stopReason({ finish }: Answer): string {
  const reasons = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "stop-sequence": "stop_sequence",
    "refusal": "refusal",
    "content-filter": "refusal",
  };
  return reasons[finish];
}

function stopDetails({ finish }: Answer): JsonObject | null {
  if (finish !== "refusal") return null;
  return { type: "refusal", category: "cyber", explanation: "This request was declined." };
}

/** Anthropic counts cached input apart from `input_tokens`. */
function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: ScriptedUsage) {
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: "not_available",
    speed: "standard",
  };
}
