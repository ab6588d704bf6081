import type { JsonObject } from "../apis/api.ts";
import type { JsonEdits } from "../lib/json_edit.ts";
import { isMapping } from "../lib/mapping.ts";
import type { ProviderCall } from "./provider.ts";

/**
 * Changes to a client's own request without which Claude refuses a conversation that another model
 * began: thoughts without a signature are left out, and in the midst of an answer that has no
 * thoughts of its own there shall be none
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking).
 */
export function claudeThoughtEdits(call: ProviderCall): JsonEdits | undefined {
  const { api, forwarded, request, losses } = call;
  if (api !== "messages" || !forwarded || !Array.isArray(request.messages)) return undefined;
  const messages = request.messages.some(hasUnsigned)
    ? request.messages.flatMap(signedOnly)
    : request.messages;
  const isCleaned = messages !== request.messages;
  const isStopped = thinksByBudget(request) && !mayThinkOn(messages);
  if (isCleaned) losses?.dropped("reasoningReplay");
  if (isStopped) losses?.changed("reasoning");
  if (!isCleaned && !isStopped) return undefined;
  return {
    set: {
      ...(isCleaned ? { messages } : {}),
      ...(isStopped ? { thinking: { type: "disabled" } } : {}),
    },
  };
}

function hasUnsigned(message: unknown): message is Answer {
  return isAnswer(message) && message.content.some(isUnsigned);
}

interface Answer {
  readonly content: readonly unknown[];
}

function isAnswer(message: unknown): message is Answer {
  return isMapping(message) && message.role === "assistant" && Array.isArray(message.content);
}

/** What the gateway gives a client that no model has signed. */
function isUnsigned(block: unknown): boolean {
  return isMapping(block) && block.type === "thinking" && block.signature === "";
}

function signedOnly(message: unknown): readonly unknown[] {
  if (!hasUnsigned(message)) return [message];
  const content = message.content.filter((block) => !isUnsigned(block));
  return content.length === 0 ? [] : [{ ...message, content }];
}

/** Only thoughts by a budget have to be at the beginning of an answer. */
function thinksByBudget({ thinking }: JsonObject): boolean {
  return isMapping(thinking) && thinking.type === "enabled";
}

function mayThinkOn(messages: readonly unknown[]): boolean {
  const start =
    messages.findLastIndex((message) =>
      isMapping(message) && message.role === "user" && !bringsResults(message)
    ) + 1;
  const begun = messages.slice(start).filter(isAnswer);
  return begun.length === 0 || begun.some(({ content: [first] }) => isThought(first));
}

function bringsResults({ content }: JsonObject): boolean {
  return Array.isArray(content) &&
    content.some((block) => isMapping(block) && block.type === "tool_result");
}

function isThought(block: unknown): boolean {
  return isMapping(block) && (block.type === "thinking" || block.type === "redacted_thinking");
}
