import assert from "node:assert/strict";
import fc from "fast-check";
import { Recent } from "../../../src/policies/shared/recent.ts";

Deno.test("Recent remembers what was asked for lately", () => {
  const half = fc.integer({ min: 1, max: 10 });
  const keys = fc.array(fc.nat(30), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(half, keys, fc.nat(), (halfMax, asked, choice) => {
    let forgotten = 0;
    const recent = new Recent<number>(2 * halfMax, () => forgotten++);
    for (const key of asked) {
      if (recent.get(`${key}`) === undefined) recent.set(`${key}`, key);
    }
    const latest = [...new Set(asked.toReversed())].slice(0, halfMax);
    const key = latest[choice % latest.length];
    assert.equal(recent.get(`${key}`), key);
    if (new Set(asked).size <= halfMax) assert.equal(forgotten, 0);
  }));
});

Deno.test("Recent keeps to its bound", () => {
  let forgotten = 0;
  const recent = new Recent<number>(10, () => forgotten++);
  for (let key = 0; key < 100; key++) recent.set(`${key}`, key);
  const kept = Array.from({ length: 100 }, (_, key) => `${key}`)
    .filter((key) => recent.get(key) !== undefined);
  assert.ok(kept.length <= 10);
  assert.ok(forgotten > 0);
});
