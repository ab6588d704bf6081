import assert from "node:assert/strict";
import { countOf, numberOf } from "../../src/apis/numbers.ts";

Deno.test("numberOf() takes numbers only", () => {
  for (const value of [0, -1.5]) assert.equal(numberOf(value), value);
  for (const value of ["1", null, undefined, [1]]) assert.equal(numberOf(value), undefined);
});

Deno.test("countOf() takes numbers that count something", () => {
  for (const value of [0, 7]) assert.equal(countOf(value), value);
  for (const value of [-1, NaN, Infinity, "1", null, undefined]) {
    assert.equal(countOf(value), undefined);
  }
});
