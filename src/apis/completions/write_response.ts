import type { Block, MediaBlock, ReasoningBlock, ToolCallBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatResponse, Choice, FinishReason } from "../../chat/response.ts";
import { defined } from "../../lib/defined.ts";
import type { AnswerContext, JsonObject } from "../api.ts";
import { dataUrl } from "../data_url.ts";
import { writeSealedId } from "../seal_token.ts";
import { writeLogprobs } from "./logprobs.ts";
import { mediaKind } from "./media.ts";
import { wantsFunctionCall } from "./read_tools.ts";
import { signatureOf, writeDetails } from "./reasoning_details.ts";
import { writeCall } from "./tool_calls.ts";
import { FINISH_WORDS, writeUsage } from "./wire.ts";

/** Writes a `chat.completion`. */
export function writeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { chat, json, losses, createdAtS, newId } = context;
  const legacy = wantsFunctionCall(json);
  return {
    id: response.id === "" ? newId("chatcmpl-") : response.id,
    object: "chat.completion",
    created: createdAtS,
    model: response.model === "" ? chat.model : response.model,
    choices: response.choices.map((choice, index) => writeChoice(choice, index, legacy, losses)),
    ...defined({
      usage: response.usage === undefined ? undefined : writeUsage(response.usage),
      service_tier: response.serviceTier,
    }),
  };
}

function writeChoice(choice: Choice, index: number, legacy: boolean, losses: Losses): JsonObject {
  const logprobs = choice.blocks.flatMap((block) =>
    block.type === "text" ? block.logprobs ?? [] : []
  );
  return {
    index,
    message: writeMessage(choice.blocks, legacy, losses),
    logprobs: logprobs.length === 0 ? null : writeLogprobs(logprobs),
    finish_reason: finishWord(choice.finish.reason, legacy),
  };
}

/** The API's word for why a model stopped; `function_call` had one of its own. */
export function finishWord(reason: FinishReason, legacy: boolean): string {
  return legacy && reason === "tool-calls" ? "function_call" : FINISH_WORDS[reason];
}

function writeMessage(blocks: readonly Block[], legacy: boolean, losses: Losses): JsonObject {
  const text = blocks.map((block) => block.type === "text" ? block.text : "").join("");
  const refusal = blocks.map((block) => block.type === "refusal" ? block.text : "").join("");
  const calls = blocks.flatMap((block) => block.type === "tool-call" ? [answeredCall(block)] : []);
  const images = blocks.flatMap((block) => block.type === "media" ? writeImage(block, losses) : []);
  const rest = {
    ...writeReasoning(blocks),
    ...(images.length === 0 ? {} : { images }),
    ...(legacy ? writeFunctionCall(calls[0]) : listed("tool_calls", calls.map(writeCall))),
  };
  for (const block of blocks) if (block.type === "native") losses.droppedField(block.name);
  const isSilent = refusal === "" && Object.keys(rest).length === 0;
  return {
    role: "assistant",
    content: text !== "" || isSilent ? text : null,
    refusal: refusal === "" ? null : refusal,
    ...rest,
  };
}

function listed(name: string, items: readonly JsonObject[]): JsonObject {
  return items.length === 0 ? {} : { [name]: items };
}

/** A call as clients know it: its seal in its id, and its input never empty, since it is JSON. */
export function answeredCall(call: ToolCallBlock): ToolCallBlock {
  const { id, input, custom, seal } = call;
  const isUnfilled = input === "" && custom !== true;
  return { ...call, id: writeSealedId(id, seal), input: isUnfilled ? "{}" : input };
}

function writeFunctionCall(call: ToolCallBlock | undefined): JsonObject {
  if (call === undefined) return {};
  return { function_call: { name: call.name, arguments: call.input } };
}

/**
 * An image as OpenRouter gives it
 * (https://openrouter.ai/docs/features/multimodal/image-generation).
 */
export function writeImage({ mediaType, source }: MediaBlock, losses: Losses): JsonObject[] {
  const kind = mediaKind(mediaType);
  if (kind !== "image" || "fileId" in source) {
    losses.dropped(kind);
    return [];
  }
  const url = "url" in source ? source.url : dataUrl(mediaType, source.data);
  return [{ type: "image_url", image_url: { url } }];
}

function writeReasoning(blocks: readonly Block[]): JsonObject {
  const place = placer();
  const details: JsonObject[] = [];
  let text = "", signature: string | undefined;
  for (const block of blocks) {
    if (block.type !== "reasoning") {
      place.pass(block);
      continue;
    }
    text += block.text;
    if (block.seal === undefined) continue;
    details.push(...writeDetails(block, block.seal, place.next(place.passed())));
    signature = signatureOf(block.seal) ?? signature;
  }
  return defined({
    reasoning_content: text === "" ? undefined : text,
    reasoning_details: details.length === 0 ? undefined : details,
    reasoning_signature: signature,
  });
}

/** Counts the blocks that a reader of the message will find, to tell where reasoning stood. */
export interface Placer {
  /** Counts a block that is no reasoning; texts and refusals are joined, so that one counts. */
  pass(block: Exclude<Block, ReasoningBlock>): void;
  passed(): number;
  /** The place of the next sealed reasoning, before which so many others stood. */
  next(passed: number): number;
}

/** A fresh count, for one message. */
export function placer(): Placer {
  const joined = new Set<string>();
  let others = 0, sealed = 0;
  return {
    pass({ type }) {
      if (type === "tool-call") others++;
      if (type !== "text" && type !== "refusal" || joined.has(type)) return;
      joined.add(type);
      others++;
    },
    passed: () => others,
    next: (passed) => passed + sealed++,
  };
}
