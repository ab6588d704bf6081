import type { Block, MediaBlock, ReasoningBlock } from "../../chat/block.ts";
import type { ChatResponse, Choice, Finish } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject } from "../api.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { readLogprobs } from "./logprobs.ts";
import { imageAt } from "./read_content.ts";
import { readThoughts, sealOf } from "./reasoning_details.ts";
import { type CallParts, readCall, readFunctionCall } from "./tool_calls.ts";
import { isFailure, readFinishReason, readUsage } from "./wire.ts";

/** Reads a `chat.completion`; one without choices is no answer. */
export function readResponse(answer: JsonObject, context: CallContext): ChatResponse {
  if (isFailure(answer)) {
    const { message, code } = readStreamFault(answer);
    throw new GatewayError("upstream-invalid", message, defined({ code }));
  }
  const choices = Array.isArray(answer.choices) ? answer.choices.filter(isMapping) : [];
  if (choices.length === 0) {
    throw new GatewayError("upstream-invalid", "the provider's answer has no choices");
  }
  return {
    id: typeof answer.id === "string" ? answer.id : "",
    model: typeof answer.model === "string" ? answer.model : "",
    choices: choices.map((choice) => readChoice(choice, context)),
    ...defined({
      usage: readUsage(answer.usage),
      serviceTier: typeof answer.service_tier === "string" ? answer.service_tier : undefined,
    }),
  };
}

function readChoice(choice: Mapping, context: CallContext): Choice {
  const message = isMapping(choice.message) ? choice.message : {};
  const blocks = readBlocks(message, choice.logprobs, context);
  const answer = {
    calls: blocks.some(({ type }) => type === "tool-call"),
    refused: blocks.some(({ type }) => type === "refusal"),
  };
  return { blocks, finish: readFinish(choice, answer, context) };
}

/**
 * Why a choice ended. vLLM tells the stop sequence that was met in `stop_reason`
 * (https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html).
 */
export function readFinish(
  choice: Mapping,
  answer: { readonly calls: boolean; readonly refused: boolean },
  { chat }: CallContext,
): Finish {
  const reason = readFinishReason(choice.finish_reason, answer);
  const stopSequence = chat.sampling.stop?.find((stop) => stop === choice.stop_reason);
  return reason === "stop" && stopSequence !== undefined
    ? { reason: "stop-sequence", stopSequence }
    : { reason };
}

function readBlocks(message: Mapping, logprobs: unknown, context: CallContext): Block[] {
  for (const name of OTHERS) {
    const value = message[name];
    const isThere = Array.isArray(value) ? value.length > 0 : isMapping(value);
    if (isThere) context.losses.droppedField(name);
  }
  const pieces = contentPieces(message.content);
  const thoughts = readThoughts(message);
  const seal = sealOf(thoughts.details);
  const thought = (thoughts.text || thoughts.detailText) + textOf(pieces, "reasoning");
  const reasoning: ReasoningBlock = { type: "reasoning", text: thought, ...defined({ seal }) };
  const text = textOf(pieces, "text");
  const refusal = typeof message.refusal === "string" ? message.refusal : "";
  return [
    ...(thought === "" && seal === undefined ? [] : [reasoning]),
    ...(text === ""
      ? []
      : [{ type: "text" as const, text, ...defined({ logprobs: readLogprobs(logprobs) }) }]),
    ...(refusal === "" ? [] : [{ type: "refusal" as const, text: refusal }]),
    ...readImages(message),
    ...readCalls(message).flatMap((parts) => readToolCall(parts, context)),
  ];
}

/** What an answer may have beside content and has no counterpart. */
const OTHERS = ["annotations", "audio"] as const;

/** A piece of content. */
export interface Piece {
  readonly type: "text" | "reasoning";
  readonly text: string;
}

/**
 * The pieces of `content`, which Mistral sends as a list with `thinking` parts in it
 * (https://docs.mistral.ai/capabilities/reasoning/).
 */
export function contentPieces(content: unknown): readonly Piece[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) return [];
  return content.filter(isMapping).flatMap((part): readonly Piece[] => {
    if (part.type === "thinking") {
      const text = textOf(contentPieces(part.thinking), "text");
      return [{ type: "reasoning", text }];
    }
    return typeof part.text === "string" ? [{ type: "text", text: part.text }] : [];
  });
}

function textOf(pieces: readonly Piece[], type: Piece["type"]): string {
  return pieces.map((piece) => piece.type === type ? piece.text : "").join("");
}

/** Images in an answer, as `writeImage` gives them. */
export function readImages({ images }: Mapping): MediaBlock[] {
  if (!Array.isArray(images)) return [];
  return images.filter(isMapping).flatMap(({ image_url: image }) =>
    isMapping(image) && typeof image.url === "string" ? [imageAt(image.url)] : []
  );
}

/** The calls of a message or delta. */
export function readCalls(message: Mapping): CallParts[] {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isMapping) : [];
  const legacy = isMapping(message.function_call) ? [readFunctionCall(message.function_call)] : [];
  return [...calls.map(readCall), ...legacy];
}

/** Without a name there is nothing to call. */
function readToolCall(parts: CallParts, { newId }: CallContext): Block[] {
  const { id = newId("call_"), name, input = "", custom, seal } = parts;
  if (name === undefined) return [];
  const marks = { ...(custom ? { custom } : {}), ...defined({ seal }) };
  return [{ type: "tool-call", id, name, input, ...marks }];
}
