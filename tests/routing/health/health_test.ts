import assert from "node:assert/strict";
import { DEFAULT_RULES, type EvictionRules } from "../../../src/routing/health/rules.ts";
import { outcome, watch, type Watched } from "./watch.ts";

const WITH_FALLBACK = { fallbackMs: 3_000 };

function repeat(count: number, act: () => void): void {
  for (let done = 0; done < count; done++) act();
}

/** How long it is left out from now on; it is back after that. */
function evictedMs(watched: Watched): number {
  const startMs = watched.nowMs;
  const endMs = watched.state.evictedUntilMs ?? startMs;
  watched.nowMs = endMs - 1;
  assert.equal(watched.health.isEvicted, true, "left out to the last");
  watched.nowMs = endMs;
  assert.equal(watched.health.isEvicted, false, "back");
  return endMs - startMs;
}

Deno.test("health() goes 0.7, 0.49, 0.343 with three failures from 1", () => {
  const watched = watch();
  const seen = [500, undefined, 503].map((status) => {
    watched.call(status);
    return Number(watched.state.health.toFixed(6));
  });
  assert.deepEqual(seen, [0.7, 0.49, 0.343]);
});

Deno.test("health() replaces a stored 0 with the next sample, the latency's at first", () => {
  const watched = watch();
  watched.call(200, { durationMs: 2_000 });
  assert.equal(watched.state.latencyS, 2);
  watched.call(200, { durationMs: 1_000 });
  assert.equal(watched.state.latencyS.toFixed(6), "1.700000");
  watched.state.health = 0;
  watched.call(200);
  assert.equal(watched.state.health, 1);
});

Deno.test("health() takes no latency from a failure", () => {
  const watched = watch();
  watched.call(500, { durationMs: 9_000 });
  assert.equal(watched.state.latencyS, 0);
});

Deno.test("score is health / (1 + latency x (1 + 0.1 x pending))", () => {
  const watched = watch();
  assert.equal(watched.health.score, 1);
  watched.call(200, { durationMs: 2_000 });
  assert.equal(watched.health.score, 1 / 3);
  const ends = [1, 2, 3, 4, 5].map(() => watched.health.begin());
  assert.equal(watched.health.pending, 5);
  assert.equal(watched.health.score, 1 / (1 + 2 * 1.5));
  ends.forEach((end) => end(outcome(undefined, { neutral: true })));
  assert.equal(watched.health.score, 1 / 3);
  watched.call(500);
  assert.equal(watched.health.score, 0.7 / 3);
});

Deno.test("begin() ends a call once", () => {
  const watched = watch();
  const end = watched.health.begin();
  end(outcome(500));
  end(outcome(500));
  assert.deepEqual([watched.health.pending, watched.state.failuresInARow], [0, 1]);
});

Deno.test("begin() counts a neutral outcome neither as success nor as failure", () => {
  const watched = watch(WITH_FALLBACK);
  const before = { ...watched.state };
  watched.call(undefined, { neutral: true, durationMs: 5_000 });
  watched.call(200, { neutral: true, durationMs: 5_000 });
  assert.deepEqual(watched.state, before);
});

const FAILURES: readonly [number | undefined, Record<string, string>, boolean][] = [
  [200, {}, false],
  [302, {}, false],
  [400, {}, false],
  [401, {}, false],
  [404, {}, false],
  [429, {}, false],
  [499, {}, false],
  [500, {}, true],
  [503, {}, true],
  [599, {}, true],
  [undefined, {}, true],
  [200, { "grpc-status": "0" }, false],
  [200, { "grpc-status": "14" }, true],
];

for (const [status, headers, isFailure] of FAILURES) {
  const shown = `${status ?? "no answer"} ${JSON.stringify(headers)}`;
  Deno.test(`health() takes ${shown} for a ${isFailure ? "failure" : "success"}`, () => {
    const watched = watch(WITH_FALLBACK);
    watched.call(status, { headers: new Headers(headers) });
    assert.equal(watched.health.isEvicted, isFailure);
  });
}

Deno.test("eviction: {} leaves out at any failure, for 3 s", () => {
  const watched = watch(WITH_FALLBACK);
  watched.call(200);
  assert.equal(watched.health.isEvicted, false);
  watched.call(500);
  assert.equal(evictedMs(watched), 3_000);
});

Deno.test("health: {} never leaves out without a hint or a retry's backoff", () => {
  const watched = watch({});
  repeat(50, () => watched.call(500));
  assert.equal(watched.health.isEvicted, false);
  watched.call(500, { retryBackoffMs: 250 });
  assert.equal(evictedMs(watched), 250);
});

Deno.test("consecutiveFailures counts the current failure, and begins anew at a success", () => {
  const watched = watch({ ...WITH_FALLBACK, consecutiveFailures: 3 });
  repeat(2, () => watched.call(500));
  watched.call(200);
  repeat(2, () => watched.call(500));
  assert.equal(watched.health.isEvicted, false);
  watched.call(500);
  assert.equal(watched.health.isEvicted, true);
});

Deno.test("consecutiveFailures leaves out at the first failure after the return", () => {
  const watched = watch({ ...WITH_FALLBACK, consecutiveFailures: 3 });
  repeat(3, () => watched.call(500));
  assert.equal(evictedMs(watched), 3_000);
  watched.call(500);
  assert.equal(evictedMs(watched), 6_000);
});

Deno.test("healthThreshold compares the health before the failure, strictly", () => {
  const watched = watch({ ...WITH_FALLBACK, healthThreshold: 0.7 });
  watched.call(500);
  assert.equal(watched.health.isEvicted, false, "health was 1");
  watched.state.health = 0.7;
  watched.call(500);
  assert.equal(watched.health.isEvicted, false, "health was 0.7");
  watched.call(500);
  assert.equal(watched.health.isEvicted, true, "health was 0.49");
});

Deno.test("either threshold is enough", () => {
  const rules = { ...WITH_FALLBACK, healthThreshold: 0.5, consecutiveFailures: 2 };
  const failing = watch(rules);
  repeat(2, () => failing.call(500));
  assert.equal(failing.health.isEvicted, true);
  const weak = watch(rules);
  weak.state.health = 0.4;
  weak.call(500);
  assert.equal(weak.health.isEvicted, true);
});

Deno.test("an eviction is as often longer as there were ones before, until a success", () => {
  const watched = watch({ durationMs: 1_000 });
  const lengths = [1, 2, 3, 4].map(() => {
    watched.call(500);
    return evictedMs(watched);
  });
  assert.deepEqual(lengths, [1_000, 2_000, 3_000, 4_000]);
  watched.call(200);
  watched.call(500);
  assert.equal(evictedMs(watched), 1_000);
});

Deno.test("a failure in flight does not make an eviction longer", () => {
  const watched = watch({ durationMs: 1_000 });
  const late = watched.health.begin();
  watched.call(500);
  watched.nowMs = 900;
  late(outcome(500));
  assert.equal(watched.state.timesEvicted, 1);
  assert.equal(evictedMs(watched), 100);
});

Deno.test("restoreHealth is the health after an eviction; without it health stays", () => {
  const restored = watch({ durationMs: 1_000, restoreHealth: 0.5 });
  const unchanged = watch({ durationMs: 1_000 });
  for (const watched of [restored, unchanged]) {
    watched.call(500);
    assert.equal(watched.health.score, 0.7);
    watched.nowMs = 1_000;
  }
  assert.equal(restored.health.score, 0.5);
  assert.equal(unchanged.health.score, 0.7);
  restored.call(500);
  assert.equal(restored.health.score.toFixed(3), "0.350");
});

Deno.test("restoreHealth is there before an outcome that comes first after the return", () => {
  const watched = watch({ durationMs: 1_000, restoreHealth: 1 });
  const late = watched.health.begin();
  repeat(5, () => watched.call(500));
  watched.nowMs = 1_000;
  late(outcome(500));
  assert.equal(watched.state.health, 0.7);
});

const BASES: readonly [string, EvictionRules, number][] = [
  ["duration", { durationMs: 7_000, fallbackMs: 3_000 }, 7_000],
  ["the hint of a 429", { fallbackMs: 3_000 }, 20_000],
];

for (const [name, eviction, lengthMs] of BASES) {
  Deno.test(`an eviction takes its length from ${name} first`, () => {
    const watched = watch({ isFailure: () => true, eviction });
    const headers = new Headers({ "retry-after": "20" });
    watched.call(429, { headers, retryBackoffMs: 100 });
    assert.equal(evictedMs(watched), lengthMs);
  });
}

Deno.test("an eviction takes a hint from a 429 alone", () => {
  const watched = watch({ fallbackMs: 3_000 });
  watched.call(503, { headers: new Headers({ "retry-after": "20" }) });
  assert.equal(evictedMs(watched), 3_000);
});

Deno.test("an eviction takes a retry's backoff before the 3 s", () => {
  const watched = watch({ fallbackMs: 3_000 });
  watched.call(503, { retryBackoffMs: 100 });
  assert.equal(evictedMs(watched), 100);
});

Deno.test("an eviction is told to the operator, with how long and why", () => {
  const watched = watch({ durationMs: 1_500, consecutiveFailures: 2 });
  watched.call(500);
  watched.call(undefined);
  watched.call(502);
  assert.deepEqual(watched.warned, [
    'health: "a" is left out for 1.5 s after 2 failed calls in a row, the last with no answer',
  ]);
});

Deno.test("without a policy three failures in a row leave out, for at most a minute", () => {
  const watched = watch(DEFAULT_RULES);
  repeat(2, () => watched.call(429));
  assert.equal(watched.health.isEvicted, false);
  watched.call(undefined);
  const lengths = [evictedMs(watched)];
  repeat(29, () => {
    watched.call(500);
    lengths.push(evictedMs(watched));
  });
  assert.deepEqual(lengths.slice(0, 3), [3_000, 6_000, 9_000]);
  assert.equal(Math.max(...lengths), 60_000);
});

const DEFAULT_FAILURES: readonly [number, boolean][] = [
  [200, false],
  [400, false],
  [401, true],
  [402, true],
  [403, true],
  [404, false],
  [408, true],
  [409, false],
  [413, false],
  [422, false],
  [424, true],
  [429, true],
  [500, true],
];

for (const [status, isFailure] of DEFAULT_FAILURES) {
  Deno.test(`without a policy ${status} is a ${isFailure ? "failure" : "success"}`, () => {
    assert.equal(DEFAULT_RULES.isFailure(outcome(status)), isFailure);
  });
}
