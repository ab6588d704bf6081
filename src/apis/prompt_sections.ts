import { isMapping } from "../lib/mapping.ts";

/** The parts of a prompt, in the order in which providers cache them. */
export interface PromptSections {
  readonly tools: PromptSection;
  readonly system: PromptSection;
  readonly messages: PromptSection;
}

/** Where in a prompt marks may be. */
export interface PromptPlace {
  readonly model: string;
  /** How many messages before the last one the conversation is marked. */
  readonly messageOffset: number;
}

/** A part of a prompt that can be marked for the cache. */
export interface PromptSection {
  /** The member of the body that holds it. */
  readonly member: string;
  /** The marks that it has already. */
  readonly marks: readonly CacheMark[];
  /** Characters of it, roughly. */
  readonly length: number;
  /** The part with a mark; undefined where none may stand. */
  mark(): MarkedSection | undefined;
}

/** What makes a provider keep all that stands in front of it for a while. */
export interface CacheMark {
  readonly forAnHour: boolean;
}

/** A part of a prompt with a mark in it. */
export interface MarkedSection {
  readonly value: unknown;
  /** Characters of the part up to the mark. */
  readonly length: number;
}

/** Characters that a value has as JSON; what stands for pictures, files and seals is no text. */
export function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length + QUOTES_LENGTH;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + lengthOf(one) + 1, 1);
  if (!isMapping(value)) return value === undefined ? 0 : String(value).length;
  let length = 1;
  for (const [name, inner] of Object.entries(value)) {
    if (NO_TEXT.has(name)) continue;
    length += name.length + QUOTES_LENGTH + 1 + lengthOf(inner) + 1;
  }
  return length;
}

const QUOTES_LENGTH = 2;

const NO_TEXT: ReadonlySet<string> = new Set([
  ...["data", "bytes", "signature", "encrypted_content", "redactedContent"],
  ...["cache_control", "cachePoint"],
]);
