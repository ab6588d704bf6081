import assert from "node:assert/strict";
import fc from "fast-check";
import { allowedModels, modelPattern } from "../../../src/policies/auth/allowed_models.ts";

function allowing(...texts: readonly string[]) {
  return allowedModels(texts.map((text) => {
    const pattern = modelPattern(text);
    assert.ok(pattern, text);
    return pattern;
  }));
}

Deno.test("modelPattern() reads one star at one end", () => {
  assert.deepEqual(modelPattern("gpt-4o"), { type: "name", name: "gpt-4o" });
  assert.deepEqual(modelPattern("gpt-*"), { type: "prefix", text: "gpt-" });
  assert.deepEqual(modelPattern("*-mini"), { type: "suffix", text: "-mini" });
  assert.deepEqual(modelPattern("*"), { type: "prefix", text: "" });
  for (const text of ["", "**", "*a*", "a*b", "a*b*"]) assert.equal(modelPattern(text), undefined);
});

const ALLOWED: readonly (readonly [readonly string[], string, boolean])[] = [
  [[], "gpt-4o", false],
  [["*"], "gpt-4o", true],
  [["*"], "", true],
  [["gpt-4o"], "gpt-4o", true],
  [["gpt-4o"], "gpt-4o-mini", false],
  [["gpt-4o"], "GPT-4o", false],
  [["gpt-*"], "gpt-4o", true],
  [["gpt-*"], "gpt-", true],
  [["gpt-*"], "my-gpt-4o", false],
  [["*-mini"], "gpt-4o-mini", true],
  [["*-mini"], "-mini", true],
  [["*-mini"], "gpt-4o-mini-2", false],
  [["a", "gpt-*"], "gpt-4o", true],
];

Deno.test("allowsModel() matches names, beginnings and ends", () => {
  for (const [texts, model, expected] of ALLOWED) {
    assert.equal(allowing(...texts).allowsModel(model), expected, `${texts} ${model}`);
  }
});

Deno.test("allowsModel() allows all models where the key says nothing", () => {
  const all = allowedModels(undefined);
  assert.equal(all.allowsModel("anything"), true);
  assert.deepEqual(all.allowedNames("openai/*"), ["openai/*"]);
});

const LISTED: readonly (readonly [readonly string[], string, readonly string[]])[] = [
  [["gpt-4o"], "gpt-4o", ["gpt-4o"]],
  [["gpt-4o"], "gpt-5", []],
  [["gpt-*"], "gpt-5", ["gpt-5"]],
  [[], "openai/*", []],
  [["openai/a", "other", "openai/b"], "openai/*", ["openai/a", "openai/b"]],
  [["openai/a", "openai/gpt-*"], "openai/*", ["openai/a", "openai/*"]],
  [["open*"], "openai/*", ["openai/*"]],
  [["anthropic/*"], "openai/*", []],
  [["*-mini"], "openai/*", ["openai/*"]],
  [["*-mini"], "*4o-mini", ["*4o-mini"]],
  [["*-mini"], "*-nano", []],
  [["*"], "openai/*", ["openai/*"]],
  [["a", "b-mini"], "*", ["a", "b-mini"]],
  [["a", "a"], "*", ["a"]],
];

Deno.test("allowedNames() shows the names that a wildcard covers, and what overlaps", () => {
  for (const [texts, model, expected] of LISTED) {
    assert.deepEqual(allowing(...texts).allowedNames(model), expected, `${texts} ${model}`);
  }
});

const word = fc.stringMatching(/^[ab/-]{0,5}$/);
const pattern = fc.oneof(
  word.filter((text) => text !== ""),
  word.map((text) => `${text}*`),
  word.map((text) => `*${text}`),
);

Deno.test("allowsModel() says what a regular expression of the pattern says", () => {
  fc.assert(fc.property(fc.array(pattern, { maxLength: 4 }), word, (texts, model) => {
    const expected = texts.some((text) =>
      new RegExp(`^${text.replaceAll("*", ".*")}$`, "s").test(model)
    );
    assert.equal(allowing(...texts).allowsModel(model), expected);
  }));
});

Deno.test("allowedNames() shows only what may be asked for, or a wildcard with such names", () => {
  fc.assert(fc.property(fc.array(pattern, { maxLength: 4 }), pattern, (texts, model) => {
    const key = allowing(...texts);
    for (const name of key.allowedNames(model)) {
      if (name === model && name.includes("*")) {
        // Overlapping wildcards of different ends have a common name: one after the other.
        const own = model.replace("*", "");
        const common = texts.filter((text) => text.includes("*"))
          .flatMap((text) => [text.replace("*", "") + own, own + text.replace("*", ""), own])
          .concat(texts.map((text) => text.replace("*", "")));
        assert.ok(common.some((one) => key.allowsModel(one) && allowing(model).allowsModel(one)));
      } else {
        assert.ok(key.allowsModel(name), name);
        assert.ok(allowing(model).allowsModel(name), name);
      }
    }
  }));
});
