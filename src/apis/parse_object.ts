import { isMapping } from "../lib/mapping.ts";
import type { JsonObject } from "./api.ts";

/** The object that a text of JSON stands for; undefined where it is malformed or another value. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
