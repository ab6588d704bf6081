import assert from "node:assert/strict";
import { apr1 } from "../../../src/policies/auth/apr1.ts";

/** As `openssl passwd -apr1 -salt <salt> <password>` gives them. */
const HASHES: readonly (readonly [string, string, string])[] = [
  ["a", "a", "drFGR/9p/sjZ9/qPTUuIf/"],
  ["secret", "abcdefgh", "h9FWgUz3n9YxylKLlR5SQ/"],
  ["password longer than sixteen bytes, by far", "./09AZaz", "AbNE7a2QfgvEFEa6T/F9I/"],
  ["pässwörd", "x1y2", "SMGh1ovHJg/j8WicVyUqM1"],
  ["0123456789abcdef", "saltsalt", "noZiBycUL1t9WTQEO7/nr1"],
  ["0123456789abcdefg", "s", "vBGBjU5fyn8tTWt.U6c8s1"],
];

Deno.test("apr1() hashes as Apache does", () => {
  for (const [password, salt, expected] of HASHES) {
    assert.equal(apr1(new TextEncoder().encode(password), salt), expected, password);
  }
});
