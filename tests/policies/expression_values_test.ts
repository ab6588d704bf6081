import assert from "node:assert/strict";
import fc from "fast-check";
import { compileExpression } from "../../src/cel/compile.ts";
import {
  bodyBytes,
  headerValues,
  looksAtBody,
  valueOf,
} from "../../src/policies/expression_values.ts";

Deno.test("headerValues() takes what is legal in a header, and no part of what is not", () => {
  const cases: readonly (readonly [unknown, readonly string[] | undefined])[] = [
    ["text", ["text"]],
    ["", [""]],
    ["caf\u00e9", ["caf\u00e9"]],
    [1.5, ["1.5"]],
    [7n, ["7"]],
    [true, ["true"]],
    [new TextEncoder().encode("bytes"), ["bytes"]],
    [["a", "b"], ["a", "b"]],
    [[], []],
    ["a\r\nx-admin: true", undefined],
    ["a\nb", undefined],
    ["a\0b", undefined],
    ["\u{1f600}", undefined],
    [["a", "b\nc"], undefined],
    [["a", ["b"]], undefined],
    [null, undefined],
    [undefined, undefined],
    [{ a: 1 }, undefined],
  ];
  for (const [value, wanted] of cases) assert.deepEqual(headerValues(value), wanted);
});

Deno.test("headerValues() gives nothing that Headers would refuse", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    for (const value of headerValues(text) ?? []) new Headers({ "x-a": value });
  }));
});

Deno.test("bodyBytes() writes texts and bytes as they are, and all else as JSON", () => {
  const text = (value: unknown) => new TextDecoder().decode(bodyBytes(value));
  assert.equal(text("a\u{1f600}"), "a\u{1f600}");
  assert.equal(text(new TextEncoder().encode("b")), "b");
  assert.equal(text({ a: [1, "x", null] }), '{"a":[1,"x",null]}');
  assert.equal(text(1), "1");
  assert.equal(text(undefined), "");
  assert.equal(text(null), "");
});

Deno.test("valueOf() is undefined where an expression fails", () => {
  assert.equal(valueOf(compileExpression('"a" + "b"'), {}), "ab");
  assert.equal(valueOf(compileExpression("nothing.there"), {}), undefined);
});

Deno.test("looksAtBody() tells which messages have to be read", () => {
  const cases: readonly (readonly [string, boolean, boolean])[] = [
    ["1 + 1", false, false],
    ['request.headers["x-a"]', false, false],
    ["response.code", false, false],
    ["request.body", true, false],
    ["size(request.bodyPrefix)", true, false],
    ["has(response.body) && request.path == '/'", false, true],
    ["variables()", true, true],
    ["toJson(request)", true, false],
  ];
  for (const [source, request, response] of cases) {
    const expressions = [compileExpression("1"), compileExpression(source)];
    assert.equal(looksAtBody(expressions, "request"), request, source);
    assert.equal(looksAtBody(expressions, "response"), response, source);
  }
});
