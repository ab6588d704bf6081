import assert from "node:assert/strict";
import { jsonValue, printable, quoted, textValue } from "../../src/telemetry/log_values.ts";

Deno.test("textValue() leaves plain values unquoted and quotes all others", () => {
  for (const plain of ["/v1/models?a=b&c", "HTTP/1.1", "[::1]:80", "internal/llm:*"]) {
    assert.equal(textValue(plain), plain);
  }
  assert.equal(textValue(""), '""');
  assert.equal(textValue("a b"), '"a b"');
  assert.equal(textValue('a"b'), '"a\\"b"');
  assert.equal(textValue("a\\b"), '"a\\\\b"');
  assert.equal(textValue("a\nb\tc"), '"a\\nb\\tc"');
  assert.equal(textValue("größe"), '"größe"');
  assert.equal(textValue(true), "true");
});

Deno.test("quoted() escapes what could not be seen", () => {
  assert.equal(quoted("\u007f\u0085\u2028\u202e\ud800"), '"\\u007f\\u0085\\u2028\\u202e\\ud800"');
  assert.equal(quoted("\u{e0041}"), '"\\udb40\\udc41"');
});

Deno.test("printable() escapes only what could not be seen", () => {
  assert.equal(printable('says "a\\b"\r\n\u001b[2J'), 'says "a\\b"\\r\\n\\u001b[2J');
});

Deno.test("textValue() and jsonValue() write numbers without an exponent", () => {
  const cases: readonly [number, string][] = [
    [0, "0"],
    [0.7, "0.7"],
    [1e21, "1000000000000000000000"],
    [-1.5e-9, "-0.0000000015"],
    [5e-324, `0.${"0".repeat(323)}5`],
    [Number.MAX_VALUE, BigInt(Number.MAX_VALUE).toString()],
  ];
  for (const [number, expected] of cases) {
    assert.equal(textValue(number), expected);
    assert.equal(jsonValue(number), expected);
    assert.equal(Number(expected), number);
  }
});

Deno.test("jsonValue() writes numbers that JSON lacks as strings", () => {
  assert.equal(jsonValue(Infinity), '"Infinity"');
  assert.equal(textValue(NaN), "NaN");
});
