import assert from "node:assert/strict";
import fc from "fast-check";
import { add, fullBucket, refill, untilEnoughMs } from "../../../src/policies/rate_limit/bucket.ts";

const spec = { id: "b", capacity: 10, perFill: 3, intervalMs: 1_000 };

Deno.test("refill() fills by whole intervals, the first of which ends one interval after the start", () => {
  const bucket = fullBucket(spec, 500);
  add(bucket, spec, -10);
  const levels = [500, 1_499, 1_500, 2_499, 2_500, 5_499, 5_500, 9_000].map((nowMs) => {
    refill(bucket, spec, nowMs);
    return bucket.level;
  });
  assert.deepEqual(levels, [0, 0, 3, 3, 6, 10, 10, 10]);
  assert.equal(bucket.filledMs, 8_500);
});

Deno.test("refill() leaves a bucket alone when a clock goes back", () => {
  const bucket = fullBucket(spec, 10_000);
  add(bucket, spec, -4);
  refill(bucket, spec, 1);
  assert.deepEqual(bucket, { level: 6, filledMs: 10_000 });
});

Deno.test("add() makes neither debt nor excess", () => {
  const bucket = fullBucket(spec, 0);
  add(bucket, spec, 5);
  assert.equal(bucket.level, 10);
  add(bucket, spec, -25);
  assert.equal(bucket.level, 0);
});

Deno.test("untilEnoughMs() tells when there will be enough, if ever", () => {
  const cases = [
    { need: 1, remaining: 1, resetMs: 400, expected: 0 },
    { need: 1, remaining: 0, resetMs: 400, expected: 400 },
    { need: 4, remaining: 0, resetMs: 400, expected: 1_400 },
    { need: 10, remaining: 2, resetMs: 400, expected: 2_400 },
    { need: 11, remaining: 10, resetMs: 400, expected: undefined },
  ];
  for (const { need, expected, ...state } of cases) {
    assert.equal(untilEnoughMs(spec, need, state), expected, JSON.stringify({ need, state }));
  }
  assert.equal(untilEnoughMs({ ...spec, perFill: 0 }, 1, { remaining: 0, resetMs: 1 }), undefined);
});

Deno.test("a bucket never gives more in any window than it holds and what is filled in it", () => {
  const specs = fc.record({
    capacity: fc.integer({ min: 0, max: 50 }),
    perFill: fc.integer({ min: 0, max: 50 }),
    intervalMs: fc.integer({ min: 1, max: 1_000 }),
  }).filter(({ capacity, perFill }) => perFill <= capacity);
  const steps = fc.array(
    fc.record({
      waitMs: fc.integer({ min: 0, max: 1_500 }),
      want: fc.integer({ min: 0, max: 20 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(fc.property(specs, steps, (given, asked) => {
    const whole = { id: "b", ...given };
    const bucket = fullBucket(whole, 0);
    const taken: { readonly atMs: number; readonly amount: number }[] = [];
    let nowMs = 0;
    for (const { waitMs, want } of asked) {
      nowMs += waitMs;
      refill(bucket, whole, nowMs);
      if (bucket.level < want) continue;
      add(bucket, whole, -want);
      taken.push({ atMs: nowMs, amount: want });
    }
    for (const [from, { atMs: startMs }] of taken.entries()) {
      let sum = 0;
      for (const { atMs, amount } of taken.slice(from)) {
        sum += amount;
        const { intervalMs } = whole;
        const fills = Math.floor(atMs / intervalMs) - Math.floor(startMs / intervalMs);
        assert.ok(sum <= whole.capacity + fills * whole.perFill);
      }
    }
  }));
});
