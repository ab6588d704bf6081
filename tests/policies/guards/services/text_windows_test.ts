import assert from "node:assert/strict";
import fc from "fast-check";
import { textWindows } from "../../../../src/policies/guards/services/text_windows.ts";

Deno.test("textWindows() shows every passage of a text whole that fits the overlap", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 2_000 });
  fc.assert(fc.property(text, fc.integer({ min: 300, max: 900 }), (whole, most) => {
    const windows = textWindows(whole, most);
    const codePoints = Array.from(whole);
    assert.ok(windows.every((window) => Array.from(window).length <= most));
    for (let at = 0; at < codePoints.length; at += 50) {
      const passage = codePoints.slice(at, at + 200).join("");
      assert.ok(windows.some((window) => window.includes(passage)));
    }
  }));
});

Deno.test("textWindows() leaves a text alone that is short enough", () => {
  assert.deepEqual(textWindows("", 10), [""]);
  assert.deepEqual(textWindows("x".repeat(1_000), 1_000), ["x".repeat(1_000)]);
  assert.equal(textWindows("x".repeat(1_001), 1_000).length, 2);
});
