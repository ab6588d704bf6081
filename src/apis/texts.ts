import { GatewayError } from "../errors.ts";
import type { JsonEdits } from "../lib/json_edit.ts";
import { editPaths, type JsonPath, type PathEdit, valueAt } from "../lib/json_path_edit.ts";
import { isMapping } from "../lib/mapping.ts";
import type { JsonObject, TextPlace } from "./api.ts";

/**
 * The edits that put texts where others were found, in the order of the places; what holds for a
 * text that has changed is emptied.
 */
export function withTexts(
  body: JsonObject,
  places: readonly TextPlace[],
  texts: readonly string[],
): JsonEdits {
  const edits = places.flatMap(({ path, text, echoes = [] }, at): readonly PathEdit[] => {
    const written = texts[at];
    if (written === undefined || written === text) return [];
    return [{ path, value: written }, ...echoes.map((echo) => emptied(body, echo))];
  });
  return editPaths(body, edits);
}

function emptied(body: JsonObject, path: JsonPath): PathEdit {
  return { path, value: typeof valueAt(body, path) === "string" ? "" : null };
}

/** A value of a body and how it was reached. */
export interface Spot {
  readonly value: unknown;
  readonly path: JsonPath;
}

/** Whose words a text is, and what it is for. */
export type Speaker = Pick<TextPlace, "scope" | "role">;

/** The speakers that every API has. */
export const SPEAKERS = {
  system: { scope: "systemPrompt", role: "system" },
  user: { scope: "messages", role: "user" },
  assistant: { scope: "messages", role: "assistant" },
  tool: { scope: "toolOutput", role: "tool" },
  call: { scope: "toolInput", role: "assistant" },
} as const satisfies Readonly<Record<string, Speaker>>;

/** The whole of a body. */
export function whole(body: JsonObject): Spot {
  return { value: body, path: [] };
}

/** A member of an object; its value is undefined where there is none. */
export function inside({ value, path }: Spot, name: string): Spot {
  checkDepth(path);
  const isThere = isMapping(value) && Object.hasOwn(value, name);
  return { value: isThere ? value[name] : undefined, path: [...path, name] };
}

/** The items of a list. */
export function items({ value, path }: Spot): readonly Spot[] {
  if (!Array.isArray(value)) return [];
  checkDepth(path);
  return value.map((item, index) => ({ value: item, path: [...path, index] }));
}

/** The members of an object. */
export function members(spot: Spot): readonly Spot[] {
  return isMapping(spot.value) ? Object.keys(spot.value).map((name) => inside(spot, name)) : [];
}

/** The text at a spot, if that is one. */
export function textAt(
  { value, path }: Spot,
  speaker: Speaker,
  echoes: readonly Spot[] = [],
): readonly TextPlace[] {
  if (typeof value !== "string" || value === "") return [];
  const repeated = echoes.filter((echo) => (echo.value ?? undefined) !== undefined);
  const place = { ...speaker, text: value, path };
  return [repeated.length === 0 ? place : { ...place, echoes: repeated.map((it) => it.path) }];
}

/** The strings anywhere in a value, but for the words that say what kind of object one is. */
export function stringsIn(spot: Spot, speaker: Speaker): readonly TextPlace[] {
  const { value } = spot;
  if (typeof value === "string") return textAt(spot, speaker);
  const inner = Array.isArray(value) ? items(spot) : members(spot).filter(isNoType);
  return inner.flatMap((one) => stringsIn(one, speaker));
}

/** The arguments or the result of a call, which are JSON: strings, and numbers as they are read. */
export function jsonTexts(spot: Spot, speaker: Speaker): readonly TextPlace[] {
  const { value, path } = spot;
  if (typeof value === "number") return [{ ...speaker, text: String(value), path }];
  if (typeof value === "string") return textAt(spot, speaker);
  const inner = Array.isArray(value) ? items(spot) : members(spot);
  return inner.flatMap((one) => jsonTexts(one, speaker));
}

function isNoType({ path }: Spot): boolean {
  return path.at(-1) !== "type";
}

/** Google refuses deeper JSON, and no tool takes it. */
const DEPTH_MAX = 100;

/** What is not looked at would pass every guard. */
function checkDepth(path: JsonPath): void {
  if (path.length < DEPTH_MAX) return;
  throw new GatewayError(
    "invalid-request",
    `cannot look for texts more than ${DEPTH_MAX} levels deep in JSON`,
  );
}
