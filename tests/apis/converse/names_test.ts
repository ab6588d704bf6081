import assert from "node:assert/strict";
import fc from "fast-check";
import { callIds, toolNames } from "../../../src/apis/converse/names.ts";
import { call, chatOf } from "./ask.ts";

const LEGAL = /^[A-Za-z0-9_-]{1,64}$/;

Deno.test("toolNames() writes what the API takes", () => {
  const names = callIds();
  assert.equal(names.written("get_weather-2"), "get_weather-2");
  assert.equal(names.written("get.weather"), "get_weather");
  assert.match(names.written("get weather"), /^get_weather_[0-9a-f]{6}$/);
  assert.equal(names.written("get.weather"), "get_weather");
  assert.equal(names.written(""), "call");
  assert.match(names.written("x".repeat(65)), /^x{57}_[0-9a-f]{6}$/);
  assert.equal(toolNames(chatOf()).written(""), "tool");
});

Deno.test("toolNames() gives any names legal ones, one to one, and finds them again", () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("a", ".", "/", "_") }),
    fc.string({ minLength: 60, maxLength: 70, unit: fc.constantFrom("a", ".") }),
  );
  fc.assert(fc.property(fc.uniqueArray(name), (originals) => {
    const names = callIds();
    const written = originals.map(names.written);
    assert.equal(new Set(written).size, originals.length);
    for (const [index, one] of written.entries()) {
      assert.match(one, LEGAL);
      assert.equal(names.original(one), originals[index]);
    }
  }));
});

Deno.test("toolNames() registers definitions first, then the choice, then history", () => {
  const chat = chatOf({
    turns: [{ role: "assistant", blocks: [call("1", "a_b"), call("2", "a b")] }],
    tools: [{ type: "function", name: "a.b" }],
    toolChoice: { name: "a/b" },
  });
  const names = toolNames(chat);
  assert.equal(names.original("a_b"), "a.b");
  assert.match(names.written("a/b"), /^a_b_/);
  assert.match(names.written("a_b"), /^a_b_/);
  assert.equal(names.original("made_up"), "made_up");
});
