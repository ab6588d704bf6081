import type { ReasoningBlock, Seal } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { readSealToken, writeSealToken } from "../seal_token.ts";

/**
 * `reasoning_details`, in which sealed reasoning goes to clients and comes back
 * (https://openrouter.ai/docs/use-cases/reasoning-tokens): whole entries, `reasoning.text` with a
 * `signature` or `reasoning.encrypted` with `data`, whose `index` is the place of the block in the
 * message.
 */
export function writeDetails(block: ReasoningBlock, seal: Seal, index: number): JsonObject[] {
  if (seal.api === "completions") return parseDetails(seal.value);
  const token = writeSealToken(seal, "completions");
  const format = seal.api;
  return block.text === "" || seal.redacted === true
    ? [{ type: "reasoning.encrypted", data: token, ...defined({ id: seal.id }), format, index }]
    : [{ type: "reasoning.text", text: block.text, signature: token, format, index }];
}

/** The value that a client finds in `reasoning_signature`: an Anthropic signature as it is. */
export function signatureOf(seal: Seal): string | undefined {
  return seal.api === "messages" && seal.redacted !== true ? seal.value : undefined;
}

/** Reasoning that a client sends back, and where it stood among the blocks of its message. */
export interface PlacedReasoning {
  readonly block: ReasoningBlock;
  readonly index: number;
}

/** The reasoning of an assistant message; details win over the plain text beside them. */
export function readReasoning(message: Mapping): PlacedReasoning[] {
  const details = detailsOf(message);
  const foreign = details.filter((detail) => sealIn(detail) === undefined);
  const text = reasoningText(message);
  if (foreign.length > 0) {
    const seal: Seal = { api: "completions", value: JSON.stringify(foreign) };
    const block = { type: "reasoning" as const, text: text || textOf(foreign), seal };
    return [{ block, index: 0 }, ...placed(details)];
  }
  if (details.length > 0) return placed(details);
  const signature = message.reasoning_signature;
  const seal: Seal | undefined = typeof signature === "string" && signature !== ""
    ? { api: "messages", value: signature }
    : undefined;
  if (text === "" && seal === undefined) return [];
  return [{ block: { type: "reasoning", text, ...defined({ seal }) }, index: 0 }];
}

/** The entries that this gateway wrote, in their order. */
function placed(details: readonly Mapping[]): PlacedReasoning[] {
  const found = details.flatMap((detail) => {
    const seal = sealIn(detail);
    if (seal === undefined) return [];
    const text = typeof detail.text === "string" ? detail.text : "";
    const index = typeof detail.index === "number" ? detail.index : 0;
    return [{ block: { type: "reasoning" as const, text, seal }, index }];
  });
  return found.sort((left, right) => left.index - right.index);
}

/** The seal in an entry that this gateway wrote; those of providers have none of its envelopes. */
function sealIn({ signature, data }: Mapping): Seal | undefined {
  const token = [signature, data].find((value) => typeof value === "string" && value !== "");
  if (typeof token !== "string") return undefined;
  const seal = readSealToken(token, "completions");
  return seal.api === "completions" ? undefined : seal;
}

/** What a message or delta of a provider says of its thoughts. */
export interface Thoughts {
  readonly text: string;
  readonly details: readonly Mapping[];
  /** The text of the details, which repeats the plain one where there is one. */
  readonly detailText: string;
}

/** Reads the thoughts of a message or delta; details that say nothing are left out. */
export function readThoughts(message: Mapping): Thoughts {
  const details = detailsOf(message).filter(saysSomething);
  return { text: reasoningText(message), details, detailText: textOf(details) };
}

/** The seal that lets a provider of this API have its details back. */
export function sealOf(details: readonly Mapping[]): Seal | undefined {
  if (details.length === 0) return undefined;
  return { api: "completions", value: JSON.stringify(merged(details)) };
}

/** The entries in a seal of this API. */
export function parseDetails(value: string): JsonObject[] {
  try {
    const details: unknown = JSON.parse(value);
    return Array.isArray(details) ? details.filter(isMapping) : [];
  } catch {
    return [];
  }
}

function detailsOf({ reasoning_details: details }: Mapping): Mapping[] {
  return Array.isArray(details) ? details.filter(isMapping) : [];
}

/** Providers disagree on the name; where both are there, they say the same. */
function reasoningText({ reasoning_content: content, reasoning }: Mapping): string {
  if (typeof content === "string" && content !== "") return content;
  return typeof reasoning === "string" ? reasoning : "";
}

/** What entries say in words. */
export function textOf(details: readonly Mapping[]): string {
  return details.map(({ text, summary }) =>
    typeof text === "string" ? text : typeof summary === "string" ? summary : ""
  ).join("");
}

const GROWING = ["text", "summary", "data", "signature"] as const;

function saysSomething(detail: Mapping): boolean {
  return GROWING.some((key) => typeof detail[key] === "string" && detail[key] !== "");
}

/** Pieces of a streamed entry have its type and its index; joined they are the whole entry. */
function merged(details: readonly Mapping[]): Mapping[] {
  const whole: Mapping[] = [];
  for (const detail of details) {
    const last = whole.at(-1);
    const continues = last !== undefined && typeof detail.index === "number" &&
      last.index === detail.index && last.type === detail.type;
    if (continues) whole[whole.length - 1] = joined(last, detail);
    else whole.push(detail);
  }
  return whole;
}

function joined(first: Mapping, next: Mapping): Mapping {
  const both: Record<string, unknown> = { ...first };
  for (const key in next) {
    const before = first[key], after = next[key];
    if (after === null || after === undefined) continue;
    const grows = GROWING.some((name) => name === key) && typeof before === "string" &&
      typeof after === "string";
    both[key] = grows ? `${before}${after}` : after;
  }
  return both;
}
