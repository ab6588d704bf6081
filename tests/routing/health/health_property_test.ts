import assert from "node:assert/strict";
import fc from "fast-check";
import { outcome, watch } from "./watch.ts";

type Step =
  | { readonly type: "begin" }
  | {
    readonly type: "end";
    readonly status: number | undefined;
    readonly durationMs: number;
    readonly neutral: boolean;
  }
  | { readonly type: "wait"; readonly forMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ type: "begin" } as const),
  fc.record({
    type: fc.constant("end" as const),
    status: fc.constantFrom(200, 400, 429, 500, 503, undefined),
    durationMs: fc.integer({ min: 0, max: 600_000 }),
    neutral: fc.boolean(),
  }),
  fc.record({ type: fc.constant("wait" as const), forMs: fc.integer({ min: 0, max: 20_000 }) }),
);

const rules = fc.record({
  durationMs: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  fallbackMs: fc.option(fc.constant(3_000), { nil: undefined }),
  restoreHealth: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  consecutiveFailures: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  healthThreshold: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
});

Deno.test("health() keeps scores within 0 and 1 and counts what is in flight", () => {
  fc.assert(fc.property(rules, fc.array(step, { maxLength: 60 }), (eviction, steps) => {
    const watched = watch(eviction);
    const open: ReturnType<typeof watched.health.begin>[] = [];
    for (const one of steps) {
      if (one.type === "begin") open.push(watched.health.begin());
      else if (one.type === "wait") watched.nowMs += one.forMs;
      else open.shift()?.(outcome(one.status, one));
      const { score, pending } = watched.health;
      assert.ok(score >= 0 && score <= 1, `score ${score}`);
      assert.ok(watched.state.health >= 0 && watched.state.health <= 1);
      assert.equal(pending, open.length);
    }
  }));
});

/** What the text says, told once more and in another way: the last failures of a history. */
function failuresInARow(statuses: readonly number[]): number {
  return statuses.length - 1 - statuses.findLastIndex((status) => status < 500);
}

Deno.test("health() leaves out exactly when so many failures in a row have come", () => {
  const statuses = fc.array(fc.constantFrom(200, 429, 500, 503), { maxLength: 40 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), statuses, (wanted, history) => {
    const watched = watch({ durationMs: 10, consecutiveFailures: wanted });
    let times = 0;
    for (const [index, status] of history.entries()) {
      watched.call(status);
      const row = failuresInARow(history.slice(0, index + 1));
      assert.equal(watched.state.failuresInARow, row);
      if (row === 0) times = 0;
      const isOut = row >= wanted;
      if (isOut) times += 1;
      assert.equal(watched.health.isEvicted, isOut);
      assert.equal(watched.state.timesEvicted, times);
      if (isOut) assert.equal(watched.state.evictedUntilMs, watched.nowMs + 10 * times);
      watched.nowMs += 10 * times;
      assert.equal(watched.health.isEvicted, false);
    }
  }));
});
