import type {
  Block,
  MediaBlock,
  RefusalBlock,
  Seal,
  TextBlock,
  ToolCallBlock,
} from "../../chat/block.ts";
import type { Concept } from "../../chat/losses.ts";
import type { Finish } from "../../chat/response.ts";
import type { AnswerContext, JsonObject } from "../api.ts";
import { NO_SEAL, writeSealedId, writeSealToken } from "../seal_token.ts";
import { writeLogprobs } from "./wire.ts";

/** How far an item of the output has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/**
 * The items of an output. Texts and refusals in a row are parts of one message; only the last item
 * can have been cut off.
 */
export function writeOutput(
  blocks: readonly Block[],
  status: ItemStatus,
  context: AnswerContext,
): readonly JsonObject[] {
  const drafts: Draft[] = [];
  for (const block of blocks) {
    const last = drafts.at(-1);
    const joins = last?.type === "message" && isPart(block);
    const draft = joins ? last : draftOf(block, context);
    if (draft === undefined) continue;
    if (draft !== last) drafts.push(draft);
    if (draft.type === "message" && isPart(block)) draft.parts.push(writePart(block));
  }
  return drafts.map((draft, index) =>
    writeItem(draft, index === drafts.length - 1 ? status : "completed")
  );
}

/** A refusal that the provider only names as its reason is shown as an empty part. */
export function withRefusal(blocks: readonly Block[], { reason }: Finish): readonly Block[] {
  const isMissing = reason === "refusal" && !blocks.some(({ type }) => type === "refusal");
  return isMissing ? [...blocks, { type: "refusal", text: "" }] : blocks;
}

/** What a message is made of. */
export type PartBlock = TextBlock | RefusalBlock;

/** Whether a block is a part of a message. */
export function isPart(block: Block): block is PartBlock {
  return block.type === "text" || block.type === "refusal";
}

/** A part of a message. */
export function writePart(block: PartBlock): JsonObject {
  if (block.type === "refusal") return { type: "refusal", refusal: block.text };
  return {
    type: "output_text",
    annotations: [],
    logprobs: writeLogprobs(block.logprobs),
    text: block.text,
  };
}

/** The input of a call; a function without arguments still gets an object. */
export function inputOf({ input, custom }: ToolCallBlock): string {
  return input === "" && custom !== true ? "{}" : input;
}

/** What kind of thing a medium is. */
export function mediaConcept({ mediaType }: MediaBlock): Concept {
  if (mediaType.startsWith("image/")) return "image";
  if (mediaType.startsWith("audio/")) return "audio";
  return mediaType.startsWith("video/") ? "media" : "document";
}

/** An item while it is made. */
export type Draft = MessageDraft | ReasoningDraft | CallDraft;

/** A message, with the parts that it has so far. */
export interface MessageDraft {
  readonly type: "message";
  readonly id: string;
  readonly parts: JsonObject[];
}

/** What the model thought: shown as a summary, and sealed for the next turn. */
export interface ReasoningDraft {
  readonly type: "reasoning";
  readonly id: string;
  text: string;
  seal?: Seal;
}

/** A call of a tool. */
export interface CallDraft {
  readonly type: "call";
  readonly id: string;
  block: ToolCallBlock;
}

/** The item that a block begins, still without the parts of a message; undefined if none. */
export function draftOf(block: Block, context: AnswerContext): Draft | undefined {
  switch (block.type) {
    case "text":
    case "refusal":
      return { type: "message", id: context.newId("msg_"), parts: [] };
    case "reasoning": {
      const { text, seal } = block;
      const sealed = seal === undefined ? {} : { seal };
      return { type: "reasoning", id: context.newId("rs_"), text, ...sealed };
    }
    case "tool-call":
      return { type: "call", id: context.newId(block.custom === true ? "ctc_" : "fc_"), block };
    case "native":
      context.losses.droppedField(block.name);
      return undefined;
    case "media":
      context.losses.dropped(mediaConcept(block));
      return undefined;
    case "tool-result":
      return undefined;
  }
}

/** An item of the output; one that has only begun is still empty. */
export function writeItem(draft: Draft, status: ItemStatus): JsonObject {
  const { id } = draft;
  switch (draft.type) {
    case "message":
      return { id, type: "message", status, content: [...draft.parts], role: "assistant" };
    case "reasoning":
      if (status === "in_progress") return { id, type: "reasoning", summary: [] };
      return { id, type: "reasoning", summary: summaryOf(draft.text), ...sealOf(draft) };
    case "call":
      return writeCall(id, draft.block, status);
  }
}

function summaryOf(text: string): readonly JsonObject[] {
  return text === "" ? [] : [{ type: "summary_text", text }];
}

/** SDKs that store nothing send back only what is sealed, so that all that can be read is. */
function sealOf({ seal, text }: ReasoningDraft): JsonObject {
  if (seal === undefined && text === "") return {};
  return { encrypted_content: writeSealToken(seal ?? NO_SEAL, "responses") };
}

/** The call's own id is the provider's, so that the next turn's result matches. */
function writeCall(id: string, block: ToolCallBlock, status: ItemStatus): JsonObject {
  const { name, custom } = block;
  const input = status === "in_progress" ? "" : inputOf(block);
  const callId = writeSealedId(block.id, block.seal);
  if (custom === true) {
    return { id, type: "custom_tool_call", status, call_id: callId, name, input };
  }
  return { id, type: "function_call", status, arguments: input, call_id: callId, name };
}
