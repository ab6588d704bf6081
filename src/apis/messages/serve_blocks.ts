import { Buffer } from "node:buffer";
import type { Block, CacheHint, MediaSource, Seal, ToolResultBlock } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { readSealedId, readSealToken } from "../seal_token.ts";
import {
  booleanIn,
  invalidField,
  memberPath,
  objectIn,
  type Path,
  requiredText,
  textIn,
} from "./fields.ts";

/** Takes down a member that a chat has no place for, by the name it is reported with. */
export type Note = (name: string, value: unknown) => void;

/** The blocks of a `content` or `system` member: a text, or a list of blocks. */
export function readContent(content: unknown, path: Path, note: Note): readonly Block[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw invalidField(path, "a string or a list");
  return content.map((block, index) => {
    const inner = memberPath(path, index);
    if (!isMapping(block)) throw invalidField(inner, "an object");
    return readBlock(block, inner, note);
  });
}

function readBlock(block: JsonObject, path: Path, note: Note): Block {
  const type = requiredText(block, "type", path);
  const known = KNOWN[type];
  if (known !== undefined) noteOthers(type, block, known, note);
  const cache = () => defined({ cache: readCache(block, path, note) });
  switch (type) {
    case "text":
      return { type: "text", text: requiredText(block, "text", path), ...cache() };
    case "image":
      return readImage(block, path, cache()) ?? nativeBlock(type, block);
    case "document":
      return readDocument(block, path, cache()) ?? nativeBlock(type, block);
    case "search_result":
      note("search_result", true);
      return { type: "text", text: searchResultText(block, path, note), ...cache() };
    case "thinking":
      return readThinkingBlock(block, path);
    case "redacted_thinking":
      return { type: "reasoning", text: "", seal: redactedSeal(requiredText(block, "data", path)) };
    case "tool_use": {
      const { id, ...seal } = readSealedId(requiredText(block, "id", path));
      const name = requiredText(block, "name", path);
      const input = JSON.stringify(block.input ?? {});
      return { type: "tool-call", id, name, input, ...seal, ...cache() };
    }
    case "tool_result":
      return { ...readToolResult(block, path, note), ...cache() };
    default:
      return nativeBlock(type, block);
  }
}

/** The members of each kind of block that a chat has a place for. */
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(["type", "text", "cache_control"]),
  image: new Set(["type", "source", "cache_control"]),
  document: new Set(["type", "source", "title", "cache_control"]),
  thinking: new Set(["type", "thinking", "signature"]),
  tool_use: new Set(["type", "id", "name", "input", "cache_control"]),
  tool_result: new Set(["type", "tool_use_id", "content", "is_error", "cache_control"]),
};

/** Takes down the members of a block or tool that are not known, under the kind's name. */
export function noteOthers(
  kind: string,
  object: JsonObject,
  known: ReadonlySet<string>,
  note: Note,
): void {
  for (const [name, value] of Object.entries(object)) {
    if (!known.has(name) && !saysNothing(value)) note(`${kind}.${name}`, value);
  }
}

/** Answers say `caller: {type: "direct"}` and empty lists, which clients send back. */
function saysNothing(value: unknown): boolean {
  if (value === null || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMapping(value) && (value.type === "direct" || value.enabled === false);
}

/** The wish to cache up to a block or tool. */
export function readCache(object: JsonObject, path: Path, note: Note): CacheHint | undefined {
  const control = objectIn(object, "cache_control", path);
  if (control === undefined) return undefined;
  const { type: _, ttl, ...others } = control;
  for (const [name, value] of Object.entries(others)) note(`cache_control.${name}`, value);
  if (ttl === "5m") return { ttlSeconds: 300 };
  return ttl === "1h" ? { ttlSeconds: 3600 } : {};
}

function readImage(block: JsonObject, path: Path, cache: object): Block | undefined {
  const source = objectIn(block, "source", path) ?? {};
  const inner = memberPath(path, "source");
  const found = readSource(source, inner);
  if (found === undefined) return undefined;
  const mediaType = textIn(source, "media_type", inner) ?? "image/*";
  return { type: "media", mediaType, source: found, ...cache };
}

function readDocument(block: JsonObject, path: Path, cache: object): Block | undefined {
  const source = objectIn(block, "source", path) ?? {};
  const inner = memberPath(path, "source");
  const name = textIn(block, "title", path);
  const text = documentText(source, inner);
  const found = text === undefined ? readSource(source, inner) : { data: toBase64(text) };
  if (found === undefined) return undefined;
  const mediaType = text === undefined
    ? textIn(source, "media_type", inner) ?? "application/pdf"
    : "text/plain";
  return { type: "media", mediaType, source: found, ...defined({ name }), ...cache };
}

/** The text of a document that is given as such; undefined where there is more to it. */
function documentText(source: JsonObject, path: Path): string | undefined {
  if (source.type === "text") return requiredText(source, "data", path);
  if (source.type !== "content") return undefined;
  if (typeof source.content === "string") return source.content;
  const parts: readonly unknown[] = Array.isArray(source.content) ? source.content : [];
  const texts = parts.map((part) => isMapping(part) && part.type === "text" ? part.text : null);
  return texts.every((text) => typeof text === "string") ? texts.join("\n\n") : undefined;
}

function readSource(source: JsonObject, path: Path): MediaSource | undefined {
  switch (source.type) {
    case "base64": {
      const data = requiredText(source, "data", path);
      return { data: data.includes("\n") ? data.replace(/\s/g, "") : data };
    }
    case "url":
      return { url: requiredText(source, "url", path) };
    case "file":
      return { fileId: requiredText(source, "file_id", path), api: "messages" };
    default:
      return undefined;
  }
}

/** A found text as words, since no other API has such blocks: its title, its source and itself. */
function searchResultText(block: JsonObject, path: Path, note: Note): string {
  const inner = memberPath(path, "content");
  const texts = readContent(block.content, inner, note)
    .flatMap((part) => part.type === "text" ? [part.text] : []);
  return [block.title, block.source, ...texts].filter((text) => typeof text === "string")
    .join("\n");
}

function readThinkingBlock(block: JsonObject, path: Path): Block {
  const text = requiredText(block, "thinking", path);
  const signature = textIn(block, "signature", path) ?? "";
  if (signature === "") return { type: "reasoning", text };
  return { type: "reasoning", text, seal: readSealToken(signature, "messages") };
}

function redactedSeal(data: string): Seal {
  const seal = readSealToken(data, "messages");
  return seal.api === "messages" ? { ...seal, redacted: true } : seal;
}

function readToolResult(block: JsonObject, path: Path, note: Note): ToolResultBlock {
  const blocks = readContent(block.content, memberPath(path, "content"), note);
  for (const part of blocks) if (part.type === "native") note(part.name, part.value);
  return {
    type: "tool-result",
    callId: readSealedId(requiredText(block, "tool_use_id", path)).id,
    blocks: blocks.filter(({ type }) => type === "text" || type === "media"),
    ...defined({ failed: booleanIn(block, "is_error", path) }),
  };
}

function nativeBlock(name: string, value: JsonObject): Block {
  return { type: "native", api: "messages", name, value };
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
