import assert from "node:assert/strict";
import { type Backend, pickBackend } from "../../src/routing/backend.ts";

const backend = (name: string): Backend => ({ type: "host", upstream: { name } });

function pick(weights: readonly number[], random: number): number | undefined {
  const weighted = weights.map((weight, index) => ({ weight, backend: backend(String(index)) }));
  const picked = pickBackend(weighted, () => random);
  return picked?.type === "host" ? Number(picked.upstream.name) : undefined;
}

const LAST = 1 - Number.EPSILON / 2;

const PICKS: readonly [readonly number[], number, number | undefined][] = [
  [[], 0, undefined],
  [[0], 0, undefined],
  [[5], LAST, 0],
  [[0, 0], 0.5, undefined],
  [[1, 1], 0, 0],
  [[1, 1], 0.5, 1],
  [[0, 1], 0, 1],
  [[1, 0], LAST, 0],
  [[3, 1], 0.74, 0],
  [[3, 1], 0.75, 1],
  [[1, 2, 3], LAST, 2],
];

for (const [weights, random, expected] of PICKS) {
  Deno.test(`pickBackend() of ${weights.join(":")} at ${random} is ${expected}`, () => {
    assert.equal(pick(weights, random), expected);
  });
}

Deno.test("pickBackend() always finds one where there is weight", () => {
  for (let sum = 2; sum < 500; sum++) assert.equal(pick([1, sum - 1], LAST), 1);
});
