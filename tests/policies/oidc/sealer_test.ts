import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { sealer } from "../../../src/policies/oidc/sealer.ts";

const KEY = new Uint8Array(32).fill(1);
const one = sealer({ key: KEY, randomBytes });

Deno.test("sealer() opens what it has sealed, and nothing that it has not", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "grapheme" }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    (text, purpose, place, flip) => {
      const sealed = one.seal(text, purpose);
      assert.match(sealed, /^[\w-]+$/);
      assert.equal(one.open(sealed, purpose), text);
      assert.equal(one.open(sealed, `${purpose}.`), undefined);
      const bytes = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
      const index = place % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      const changed = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
      assert.equal(one.open(changed, purpose), undefined);
      assert.equal(one.open(changed.slice(0, -4), purpose), undefined);
    },
  ));
});

Deno.test("sealer() seals the same text differently each time", () => {
  assert.notEqual(one.seal("a", "p"), one.seal("a", "p"));
});

Deno.test("sealer() opens nothing that another key has sealed", () => {
  const other = sealer({ key: new Uint8Array(32).fill(2), randomBytes });
  assert.equal(one.open(other.seal("a", "p"), "p"), undefined);
});

for (const text of ["", "AA", "not base64!", "ä", "A".repeat(37), "=".repeat(40)]) {
  Deno.test(`sealer() opens nothing of ${JSON.stringify(text)}`, () => {
    assert.equal(one.open(text, "p"), undefined);
  });
}
