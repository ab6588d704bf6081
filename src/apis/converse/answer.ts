import type { Block, Seal } from "../../chat/block.ts";
import type { ChatResponse } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject } from "../api.ts";
import { type Names, toolNames } from "./names.ts";
import { objectIn, readFinish, readUsage, textIn } from "./wire.ts";

/** Reads a whole answer. */
export function readResponse(answer: JsonObject, context: CallContext): ChatResponse {
  const { content } = objectIn(objectIn(answer, "output"), "message");
  if (!Array.isArray(content)) {
    throw new GatewayError("upstream-invalid", "cannot read the provider's answer: no message");
  }
  const names = toolNames(context.chat);
  const blocks = content.flatMap((part) => readPart(part, names, context));
  const callsTool = blocks.some(({ type }) => type === "tool-call");
  return {
    id: answerId(context),
    model: textIn(objectIn(objectIn(answer, "trace"), "promptRouter"), "invokedModelId") ?? "",
    choices: [{ blocks, finish: readFinish(answer, callsTool) }],
    ...defined({
      usage: readUsage(answer.usage),
      serviceTier: textIn(answer.serviceTier, "type"),
    }),
  };
}

/** The provider's id of an answer, which comes in a header. */
export function answerId({ headers }: CallContext): string {
  return headers.get("x-amzn-requestid") ?? "";
}

/** A block of an image that a model made. */
export function imageBlock(format: string, data: string): Block {
  return { type: "media", mediaType: `image/${format}`, source: { data } };
}

/** The seal of thoughts that are encrypted as a whole. */
export function redactedSeal(value: string): Seal {
  return { api: "converse", value, redacted: true };
}

/** The seal of thoughts that are there to read; Claude signs them alike wherever it runs. */
export function signatureSeal(value: string): Seal | undefined {
  return value === "" ? undefined : { api: "messages", value };
}

function readPart(part: unknown, names: Names, { losses }: CallContext): Block[] {
  if (!isMapping(part)) return [];
  const text = textIn(part, "text");
  if (text !== undefined) return text === "" ? [] : [{ type: "text", text }];
  if (isMapping(part.toolUse) && part.toolUse.type === undefined) {
    return [readCall(part.toolUse, names)];
  }
  if (isMapping(part.reasoningContent)) return readReasoning(part.reasoningContent);
  if (isMapping(part.citationsContent)) {
    losses.droppedField("citations");
    return citedText(part.citationsContent.content);
  }
  if (isMapping(part.image)) {
    const bytes = textIn(objectIn(part.image, "source"), "bytes");
    const format = textIn(part.image, "format");
    if (bytes !== undefined && format !== undefined) return [imageBlock(format, bytes)];
  }
  for (const name of Object.keys(part)) if (name !== "cachePoint") losses.droppedField(name);
  return [];
}

function readReasoning(content: JsonObject): Block[] {
  const redacted = textIn(content, "redactedContent") ?? "";
  if (redacted !== "") return [{ type: "reasoning", text: "", seal: redactedSeal(redacted) }];
  const thought = objectIn(content, "reasoningText");
  const text = textIn(thought, "text") ?? "";
  const seal = signatureSeal(textIn(thought, "signature") ?? "");
  return text === "" && seal === undefined
    ? []
    : [{ type: "reasoning", text, ...defined({ seal }) }];
}

function readCall(toolUse: JsonObject, names: Names): Block {
  return {
    type: "tool-call",
    id: textIn(toolUse, "toolUseId") ?? "",
    name: names.original(textIn(toolUse, "name") ?? ""),
    input: JSON.stringify(toolUse.input ?? {}),
  };
}

function citedText(content: unknown): Block[] {
  const parts = Array.isArray(content) ? content : [];
  const text = parts.map((part) => textIn(part, "text") ?? "").join("");
  return text === "" ? [] : [{ type: "text", text }];
}
