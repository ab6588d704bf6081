import { Buffer } from "node:buffer";
import type { Block, CacheHint, MediaSource, ToolResultBlock } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { booleanIn, mappingIn, requiredString, stringIn, wrongType } from "../fields.ts";
import { readSealedId, readSealToken } from "../seal_token.ts";

/** Takes down a member that a chat has no place for, by the name it is reported with. */
export type Note = (name: string, value: unknown) => void;

/**
 * The blocks of a `content` or `system` member: a text, or a list of blocks. Places in a request
 * are written as `messages.0.content.1`.
 */
export function readContent(content: unknown, path: string, note: Note): readonly Block[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(path, "a string or a list");
  return content.map((block, index) => {
    const inner = `${path}.${index}`;
    if (!isMapping(block)) throw wrongType(inner, "an object");
    return readBlock(block, inner, note);
  });
}

function readBlock(block: JsonObject, path: string, note: Note): Block {
  const type = requiredString(block, "type", `${path}.type`);
  const known = KNOWN[type];
  if (known !== undefined) noteOthers(type, block, known, note);
  const cache = () => defined({ cache: readCache(block, path, note) });
  switch (type) {
    case "text":
      return { type: "text", text: requiredString(block, "text", `${path}.text`), ...cache() };
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
      return readRedacted(requiredString(block, "data", `${path}.data`));
    case "tool_use": {
      const { id, ...seal } = readSealedId(requiredString(block, "id", `${path}.id`));
      const name = requiredString(block, "name", `${path}.name`);
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
export function readCache(object: JsonObject, path: string, note: Note): CacheHint | undefined {
  const control = mappingIn(object, "cache_control", `${path}.cache_control`);
  if (control === undefined) return undefined;
  const { type: _, ttl, ...others } = control;
  for (const [name, value] of Object.entries(others)) note(`cache_control.${name}`, value);
  if (ttl === "5m") return { ttlSeconds: 300 };
  return ttl === "1h" ? { ttlSeconds: 3600 } : {};
}

function readImage(block: JsonObject, path: string, cache: object): Block | undefined {
  const inner = `${path}.source`;
  const source = mappingIn(block, "source", inner) ?? {};
  const found = readSource(source, inner);
  if (found === undefined) return undefined;
  const mediaType = stringIn(source, "media_type", `${inner}.media_type`) ?? "image/*";
  return { type: "media", mediaType, source: found, ...cache };
}

function readDocument(block: JsonObject, path: string, cache: object): Block | undefined {
  const inner = `${path}.source`;
  const source = mappingIn(block, "source", inner) ?? {};
  const name = stringIn(block, "title", `${path}.title`);
  const text = documentText(source, inner);
  const found = text === undefined ? readSource(source, inner) : { data: toBase64(text) };
  if (found === undefined) return undefined;
  const mediaType = text === undefined
    ? stringIn(source, "media_type", `${inner}.media_type`) ?? "application/pdf"
    : "text/plain";
  return { type: "media", mediaType, source: found, ...defined({ name }), ...cache };
}

/** The text of a document that is given as such; undefined where there is more to it. */
function documentText(source: JsonObject, path: string): string | undefined {
  if (source.type === "text") return requiredString(source, "data", `${path}.data`);
  if (source.type !== "content") return undefined;
  if (typeof source.content === "string") return source.content;
  const parts: readonly unknown[] = Array.isArray(source.content) ? source.content : [];
  const texts = parts.map((part) => isMapping(part) && part.type === "text" ? part.text : null);
  return texts.every((text) => typeof text === "string") ? texts.join("\n\n") : undefined;
}

function readSource(source: JsonObject, path: string): MediaSource | undefined {
  switch (source.type) {
    case "base64": {
      const data = requiredString(source, "data", `${path}.data`);
      return { data: data.includes("\n") ? data.replace(/\s/g, "") : data };
    }
    case "url":
      return { url: requiredString(source, "url", `${path}.url`) };
    case "file":
      return { fileId: requiredString(source, "file_id", `${path}.file_id`), api: "messages" };
    default:
      return undefined;
  }
}

/** A found text as words, since no other API has such blocks: its title, its source and itself. */
function searchResultText(block: JsonObject, path: string, note: Note): string {
  const inner = `${path}.content`;
  const texts = readContent(block.content, inner, note)
    .flatMap((part) => part.type === "text" ? [part.text] : []);
  return [block.title, block.source, ...texts].filter((text) => typeof text === "string")
    .join("\n");
}

function readThinkingBlock(block: JsonObject, path: string): Block {
  const text = requiredString(block, "thinking", `${path}.thinking`);
  const signature = stringIn(block, "signature", `${path}.signature`) ?? "";
  if (signature === "") return { type: "reasoning", text };
  return { type: "reasoning", text, seal: readSealToken(signature, "messages") };
}

function readRedacted(data: string): Block {
  const seal = readSealToken(data, "messages");
  const isOwn = seal.api === "messages";
  return { type: "reasoning", text: "", seal: isOwn ? { ...seal, redacted: true } : seal };
}

function readToolResult(block: JsonObject, path: string, note: Note): ToolResultBlock {
  const blocks = readContent(block.content, `${path}.content`, note);
  for (const part of blocks) if (part.type === "native") note(part.name, part.value);
  return {
    type: "tool-result",
    callId: readSealedId(requiredString(block, "tool_use_id", `${path}.tool_use_id`)).id,
    blocks: blocks.filter(({ type }) => type === "text" || type === "media"),
    ...defined({ failed: booleanIn(block, "is_error", `${path}.is_error`) }),
  };
}

function nativeBlock(name: string, value: JsonObject): Block {
  return { type: "native", api: "messages", name, value };
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
