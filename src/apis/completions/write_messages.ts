import type {
  Block,
  MediaBlock,
  ReasoningBlock,
  ToolCallBlock,
  ToolResultBlock,
} from "../../chat/block.ts";
import type { ChatRequest, Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { mediaKind } from "./media.ts";
import { parseDetails, textOf } from "./reasoning_details.ts";
import { writeCall, writeCallSeal } from "./tool_calls.ts";
import { asContent, type Target, writeParts, writeText } from "./write_content.ts";
import { customToolNames } from "./write_tools.ts";

/** The messages of a conversation; instructions come first, whatever their place was. */
export function writeMessages(chat: ChatRequest, target: Target): JsonObject[] {
  const customTools = customToolNames(chat.tools);
  const instructions = asContent(writeParts(textOnly(chat.instructions, target), target));
  return [
    ...(instructions === undefined ? [] : [{ role: "system", content: instructions }]),
    ...joined(chat.turns).flatMap(({ role, blocks }) =>
      role === "user" ? writeUser(blocks, target) : writeAssistant(blocks, customTools, target)
    ),
  ];
}

/** The API has no place for anything but text in its instructions. */
function textOnly(blocks: readonly Block[], { losses }: Target): Block[] {
  return blocks.filter((block) => {
    if (block.type === "media") losses.dropped(mediaKind(block.mediaType));
    return block.type === "text" || block.type === "native";
  });
}

/**
 * The answers of all tools have to follow their calls at once, so that turns of the user that bring
 * some of them become one.
 */
function joined(turns: readonly Turn[]): Turn[] {
  const found: Turn[] = [];
  for (const turn of turns) {
    const last = found.at(-1);
    if (last?.role === "user" && turn.role === "user" && hasResults(turn)) {
      found[found.length - 1] = { role: "user", blocks: [...last.blocks, ...turn.blocks] };
    } else {
      found.push(turn);
    }
  }
  return found;
}

function hasResults({ blocks }: Turn): boolean {
  return blocks.some(({ type }) => type === "tool-result");
}

/** Tool results as messages of their own, then everything else; the API has no media in results. */
function writeUser(blocks: readonly Block[], target: Target): JsonObject[] {
  const results = blocks.filter((block) => block.type === "tool-result");
  const media = results.flatMap((result) =>
    result.blocks.filter((block) => block.type === "media")
  );
  if (media.length > 0) target.losses.changed("toolResultMedia");
  const content = asContent(writeParts([...media.map(unmarked), ...blocks], target));
  return [
    ...results.map((result) => writeResult(result, target)),
    ...(content === undefined ? [] : [{ role: "user", content }]),
  ];
}

/** The mark of a result goes to its text. */
function unmarked({ cache: _, ...media }: MediaBlock): MediaBlock {
  return media;
}

function writeResult(result: ToolResultBlock, target: Target): JsonObject {
  if (result.failed === true) target.losses.dropped("toolFailed");
  const texts = result.blocks.filter((block) => block.type === "text");
  const parts = texts.map(({ text, cache }, index) =>
    writeText(text, index === texts.length - 1 ? cache ?? result.cache : cache, target)
  );
  if (parts.length === 0 && result.cache !== undefined) {
    parts.push(writeText("", result.cache, target));
  }
  return { role: "tool", tool_call_id: result.callId, content: asContent(parts) ?? "" };
}

function writeAssistant(
  blocks: readonly Block[],
  customTools: ReadonlySet<string>,
  target: Target,
): JsonObject[] {
  const parts = writeParts(blocks, target);
  const refusal = blocks.map((block) => block.type === "refusal" ? block.text : "").join("");
  const calls = blocks.flatMap((block) =>
    block.type === "tool-call" ? [writeToolCall(block, customTools, target)] : []
  );
  const rest = {
    ...(refusal === "" ? {} : { refusal }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...writeReasoning(blocks.filter((block) => block.type === "reasoning"), target),
  };
  const content = asContent(parts);
  if (content === undefined && Object.keys(rest).length === 0) return [];
  const empty = refusal === "" && calls.length === 0 ? "" : null;
  return [{ role: "assistant", content: content ?? empty, ...rest }];
}

/** Reasoning goes back as text, unless the details that its provider gave say the same. */
function writeReasoning(blocks: readonly ReasoningBlock[], { losses }: Target): JsonObject {
  const own = blocks.filter(({ seal }) => seal === undefined || seal.api === "completions");
  if (own.length < blocks.length) losses.dropped("reasoningReplay");
  const texts: string[] = [], details: unknown[] = [];
  for (const { seal, text } of own) {
    const sealed = seal === undefined ? [] : parseDetails(seal.value);
    details.push(...sealed);
    if (text !== "" && text !== textOf(sealed)) texts.push(text);
  }
  return defined({
    reasoning_content: texts.length === 0 ? undefined : texts.join("\n"),
    reasoning_details: details.length === 0 ? undefined : details,
  });
}

function writeToolCall(
  call: ToolCallBlock,
  customTools: ReadonlySet<string>,
  { model, losses }: Target,
): JsonObject {
  if (call.cache !== undefined) losses.dropped("cache");
  const written = writeCall(asFunction(call, customTools));
  if (call.seal === undefined) return written;
  if (call.seal.api === "gemini" && model.includes("gemini")) {
    return { ...written, ...writeCallSeal(call.seal) };
  }
  losses.dropped("reasoningReplay");
  return written;
}

/** Free text is JSON text as a string; it stays as it is for tools that the target has too. */
function asFunction(call: ToolCallBlock, customTools: ReadonlySet<string>): ToolCallBlock {
  if (call.custom !== true) return call.input === "" ? { ...call, input: "{}" } : call;
  if (customTools.has(call.name)) return call;
  return { ...call, custom: false, input: JSON.stringify(call.input) };
}
