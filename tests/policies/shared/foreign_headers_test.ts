import assert from "node:assert/strict";
import { isForeignHeader, isForeignName } from "../../../src/policies/shared/foreign_headers.ts";

const NAMES: readonly (readonly [string, boolean])[] = [
  ["x-user", true],
  ["set-cookie", true],
  ["authorization", true],
  ["host", false],
  ["content-length", false],
  ["transfer-encoding", false],
  ["connection", false],
  ["", false],
  [":path", false],
  ["a b", false],
  ["a\r\nb", false],
  ["X-Upper", false],
];

for (const [name, expected] of NAMES) {
  Deno.test(`isForeignName() takes ${JSON.stringify(name)}: ${expected}`, () => {
    assert.equal(isForeignName(name), expected);
  });
}

for (const value of ["a\r\nb: c", "a\nb", "a\0b", "\x7f", "\u4e2d"]) {
  Deno.test(`isForeignHeader() refuses the value ${JSON.stringify(value)}`, () => {
    assert.equal(isForeignHeader("x-a", value), false);
  });
}

Deno.test("isForeignHeader() takes what every server takes", () => {
  assert.equal(isForeignHeader("x-a", "a\tb c\xff"), true);
});
