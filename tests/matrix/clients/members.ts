import assert from "node:assert/strict";
import { isObject, type JsonObject } from "../../support/json.ts";

/** A member that must be an object. */
export function objectAt(value: unknown, name: string): JsonObject {
  const found = isObject(value) ? value[name] : undefined;
  assert.ok(isObject(found), `${name} must be an object: ${JSON.stringify(value)}`);
  return found;
}

/** A member that must be a text. */
export function textAt(value: unknown, name: string): string {
  const found = isObject(value) ? value[name] : undefined;
  assert.ok(typeof found === "string", `${name} must be a text: ${JSON.stringify(value)}`);
  return found;
}

/** A member that may be a text; else empty. */
export function textIn(value: unknown, name: string): string {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === "string" ? found : "";
}

/** A member that must be a list of objects. */
export function listAt(value: unknown, name: string): JsonObject[] {
  const found = isObject(value) ? value[name] : undefined;
  assert.ok(Array.isArray(found), `${name} must be a list: ${JSON.stringify(value)}`);
  return found.map((item: unknown) => {
    assert.ok(isObject(item), `${name} must hold objects: ${JSON.stringify(value)}`);
    return item;
  });
}

/** A member that may be a list of objects; else empty. */
export function listIn(value: unknown, name: string): JsonObject[] {
  return isObject(value) && Array.isArray(value[name]) ? listAt(value, name) : [];
}

/** A member that may be a number. */
export function numberIn(value: unknown, name: string): number | undefined {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === "number" ? found : undefined;
}

/** The sum of what is known; undefined where nothing is. */
export function sum(...numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : known.reduce((left, right) => left + right, 0);
}

/** Members joined with those of a later piece: texts grow, everything else is replaced. */
export function grown(
  before: JsonObject,
  piece: JsonObject,
  growing: readonly string[],
): JsonObject {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(piece)) {
    if (value === null || value === undefined) continue;
    const held = after[name];
    const grows = growing.includes(name) && typeof held === "string";
    after[name] = grows && typeof value === "string" ? held + value : value;
  }
  return after;
}
