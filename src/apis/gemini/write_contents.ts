import type { Block, MediaBlock, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Turn } from "../../chat/request.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { isWholeType, isYouTube, mediaPart, mediaTypeOf } from "./media.ts";
import { argumentsOf, thoughtPart } from "./parts.ts";
import { isGemini3, isGoogleFile } from "./wire.ts";

/** Writes the turns as `contents`: roles alternate, and results of functions stand alone. */
export function writeContents(chat: ChatRequest, losses: Losses): readonly JsonObject[] {
  const scribe = { chat, losses, isGemini3: isGemini3(chat.model) };
  const entries: Entry[] = [];
  const names = new Map<string, string>();
  for (const turn of chat.turns) {
    for (const { id, name } of callsIn(turn)) names.set(id, name);
    for (const entry of entriesOf(turn, names, scribe)) add(entry, entries);
  }
  if (entries.length === 0) add({ kind: "user", parts: [], results: [] }, entries);
  return entries.map((entry, at) => written(entry, callsBefore(at, entries)));
}

interface Scribe {
  readonly chat: ChatRequest;
  readonly losses: Losses;
  readonly isGemini3: boolean;
}

/** A member of `contents` in the making. */
interface Entry {
  readonly kind: "model" | "user" | "results";
  readonly parts: readonly JsonObject[];
  readonly results: readonly Result[];
  /** The ids of the calls in a model's entry. */
  readonly calls?: readonly string[];
}

interface Result {
  readonly callId: string;
  readonly part: JsonObject;
}

function add(entry: Entry, entries: Entry[]): void {
  const last = entries.at(-1);
  if (last?.kind !== entry.kind) {
    entries.push(entry);
    return;
  }
  entries[entries.length - 1] = {
    kind: last.kind,
    parts: [...last.parts, ...entry.parts],
    results: [...last.results, ...entry.results],
    calls: [...last.calls ?? [], ...entry.calls ?? []],
  };
}

/** Google wants the results in the order of the calls, and text in whatever else a user says. */
function written({ kind, parts, results }: Entry, calls: readonly string[]): JsonObject {
  if (kind === "model") return { role: "model", parts };
  if (kind === "user") {
    const hasText = parts.some((part) => typeof part.text === "string");
    return { role: "user", parts: hasText ? parts : [...parts, { text: " " }] };
  }
  const place = ({ callId }: Result) => calls.includes(callId) ? calls.indexOf(callId) : Infinity;
  const ordered = results.toSorted((one, other) =>
    place(one) === place(other) ? 0 : place(one) - place(other)
  );
  return { role: "user", parts: [...ordered.map(({ part }) => part), ...parts] };
}

function callsBefore(at: number, entries: readonly Entry[]): readonly string[] {
  return entries.slice(0, at).findLast(({ kind }) => kind === "model")?.calls ?? [];
}

function callsIn({ blocks }: Turn): readonly ToolCallBlock[] {
  return blocks.filter((block) => block.type === "tool-call");
}

function entriesOf(
  turn: Turn,
  names: ReadonlyMap<string, string>,
  scribe: Scribe,
): readonly Entry[] {
  if (turn.role === "assistant") {
    const parts = signed(turn.blocks.flatMap((block) => partsOf(block, scribe)), scribe);
    const calls = callsIn(turn).map(({ id }) => id);
    return parts.length === 0 ? [] : [{ kind: "model", parts, results: [], calls }];
  }
  const entries: Entry[] = [];
  const others = turn.blocks.filter((block) => block.type !== "tool-result");
  for (const block of turn.blocks) {
    if (block.type !== "tool-result") continue;
    const { part, media } = resultOf(block, names.get(block.callId) ?? "", scribe);
    entries.push({ kind: "results", parts: media, results: [{ callId: block.callId, part }] });
  }
  if (others.length > 0 || entries.length === 0) {
    const parts = others.flatMap((block) => partsOf(block, scribe, turn.role));
    entries.push({ kind: "user", parts, results: [] });
  }
  return entries;
}

function partsOf(block: Block, scribe: Scribe, role: Turn["role"] = "assistant"): JsonObject[] {
  const { losses } = scribe;
  switch (block.type) {
    case "text":
      return block.text === "" && role === "assistant" ? [] : [{ text: block.text }];
    case "refusal":
      losses.changed("refusal");
      return [{ text: block.text }];
    case "media":
      return [mediaOf(block, scribe)];
    case "reasoning":
      if (block.seal === undefined) return [{ text: block.text, thought: true }];
      if (block.seal.api === "gemini") return [thoughtPart(block, block.seal.value)];
      losses.dropped("reasoningReplay");
      return [];
    case "tool-call":
      return [callOf(block, scribe)];
    case "native":
      if (block.api === "gemini" && isMapping(block.value)) return [block.value];
      losses.droppedField(block.name);
      return [];
    case "tool-result":
      return [];
  }
}

/** Only the third generation gives ids to calls, and wants them back. */
function callOf(block: ToolCallBlock, { losses, isGemini3 }: Scribe): JsonObject {
  const args = argumentsOf(block);
  if (args === undefined) losses.droppedField("arguments");
  const id = isGemini3 ? block.id : undefined;
  return {
    functionCall: { ...defined({ id }), name: block.name, args: args ?? {} },
    ...defined({ thoughtSignature: block.seal?.value }),
  };
}

/**
 * The third generation refuses a step whose first call is not signed. Calls of other models get the
 * word that Google documents for them (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
function signed(parts: readonly JsonObject[], { losses, isGemini3 }: Scribe): JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  return parts.map((part, at) => {
    if (!isGemini3 || at !== first || part.thoughtSignature !== undefined) return part;
    losses.changed("reasoningReplay");
    return { ...part, thoughtSignature: "skip_thought_signature_validator" };
  });
}

/** Media in results are parts of them in the third generation, and stand behind them before it. */
function resultOf(block: ToolResultBlock, name: string, scribe: Scribe) {
  const { losses, isGemini3 } = scribe;
  const texts = block.blocks.filter((inner) => inner.type === "text").map(({ text }) => text);
  const media = block.blocks.filter((inner) => inner.type === "media")
    .map((inner) => mediaOf(inner, scribe));
  for (const inner of block.blocks) if (inner.type === "native") losses.droppedField(inner.name);
  if (media.length > 0 && !isGemini3) losses.changed("toolResultMedia");
  const said = block.failed === true ? "error" : "content";
  const functionResponse = {
    ...(isGemini3 ? { id: block.callId } : {}),
    name,
    response: texts.length === 0 && block.failed !== true ? {} : { [said]: texts.join("\n") },
    ...(isGemini3 && media.length > 0 ? { parts: media } : {}),
  };
  return { part: { functionResponse }, media: isGemini3 ? [] : media };
}

function mediaOf(block: MediaBlock, { chat, losses }: Scribe): JsonObject {
  if (block.detail !== undefined && block.detail !== "auto") losses.dropped("imageDetail");
  const { source, mediaType } = block;
  const part = mediaPart(block);
  if (part === undefined) throw unreadable(block, chat, "is a file of another provider");
  if (!("url" in source)) return part;
  if (!isGoogleFile(source.url) && !isYouTube(source.url)) {
    throw unreadable(block, chat, "is at an address that Google does not read");
  }
  const isTyped = isWholeType(mediaType) || mediaTypeOf(source.url) !== undefined;
  if (source.url.startsWith("gs://") && !isTyped) {
    throw unreadable(block, chat, "has no media type");
  }
  return part;
}

function unreadable(block: MediaBlock, chat: ChatRequest, why: string): GatewayError {
  const param = chat.api === "responses" ? "input" : "messages";
  const turn = chat.turns.findIndex(({ blocks }) => holds(blocks, block));
  const [kind = ""] = block.mediaType.split("/");
  const what = kind === "image" ? "the image" : `the ${block.mediaType} part`;
  return new GatewayError(
    "invalid-request",
    `cannot send ${what} of turn ${turn + 1} to Gemini: it ${why}; send its content instead`,
    { param },
  );
}

function holds(blocks: readonly Block[], wanted: Block): boolean {
  return blocks.some((block) =>
    block === wanted || (block.type === "tool-result" && holds(block.blocks, wanted))
  );
}
