import type { Block, Seal } from "../../chat/block.ts";
import type { BlockDeltaEvent, BlockEndEvent, BlockStartEvent } from "../../chat/events.ts";
import type { Finish } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import type { AnswerContext, JsonObject, StreamWriter } from "../api.ts";
import { geminiErrorShape } from "../error_shapes.ts";
import { writeLogprobs } from "./logprobs.ts";
import { FINISH_WORDS, mergeUsage, writeUsage } from "./wire.ts";
import { contentOf, writeParts } from "./write_response.ts";

/**
 * Writes a stream for a client of Google's: text as it comes, calls when they are whole, and in the
 * last event why the answer ended and what it cost.
 */
export function writeStream(context: AnswerContext): StreamWriter {
  const blocks = partWriter(context);
  let head: JsonObject = {};
  let usage: Usage | undefined, finish: Finish | undefined;

  function candidate(parts: readonly JsonObject[], more: JsonObject, top: JsonObject = {}): string {
    return frame({
      candidates: [{ content: contentOf(parts), index: 0, ...more }],
      ...top,
      ...head,
    });
  }

  return (event) => {
    switch (event.type) {
      case "start":
        head = {
          modelVersion: event.model || context.chat.model,
          responseId: event.id || context.newId(""),
        };
        usage = event.usage;
        return "";
      case "block-start":
      case "block-delta":
      case "block-end": {
        const parts = blocks(event);
        return parts.length === 0 ? "" : candidate(parts, likelihoods(event));
      }
      case "usage":
        usage = mergeUsage(usage, event.usage);
        return "";
      case "finish":
        finish = event.finish;
        return "";
      case "end":
        return candidate(
          [],
          { finishReason: FINISH_WORDS[finish?.reason ?? "other"] },
          defined({ usageMetadata: usage === undefined ? undefined : writeUsage(usage) }),
        );
      case "error":
        return frame(geminiErrorShape(event.fault));
    }
  };
}

type BlockEvent = BlockStartEvent | BlockDeltaEvent | BlockEndEvent;

/**
 * The parts to send for a step of a block. A call or a piece of media is sent whole at its end; of
 * what was said, only the seal is left then.
 */
function partWriter(context: AnswerContext): (event: BlockEvent) => readonly JsonObject[] {
  const open = new Map<number, Block>();
  const thoughts = new Set<number>();

  function say(index: number, text: string): readonly JsonObject[] {
    const block = open.get(index);
    if (block?.type === "tool-call") open.set(index, { ...block, input: block.input + text });
    if (!isSaid(block) || text === "") return [];
    if (block.type === "reasoning") thoughts.add(index);
    return writeParts({ type: block.type, text }, context);
  }

  function end({ index, seal }: BlockEndEvent): readonly JsonObject[] {
    const block = open.get(index);
    open.delete(index);
    const parts = block === undefined ? [] : writeParts(sealed(block, seal), context);
    return thoughts.has(index) ? parts.map((part) => ({ ...part, thought: true })) : parts;
  }

  return (event) => {
    switch (event.type) {
      case "block-start": {
        const { index, block } = event;
        open.set(index, isSaid(block) ? { ...block, text: "" } : block);
        return isSaid(block) ? say(index, block.text) : [];
      }
      case "block-delta":
        return say(event.index, event.text);
      case "block-end":
        return end(event);
    }
  };
}

type SaidBlock = Extract<Block, { readonly type: "text" | "reasoning" | "refusal" }>;

function isSaid(block: Block | undefined): block is SaidBlock {
  return block?.type === "text" || block?.type === "reasoning" || block?.type === "refusal";
}

function sealed(block: Block, seal: Seal | undefined): Block {
  if (seal === undefined || (block.type !== "reasoning" && block.type !== "tool-call")) {
    return block;
  }
  return { ...block, seal };
}

function likelihoods(event: BlockEvent): JsonObject {
  if (event.type !== "block-delta" || event.logprobs === undefined) return {};
  return { logprobsResult: writeLogprobs(event.logprobs) };
}

function frame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
