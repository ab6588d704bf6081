import * as fc from "fast-check";
import type { ToolCallBlock } from "../../../src/chat/block.ts";

/** Members that may be missing, but are never undefined. */
export function some<T>(
  members: { [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> },
): fc.Arbitrary<Partial<T>> {
  const keys = Object.keys(members);
  const all: fc.Arbitrary<Partial<T>> = fc.record(Object(members));
  return fc.tuple(all, fc.subarray(keys)).map(([record, kept]) => {
    const entries = Object.entries(record).filter(([key]) => kept.includes(key));
    return Object(Object.fromEntries(entries));
  });
}

/** Short texts, whatever is in them. */
export const words = fc.string({ minLength: 1, maxLength: 8 });
/** Ids, as providers make them. */
export const ids = fc.uuid();
/** Plain objects, as JSON gives them. */
export function record<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(members, { noNullPrototype: true });
}

const keys = fc.stringMatching(/^[a-z]{1,8}$/);
/** JSON objects. */
export const objects = fc.dictionary(keys, fc.integer(), { maxKeys: 3, noNullPrototype: true });
/** JSON text of objects. */
export const inputs = objects.map((object) => JSON.stringify(object));

/** Calls of functions, with arguments. */
export const functionCalls: fc.Arbitrary<ToolCallBlock> = record({
  type: fc.constant("tool-call" as const),
  id: ids,
  name: words,
  input: inputs,
});
