import assert from "node:assert/strict";
import { parseDurationMs } from "../../src/lib/duration.ts";

Deno.test("parseDurationMs() reads durations as Go writes them", () => {
  const cases: readonly [string, number][] = [
    ["0", 0],
    ["0s", 0],
    ["500ms", 500],
    ["2s", 2_000],
    ["1m30s", 90_000],
    ["24h", 86_400_000],
    ["1h0m0.5s", 3_600_500],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["1.s", 1_000],
    ["100us", 0.1],
    ["100µs", 0.1],
    ["100μs", 0.1],
    ["1000000ns", 1],
    ["10m0s", 600_000],
  ];
  for (const [text, expected] of cases) assert.equal(parseDurationMs(text), expected, text);
});

Deno.test("parseDurationMs() refuses everything else", () => {
  const cases = ["", "5", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1d", "1S", "1e3s", ".s", "1ss"];
  for (const text of [...cases, `${"9".repeat(400)}h`]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});
