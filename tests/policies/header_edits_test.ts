import assert from "node:assert/strict";
import { type HeaderEdits, headerEdits } from "../../src/policies/header_edits.ts";

const EDITS: readonly [string, readonly HeaderEdits[], Record<string, string>][] = [
  ["adds beside", [{ add: { "x-a": "2" } }], { "x-a": "1, 2" }],
  ["sets in place", [{ set: { "X-A": "2", "x-b": "3" } }], { "x-a": "2", "x-b": "3" }],
  ["removes", [{ remove: ["X-A", "x-none"] }], {}],
  ["adds, sets and removes in that order", [{
    add: { "x-a": "2", "x-b": "1" },
    set: { "x-a": "3" },
    remove: ["x-b"],
  }], { "x-a": "3" }],
  ["does several in a row", [{ remove: ["x-a"] }, { add: { "x-a": "9" } }], { "x-a": "9" }],
];

for (const [claim, edits, expected] of EDITS) {
  Deno.test(`headerEdits() ${claim}`, () => {
    const headers = new Headers({ "x-a": "1" });
    headerEdits(...edits)?.(headers);
    assert.deepEqual(Object.fromEntries(headers), expected);
  });
}

Deno.test("headerEdits() is nothing where there is nothing to do", () => {
  assert.equal(headerEdits(), undefined);
  assert.equal(headerEdits(undefined), undefined);
});
