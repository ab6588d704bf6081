import assert from "node:assert/strict";
import { didYouMean, nearest } from "../../src/lib/did_you_mean.ts";

const LONG = "long".repeat(20);

Deno.test("nearest() finds the candidate with the fewest edits", () => {
  const keys = ["port", "protocol", "apiKey", "hostOverride", LONG];
  const cases: readonly [string, string | undefined][] = [
    ["prot", "port"],
    ["protcol", "protocol"],
    ["apikey", "apiKey"],
    ["hostOverrride", "hostOverride"],
    ["PORT", "port"],
    ["x", undefined],
    ["", undefined],
    ["something", undefined],
    ["p".repeat(100_000), undefined],
    [`${LONG}x`, undefined],
  ];
  for (const [word, expected] of cases) {
    assert.equal(nearest(word, keys), expected, word.slice(0, 20));
  }
});

Deno.test("nearest() prefers the earlier of equally near candidates", () => {
  assert.equal(nearest("hose", ["host", "hope"]), "host");
});

Deno.test("didYouMean() is empty when nothing is near", () => {
  assert.equal(didYouMean("prot", ["port"]), " (did you mean port?)");
  assert.equal(didYouMean("zzzz", ["port"]), "");
  assert.equal(didYouMean("prot", []), "");
});
