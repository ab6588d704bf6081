import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesWildcards } from "../../src/lib/wildcards.ts";

Deno.test("matchesWildcards() takes any text for a star, as a regular expression would", () => {
  const letters = fc.array(fc.constantFrom("a", "b", "*", ".", "/"), { maxLength: 8 });
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const expected = new RegExp(
        `^${pattern.map((it) => it === "*" ? ".*" : it.replace(/[./]/, "\\$&")).join("")}$`,
        "s",
      );
      const word = text.join("");
      assert.equal(matchesWildcards(pattern.join(""), word), expected.test(word));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("matchesWildcards() is soon done with a pattern that is made to take for ever", () => {
  const started = performance.now();
  assert.equal(matchesWildcards(`${"*a".repeat(200)}b`, "a".repeat(2000)), false);
  assert.ok(performance.now() - started < 1000);
});
