import type { JsonEdits } from "../lib/json_edit.ts";
import { isMapping, type Mapping } from "../lib/mapping.ts";
import type { JsonObject } from "./api.ts";
import { isSealEnvelope, mayHoldSeals, readSealedId } from "./seal_token.ts";

/**
 * What has to be taken out of a request before it may go on as it is: seals of other APIs, which
 * the gateway gave to the client in an earlier turn. The provider that shares the client's API
 * would take them for its own, and refuse them.
 *
 * Undefined where there are none, which `text`, the request as it was sent, tells at once.
 */
export function withoutForeignSeals(request: JsonObject, text: string): JsonEdits | undefined {
  if (!mayHoldSeals(text)) return undefined;
  const set: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request)) {
    const cleaned = clean(value);
    if (cleaned !== value) set[name] = cleaned;
  }
  return Object.keys(set).length === 0 ? undefined : { set };
}

/** The very same value where nothing of it had to change. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return cleanList(value);
  return isMapping(value) ? cleanObject(value) : value;
}

function cleanList(list: readonly unknown[]): readonly unknown[] {
  const kept = list.filter((item) => !isForeign(item)).map(clean);
  return kept.length === list.length && kept.every((item, at) => item === list[at]) ? list : kept;
}

function cleanObject(object: Mapping): Mapping {
  let isChanged = false;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === BARE_SEAL) {
      isChanged = true;
      continue;
    }
    const cleaned = ID_MEMBERS.has(name) && typeof value === "string"
      ? readSealedId(value).id
      : clean(value);
    isChanged ||= cleaned !== value;
    if (isEmptied(value, cleaned)) continue;
    Object.defineProperty(kept, name, { value: cleaned, enumerable: true });
  }
  return isChanged ? kept : object;
}

/** A block, an item, a part or a detail that is nothing without its seal. */
function isForeign(item: unknown): boolean {
  return isMapping(item) &&
    SEAL_MEMBERS.some((name) => {
      const value = item[name];
      return typeof value === "string" && isSealEnvelope(value);
    });
}

function isEmptied(before: unknown, after: unknown): boolean {
  return after !== before && Array.isArray(after) && after.length === 0;
}

/** Where the gateway gives clients of chat completions an Anthropic signature as it is. */
const BARE_SEAL = "reasoning_signature";

/** Where the APIs have room for a seal. */
const SEAL_MEMBERS = ["signature", "data", "encrypted_content", "thoughtSignature"];

/** Where they name a call, or the call that a result is of. */
const ID_MEMBERS: ReadonlySet<string> = new Set([
  "id",
  "call_id",
  "tool_call_id",
  "tool_use_id",
]);
