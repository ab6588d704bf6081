import type { ChatApiName } from "../chat/api_name.ts";
import type { JsonEdits } from "../lib/json_edit.ts";
import type { ApiName, JsonObject } from "./api.ts";
import { CALLED_APIS } from "./index.ts";
import type { PromptSection, PromptSections } from "./prompt_sections.ts";

/** Which parts of prompts are marked for the caches of providers. */
export interface PromptCaching {
  readonly cacheSystem: boolean;
  readonly cacheMessages: boolean;
  readonly cacheTools: boolean;
  /** Tokens that a prompt has up to a mark, at the least. */
  readonly minTokens: number;
  /** How many messages before the last one the conversation is marked. */
  readonly cacheMessageOffset: number;
}

/** What is known of a call beside its body. */
export interface CachedCall {
  readonly model: string;
  /** Tokens of the whole prompt, if they were counted; they are estimated otherwise. */
  readonly promptTokens?: number | undefined;
}

/**
 * The marks for the provider's cache that the body of an upstream call gets; undefined where there
 * are none to add, as in APIs whose providers cache without being asked.
 *
 * Parts that the client has marked itself stay as they are, and all marks together are never more
 * than providers take.
 */
export function cachePoints(
  api: ApiName,
  body: JsonObject,
  settings: PromptCaching,
  call: CachedCall,
): JsonEdits | undefined {
  if (!isChat(api)) return undefined;
  const place = { model: call.model, messageOffset: settings.cacheMessageOffset };
  const sections = CALLED_APIS[api].promptSections?.(body, place);
  if (sections === undefined) return undefined;
  const lengths = lengthsBefore(sections);
  const tokensPerCharacter = call.promptTokens === undefined
    ? TOKENS_PER_CHARACTER
    : call.promptTokens / Math.max(1, lengths.end);
  let free = MARKS_MAX - marksIn(sections);
  const set: Record<string, unknown> = {};
  for (const name of BY_WORTH) {
    const section = sections[name];
    if (free <= 0 || !settings[WANTED[name]] || section.marks.length > 0) continue;
    const marked = endsBeforeHour(sections, name) ? undefined : section.mark();
    if (marked === undefined) continue;
    if ((lengths[name] + marked.length) * tokensPerCharacter < settings.minTokens) continue;
    set[section.member] = marked.value;
    free--;
  }
  return Object.keys(set).length === 0 ? undefined : { set };
}

/**
 * Marks that a request may have, of all kinds together
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).
 */
const MARKS_MAX = 4;

const TOKENS_PER_CHARACTER = 1 / 4;

/** What changes least is worth most. */
const BY_WORTH = ["system", "messages", "tools"] as const;

const WANTED = {
  tools: "cacheTools",
  system: "cacheSystem",
  messages: "cacheMessages",
} as const satisfies Readonly<Record<keyof PromptSections, keyof PromptCaching>>;

function isChat(api: ApiName): api is ChatApiName {
  return Object.hasOwn(CALLED_APIS, api);
}

/** Characters in front of each part, and of all. */
function lengthsBefore({ tools, system, messages }: PromptSections) {
  const beforeMessages = tools.length + system.length;
  return {
    tools: 0,
    system: tools.length,
    messages: beforeMessages,
    end: beforeMessages + messages.length,
  };
}

function marksIn({ tools, system, messages }: PromptSections): number {
  return tools.marks.length + system.marks.length + messages.marks.length;
}

/** A mark for five minutes must not stand in front of one for an hour. */
function endsBeforeHour(
  { system, messages }: PromptSections,
  name: keyof PromptSections,
): boolean {
  const later: readonly PromptSection[] = name === "tools"
    ? [system, messages]
    : name === "system"
    ? [messages]
    : [];
  return later.some(({ marks }) => marks.some(({ forAnHour }) => forAnHour));
}
