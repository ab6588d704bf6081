import type { Block } from "../../chat/block.ts";
import type { ChatResponse, Choice } from "../../chat/response.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerContext, JsonObject } from "../api.ts";
import { writeSealToken } from "../seal_token.ts";
import { writeLogprobs } from "./logprobs.ts";
import { mediaPart } from "./media.ts";
import { argumentsOf, thoughtPart } from "./parts.ts";
import { FINISH_WORDS, writeUsage } from "./wire.ts";

/** Writes a whole answer for a client of Google's. */
export function writeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const { id, model, choices, usage } = response;
  return {
    candidates: choices.map((choice, index) => candidateOf(choice, index, context)),
    ...(usage === undefined ? {} : { usageMetadata: writeUsage(usage) }),
    modelVersion: model || context.chat.model,
    responseId: id || context.newId(""),
  };
}

/** The parts that say what a block says; none for what Google has no words for. */
export function writeParts(block: Block, { losses }: AnswerContext): readonly JsonObject[] {
  switch (block.type) {
    case "text":
    case "refusal":
      return block.text === "" ? [] : [{ text: block.text }];
    case "reasoning": {
      const token = block.seal === undefined ? undefined : writeSealToken(block.seal, "gemini");
      return block.text === "" && token === undefined ? [] : [thoughtPart(block, token)];
    }
    case "tool-call": {
      const args = argumentsOf(block);
      if (args === undefined) losses.droppedField("functionCall.args");
      const thoughtSignature = block.seal === undefined
        ? undefined
        : writeSealToken(block.seal, "gemini");
      const functionCall = { id: block.id, name: block.name, args: args ?? {} };
      return [{ functionCall, ...defined({ thoughtSignature }) }];
    }
    case "media": {
      const part = mediaPart(block);
      if (part === undefined) losses.dropped("media");
      return part === undefined ? [] : [part];
    }
    case "native":
      if (block.api === "gemini" && isMapping(block.value)) return [block.value];
      losses.droppedField(block.name);
      return [];
    case "tool-result":
      return [];
  }
}

/** Content as Google writes it where there is none: its SDK drops an answer without parts. */
export function contentOf(parts: readonly JsonObject[]): JsonObject {
  return { role: "model", parts: parts.length === 0 ? [{ text: "" }] : parts };
}

function candidateOf(
  { blocks, finish }: Choice,
  index: number,
  context: AnswerContext,
): JsonObject {
  const logprobs = blocks.flatMap((block) => block.type === "text" ? block.logprobs ?? [] : []);
  return {
    content: contentOf(blocks.flatMap((block) => writeParts(block, context))),
    finishReason: FINISH_WORDS[finish.reason],
    index,
    ...(logprobs.length === 0 ? {} : { logprobsResult: writeLogprobs(logprobs) }),
  };
}
