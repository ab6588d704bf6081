import assert from "node:assert/strict";
import type { HealthHints } from "../../../src/policies/shared/health_hints.ts";
import { announcements } from "../../../src/routing/health/announcements.ts";
import { EPOCH_MS, watch } from "./watch.ts";

/** Gateways that hear each other at once, themselves too. */
function wire(): HealthHints & { readonly said: [string, number][] } {
  const said: [string, number][] = [];
  const handlers = new Set<(member: string, untilMs: number) => void>();
  return {
    said,
    announce(member, untilMs) {
      said.push([member, untilMs]);
      for (const handler of handlers) handler(member, untilMs);
    },
    onAnnounced(handler) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
  };
}

Deno.test("announcements() leave a target out at every gateway, for the same time", () => {
  const hints = wire();
  const here = watch({ durationMs: 5_000 }, announcements(hints, () => EPOCH_MS).of("a"));
  const there = watch({ durationMs: 5_000 }, announcements(hints, () => EPOCH_MS).of("a"));
  const other = watch({ durationMs: 5_000 }, announcements(hints, () => EPOCH_MS).of("b"));
  here.call(500);
  assert.deepEqual(hints.said, [["a", EPOCH_MS + 5_000]]);
  for (const gateway of [here, there]) {
    gateway.nowMs = 4_999;
    assert.equal(gateway.health.isEvicted, true);
    gateway.nowMs = 5_000;
    assert.equal(gateway.health.isEvicted, false);
  }
  assert.equal(other.health.isEvicted, false);
});

Deno.test("a failure during another gateway's eviction does not evict again", () => {
  const hints = wire();
  const watched = watch({ durationMs: 5_000 }, announcements(hints, () => EPOCH_MS).of("a"));
  hints.announce("a", EPOCH_MS + 1_000);
  watched.call(500);
  watched.nowMs = 1_000;
  assert.equal(watched.health.isEvicted, false);
  assert.equal(hints.said.length, 1);
});

Deno.test("announcements() keep the latest end, and drop what is no time", () => {
  const hints = wire();
  const { untilEpochMs } = announcements(hints, () => EPOCH_MS).of("a");
  assert.equal(untilEpochMs(), undefined);
  for (const end of [EPOCH_MS - 1, Number.NaN, Infinity]) hints.announce("a", end);
  assert.equal(untilEpochMs(), undefined);
  hints.announce("a", EPOCH_MS + 2_000);
  hints.announce("a", EPOCH_MS + 1_000);
  assert.equal(untilEpochMs(), EPOCH_MS + 2_000);
});

Deno.test("announcements() keep a bounded number of members, and make room when they are over", () => {
  const hints = wire();
  let nowMs = EPOCH_MS;
  const kept = announcements(hints, () => nowMs);
  for (let index = 0; index < 10_000; index++) hints.announce(`m${index}`, EPOCH_MS + 1_000);
  hints.announce("one more", EPOCH_MS + 5_000);
  assert.equal(kept.of("one more").untilEpochMs(), undefined);
  nowMs += 1_000;
  hints.announce("one more", EPOCH_MS + 5_000);
  assert.equal(kept.of("one more").untilEpochMs(), EPOCH_MS + 5_000);
  assert.equal(kept.of("m0").untilEpochMs(), undefined);
});
