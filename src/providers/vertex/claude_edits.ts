import { editObject, type JsonEdits, mergeEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import { claudeThoughtEdits } from "../claude_thoughts.ts";
import type { ProviderCall } from "../provider.ts";
import { claudeId } from "./models.ts";

/** Stands in the body where Anthropic's own API has a header. */
const VERSION = "vertex-2023-10-16";

/**
 * What Vertex AI wants otherwise than Anthropic does
 * (https://docs.anthropic.com/en/api/claude-on-vertex-ai): the model in the path, the version in
 * the body, and no members that it does not know yet.
 */
export function claudeEdits(call: ProviderCall): JsonEdits {
  const thoughts = claudeThoughtEdits(call) ?? {};
  const request = editObject(call.request, thoughts);
  return mergeEdits(thoughts, platformEdits({ ...call, request }));
}

function platformEdits({ api, request, model }: ProviderCall): JsonEdits {
  const counts = api === "messagesCount";
  return {
    remove: counts ? ["output_format"] : ["model", "output_format"],
    set: {
      ...withoutScopes(request),
      anthropic_version: VERSION,
      ...(counts ? { model: claudeId(model) } : {}),
    },
  };
}

/** The members in which a cache hint has a scope, without it. */
function withoutScopes(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request)) {
    const kept = unscoped(value, name);
    if (kept !== value) changed[name] = kept;
  }
  return changed;
}

/** What the user's own tools define and are called with; it only looks like cache hints. */
const OPAQUE = ["input", "input_schema"];

/** The same value where nothing is to be removed. */
function unscoped(value: unknown, name: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => unscoped(item, ""));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isMapping(value) || OPAQUE.includes(name)) return value;
  const entries = Object.entries(value);
  const kept = entries
    .filter(([key]) => name !== "cache_control" || key !== "scope")
    .map(([key, member]): [string, unknown] => [key, unscoped(member, key)]);
  const same = kept.length === entries.length &&
    kept.every(([, member], index) => member === entries[index]?.[1]);
  return same ? value : Object.fromEntries(kept);
}
