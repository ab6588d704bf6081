import assert from "node:assert/strict";
import { countTokens, tokens } from "../../../src/providers/mock/tokens.ts";

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["Hello, big world!", ["Hello", ",", " big", " world", "!"]],
  ["snake_case x2", ["snake_case", " x2"]],
  ["a\n\n  b ", ["a", "\n\n  b", " "]],
  ["naïve 東京 👍", ["naïve", " 東京", " 👍"]],
  ['{"a":1}', ["{", '"', "a", '"', ":", "1", "}"]],
];

for (const [text, pieces] of CASES) {
  Deno.test(`tokens() splits ${JSON.stringify(text)} into words and single characters`, () => {
    assert.deepEqual(tokens(text), pieces);
    assert.equal(countTokens(text), pieces.length);
    assert.equal(tokens(text).join(""), text);
  });
}
