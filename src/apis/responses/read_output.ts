import type { Block, ReasoningBlock, Seal, ToolCallBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatResponse, Finish, FinishReason } from "../../chat/response.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject } from "../api.ts";
import { listOf, readFault, readLogprobs, readUsage, textOf, textsOf } from "./wire.ts";

/** Reads a whole answer; throws where there is none. */
export function readResponse(answer: JsonObject, context: CallContext): ChatResponse {
  const { status, error } = answer;
  if (isMapping(error) || status === "failed") {
    const { message, code } = readFault(isMapping(error) ? { error } : { message: NO_REASON });
    throw new GatewayError("upstream-invalid", message, defined({ code }));
  }
  if (!Array.isArray(answer.output) || UNFINISHED.some((word) => word === status)) {
    const found = Array.isArray(answer.output) ? `is ${status}` : "has no output";
    throw new GatewayError("upstream-invalid", `cannot read the provider's response: it ${found}`);
  }
  const blocks = answer.output.filter(isMapping).flatMap((item) => readItem(item, context));
  const { serviceTier, ...head } = readHead(answer);
  return {
    ...head,
    choices: [{ blocks, finish: readFinish(answer, blocks) }],
    ...defined({ usage: readUsage(answer.usage), serviceTier }),
  };
}

const NO_REASON = "the provider's response failed";
const UNFINISHED = ["in_progress", "queued", "cancelled"] as const;

/** What a response says of itself before its output. */
export function readHead(response: Mapping) {
  const tier = textOf(response.service_tier);
  return {
    id: textOf(response.id),
    model: textOf(response.model),
    ...(tier === "" ? {} : { serviceTier: tier }),
  };
}

/** The blocks of an item of the output; what is empty gives none. */
export function readItem(item: Mapping, context: CallContext): readonly Block[] {
  switch (item.type) {
    case "message":
      return listOf(item.content).filter(isMapping)
        .flatMap((part) => readPart(part, context.losses));
    case "reasoning":
      return readReasoning(item);
    case "function_call":
    case "custom_tool_call":
      return [readCall(item, context)];
    default:
      return [readNative(item)];
  }
}

/** The block of a part of a message. */
export function readPart(part: Mapping, losses: Losses): readonly Block[] {
  if (part.type === "refusal") return [{ type: "refusal", text: textOf(part.refusal) }];
  if (part.type !== "output_text") return [readNative(part)];
  if (listOf(part.annotations).length > 0) losses.droppedField("annotations");
  if (textOf(part.text) === "") return [];
  const logprobs = readLogprobs(part.logprobs);
  return [{
    type: "text",
    text: textOf(part.text),
    ...(logprobs.length === 0 ? {} : { logprobs }),
  }];
}

/** Summaries first, then what a provider that hides nothing tells of the thoughts themselves. */
export function readReasoning(item: Mapping): readonly ReasoningBlock[] {
  const text = [...textsOf(item.summary), ...textsOf(item.content)].join("\n\n");
  const seal = readSeal(item);
  if (text === "" && seal === undefined) return [];
  return [{ type: "reasoning", text, ...defined({ seal }) }];
}

/** The sealed content of a reasoning item, with the id under which it must come back. */
export function readSeal(item: Mapping): Seal | undefined {
  const value = textOf(item.encrypted_content), id = textOf(item.id);
  if (value === "") return undefined;
  return { api: "responses", value, ...(id === "" ? {} : { id }) };
}

/** A call of a tool. */
export function readCall(item: Mapping, context: CallContext): ToolCallBlock {
  const custom = item.type === "custom_tool_call";
  const id = textOf(item.call_id) || textOf(item.id) || context.newId("call_");
  const input = textOf(custom ? item.input : item.arguments);
  return { type: "tool-call", id, name: textOf(item.name), input, ...(custom ? { custom } : {}) };
}

/** Something that only this API has. */
export function readNative(item: Mapping): Block {
  return { type: "native", api: "responses", name: textOf(item.type), value: item };
}

/** Why the model stopped, by the status of the response and by what it said. */
export function readFinish(response: Mapping, blocks: readonly Pick<Block, "type">[]): Finish {
  if (response.status === "incomplete") return { reason: incompleteReason(response) };
  const has = (type: Block["type"]) => blocks.some((block) => block.type === type);
  if (has("tool-call")) return { reason: "tool-calls" };
  return { reason: has("refusal") ? "refusal" : "stop" };
}

function incompleteReason({ incomplete_details: details }: Mapping): FinishReason {
  const reason = isMapping(details) ? textOf(details.reason) : "";
  if (reason === "" || /max|token/.test(reason)) return "length";
  if (reason.includes("context")) return "context-window";
  return reason === "content_filter" ? "content-filter" : "other";
}
