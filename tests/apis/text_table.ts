import assert from "node:assert/strict";
import type { Api, JsonObject, TextPlace } from "../../src/apis/api.ts";
import { withTexts } from "../../src/apis/texts.ts";
import { editObject } from "../../src/lib/json_edit.ts";

/** A text as a line: its scope, its role, where it stands and what it says. */
export function lineOf({ scope, role, path, text }: TextPlace): string {
  return `${scope} ${role} ${path.join(".")}: ${text}`;
}

/** A body and the lines of its texts. */
export interface TextCase {
  readonly name: string;
  readonly body: JsonObject;
  readonly lines: readonly string[];
}

/** Makes a test of each case. */
export function testTexts(
  { name, texts }: Api,
  kind: "request" | "answer",
  cases: readonly TextCase[],
): void {
  for (const one of cases) {
    Deno.test(`${name} has the texts of a ${kind}: ${one.name}`, () => {
      assert.deepEqual(texts?.[kind](one.body).map(lineOf), one.lines);
    });
  }
}

/** An answer in which every text is another. */
export function masked({ texts }: Api, answer: JsonObject): JsonObject {
  const places = texts?.answer(answer) ?? [];
  return editObject(answer, withTexts(answer, places, places.map(() => "***")));
}
