import assert from "node:assert/strict";
import fc from "fast-check";
import { isJson } from "../../src/lib/is_json.ts";

Deno.test("isJson() is true of all that is read as JSON", () => {
  fc.assert(fc.property(fc.json(), (text) => assert.equal(isJson(JSON.parse(text)), true)));
});

Deno.test("isJson() is false of what would be written as something else", () => {
  const others: readonly unknown[] = [
    undefined,
    NaN,
    Infinity,
    1n,
    () => 1,
    Symbol("a"),
    new Date(0),
    new Uint8Array(1),
    new Map(),
  ];
  for (const value of others) {
    assert.equal(isJson(value), false, String(value));
    assert.equal(isJson([value]), false, String(value));
    assert.equal(isJson({ a: { b: [value] } }), false, String(value));
  }
});
