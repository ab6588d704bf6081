import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

/** A field: a configuration with a hole, and what may and may not fill it (as JSON). */
export interface Field {
  readonly name: string;
  readonly text: string;
  readonly accepted: readonly unknown[];
  /** Refused values by the message, without its place and what was found. */
  readonly refused: Readonly<Record<string, readonly unknown[]>>;
}

/** A configuration of one model with more than it needs. */
export const model = (rest: string) =>
  `{"llm": {"models": [{"name": "m", "provider": "mock", ${rest}}]}}`;

/** A configuration of one route. */
export const route = (rest: string) => `{"routes": [{${rest}}]}`;

/** A configuration of one route with one backend. */
export const backend = (rest: string) => route(`"backends": [{${rest}}]`);

/** What is said of the name of a header. */
export const HEADER_NAME = "must be a header name: letters, digits and -";

/** What is said of the value of a header. */
export const HEADER_VALUE = "must be a string that is legal in an HTTP header";

/** Makes a test of each field. */
export function testFields(fields: readonly Field[]): void {
  for (const field of fields) {
    Deno.test(`the schema accepts and refuses values of: ${field.name}`, () => check(field));
  }
}

function check({ text, accepted, refused }: Field): void {
  for (const value of accepted) assert.deepEqual(complaints(fill(text, value)), [], show(value));
  for (const [message, values] of Object.entries(refused)) {
    for (const value of values) {
      const [complaint = "", ...more] = complaints(fill(text, value)).map(bare);
      assert.equal(complaint, message, show(value));
      assert.deepEqual(more, [], show(value));
    }
  }
}

function fill(text: string, value: unknown): string {
  return text.replace("HOLE", () => show(value).replaceAll("$", "$$$$"));
}

function show(value: unknown): string {
  return value === Infinity ? ".inf" : JSON.stringify(value);
}

/** A complaint without its place and without what was found. */
function bare(complaint: string): string {
  return complaint.replace(/^\d+:\d+: \S+: /, "").replace(/(?:, found .*| \(.*\))$/, "");
}
