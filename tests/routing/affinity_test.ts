import assert from "node:assert/strict";
import { CelError, type Expression } from "../../src/cel/expression.ts";
import { affinityOf, rendezvousHash } from "../../src/routing/affinity.ts";

function giving(evaluate: () => unknown): Expression {
  return { source: "", roots: new Set(), paths: new Set(), evaluate, test: () => false };
}

const VALUES: readonly [unknown, string | undefined][] = [
  ["s1", "s1"],
  [new Uint8Array([1, 255]), "01ff"],
  ["", undefined],
  [7, undefined],
  [null, undefined],
  [["s1"], undefined],
];

for (const [value, expected] of VALUES) {
  Deno.test(`affinityOf() makes ${expected} of ${JSON.stringify(value)}`, () => {
    assert.equal(affinityOf(giving(() => value), {}), expected);
  });
}

Deno.test("affinityOf() takes an expression without a value for none", () => {
  const failing = giving(() => {
    throw new CelError("no such key");
  });
  assert.equal(affinityOf(failing, {}), undefined);
  const broken = giving(() => {
    throw new TypeError("a mistake of ours");
  });
  assert.throws(() => affinityOf(broken, {}), TypeError);
});

Deno.test("rendezvousHash() is the same in every version, or sessions would move", () => {
  assert.equal(rendezvousHash("session", "gpt"), 4_022_637_797);
  assert.notEqual(rendezvousHash("ab", "c"), rendezvousHash("b", "ca"));
});
