import assert from "node:assert/strict";
import type { HealthConfig } from "../../src/config/schema/health.ts";
import { announcements } from "../../src/routing/health/announcements.ts";
import type { Outcome } from "../../src/routing/health/outcome.ts";
import { compileHealth, healthOf } from "../../src/runtime/health.ts";
import { compileContext } from "../support/compile_context.ts";

const AT = ["llm", "models", 0, "health"];

/** A member with a policy as it is written. */
function member(settings: HealthConfig | undefined, context = compileContext()) {
  const rules = compileHealth(settings, AT, context);
  assert.deepEqual(context.problems, []);
  const health = healthOf({ name: "m", key: "k", ...(rules && { rules }) }, context);
  return {
    context,
    health,
    call(status: number | undefined, headers: Record<string, string> = {}, llm: unknown = {}) {
      const response = { code: status, headers };
      const outcome: Outcome = {
        status,
        headers: new Headers(headers),
        durationMs: 1,
        variables: () => status === undefined ? { llm } : { response, llm },
      };
      health.begin()(outcome);
      return health.isEvicted;
    },
  };
}

const EVICTION = { eviction: {} };

const EXPRESSIONS: readonly [string, number | undefined, boolean][] = [
  ["response.code == 429 || response.code >= 500", 429, true],
  ["response.code == 429 || response.code >= 500", 404, false],
  ["response.code == 429 || response.code >= 500", undefined, false],
  ["!has(response.code) || response.code >= 500", undefined, true],
  ["default(response.code, 503) >= 500", undefined, true],
  ["llm.outputTokens == 0", 200, true],
  ["llm.nothing == 0", 200, false],
  ["response.code", 500, false],
  ["  ", 500, true],
  ["", undefined, true],
];

for (const [unhealthyExpression, status, isFailure] of EXPRESSIONS) {
  const shown = `${JSON.stringify(unhealthyExpression)} takes ${status ?? "no answer"}`;
  Deno.test(`unhealthyExpression ${shown} for a ${isFailure ? "failure" : "success"}`, () => {
    const { call } = member({ unhealthyExpression, ...EVICTION });
    assert.equal(call(status, {}, { outputTokens: 0 }), isFailure);
  });
}

Deno.test("a 429 evicts for as long as its hint says, where an expression counts it", () => {
  const unhealthyExpression = "response.code == 429 || response.code >= 500";
  const { call, context, health } = member({ unhealthyExpression, ...EVICTION });
  assert.equal(call(429, { "retry-after": "20" }), true);
  context.nowMs = 19_999;
  assert.equal(health.isEvicted, true);
  context.nowMs = 20_000;
  assert.equal(health.isEvicted, false);
});

Deno.test("health: {} evicts where there is a hint, and nowhere else", () => {
  const { call } = member({ unhealthyExpression: "response.code == 429" });
  assert.equal(call(429), false);
  assert.equal(call(429, { "retry-after": "20" }), true);
  assert.equal(member({}).call(503, { "retry-after": "20" }), false);
});

const EVICTIONS: readonly [NonNullable<HealthConfig["eviction"]>, number, number][] = [
  [{}, 1, 3_000],
  [{ duration: "10s" }, 1, 10_000],
  [{ duration: "1m", consecutiveFailures: 3 }, 3, 60_000],
  [{ duration: "500ms", healthThreshold: 0.5 }, 3, 500],
];

for (const [eviction, failures, lengthMs] of EVICTIONS) {
  const shown = JSON.stringify(eviction);
  Deno.test(`eviction ${shown} is for ${lengthMs} ms after ${failures} failures`, () => {
    const { call, context, health } = member({ eviction });
    const seen = Array.from({ length: failures }, () => call(500));
    assert.deepEqual(seen, seen.map((_, index) => index === failures - 1));
    context.nowMs = lengthMs - 1;
    assert.equal(health.isEvicted, true);
    context.nowMs = lengthMs;
    assert.equal(health.isEvicted, false);
  });
}

Deno.test("restoreHealth is the health after the eviction", () => {
  const { call, context, health } = member({ eviction: { restoreHealth: 0.25 } });
  call(500);
  context.nowMs = 3_000;
  assert.equal(health.score, 0.25);
});

Deno.test("without a policy three failures evict; health: {} switches that off", () => {
  const plain = member(undefined);
  assert.deepEqual([1, 2, 3].map(() => plain.call(429)), [false, false, true]);
  const off = member({});
  assert.deepEqual([1, 2, 3, 4].map(() => off.call(500)), [false, false, false, false]);
});

Deno.test("healthOf() goes on after a reload with what is known, by new rules", () => {
  const context = compileContext();
  const before = member({ eviction: { duration: "10s" } }, context);
  assert.equal(before.call(500), true);
  const after = member({ eviction: { duration: "10s", restoreHealth: 1 } }, context);
  assert.equal(after.health.isEvicted, true);
  context.nowMs = 10_000;
  assert.equal(after.health.score, 1);
  const ending = before.health.begin();
  assert.equal(after.health.pending, 1);
  ending({ status: 500, durationMs: 0, variables: () => ({}) });
  assert.equal(after.health.isEvicted, true);
});

Deno.test("healthOf() tells of evictions and hears of them by the member's key", () => {
  const context = compileContext();
  const said: [string, number][] = [];
  const announced = announcements({
    announce: (...words) => void said.push(words),
    onAnnounced: (handler) => {
      handler("k2", context.environment.epochMs() + 1_000);
      return () => {};
    },
  }, () => context.environment.epochMs());
  const rules = compileHealth(EVICTION, AT, context);
  const [first, second] = ["k1", "k2"].map((key) =>
    healthOf({ name: "m", key, ...(rules && { rules }) }, context, announced)
  );
  first?.begin()({ status: 500, durationMs: 0, variables: () => ({}) });
  assert.deepEqual(said, [["k1", context.environment.epochMs() + 3_000]]);
  assert.equal(second?.isEvicted, true);
});

Deno.test("compileHealth() points at an expression that is no CEL", () => {
  const context = compileContext();
  assert.equal(compileHealth({ unhealthyExpression: "response.code >=" }, AT, context), undefined);
  assert.deepEqual(context.problems.map(({ path }) => path), [[...AT, "unhealthyExpression"]]);
});
