import assert from "node:assert/strict";
import fc from "fast-check";
import { formatUsd, nanosOf, parseUsd, USD_MAX } from "../../../src/policies/budget/usd.ts";

Deno.test("parseUsd() reads decimals exactly, and nothing else", () => {
  const amounts = { "12.5": 12_500_000_000, "0.000000001": 1, "0.1": 100_000_000, "7": 7e9 };
  for (const [text, nanos] of Object.entries(amounts)) assert.equal(parseUsd(text), nanos, text);
  assert.equal(parseUsd(0.3), 300_000_000);
  assert.ok(Number.isSafeInteger(parseUsd(USD_MAX)));
  for (const none of ["", "-1", "1e3", "1.", ".5", "$1", "1,5", "0.0000000001", 1e-10, NaN, 1e21]) {
    assert.equal(parseUsd(none), undefined, String(none));
  }
});

Deno.test("formatUsd() writes what parseUsd() reads", () => {
  assert.equal(formatUsd(1_500_000_000), "$1.50");
  assert.equal(formatUsd(10_000_000_000), "$10.00");
  assert.equal(formatUsd(123), "$0.000000123");
  fc.assert(fc.property(fc.nat(), (nanos) => {
    assert.equal(parseUsd(formatUsd(nanos).slice(1)), nanos);
  }));
});

Deno.test("nanosOf() finds the exact decimal behind a computed price", () => {
  assert.equal(nanosOf(0.1 + 0.2), 300_000_000);
  let sum = 0;
  for (let count = 0; count < 1_000_000; count++) sum += nanosOf(0.000_001_1);
  assert.equal(formatUsd(sum), "$1.10");
});
