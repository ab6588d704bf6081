import assert from "node:assert/strict";
import { occasionalWarning } from "../../../src/policies/shared/occasional_warning.ts";

Deno.test("occasionalWarning() tells at once, and then once a minute of all since", () => {
  const told: string[] = [];
  let nowMs = 0;
  const warn = occasionalWarning({
    now: () => nowMs,
    tell: (reason, times) => void told.push(`${times} ${reason}`),
  });
  warn("a");
  for (nowMs = 1; nowMs < 60_000; nowMs += 10_000) warn("b");
  assert.deepEqual(told, ["1 a"]);
  nowMs = 60_000;
  warn("c");
  assert.deepEqual(told, ["1 a", "7 c"]);
  nowMs = 120_000;
  warn("d");
  assert.deepEqual(told, ["1 a", "7 c", "1 d"]);
});
