import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { countTokens as countCl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as countO200k } from "gpt-tokenizer/encoding/o200k_base";
import { countTokens, pieces } from "../../src/lib/tokenizer.ts";

/** From https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken. */
const COUNTED: readonly [text: string, cl100k: number, o200k: number][] = [
  ["", 0, 0],
  ["tiktoken is great!", 6, 6],
  ["antidisestablishmentarianism", 6, 6],
  ["2 + 2 = 4", 7, 7],
  ["お誕生日おめでとう", 9, 8],
];

for (const [text, cl100k, o200k] of COUNTED) {
  Deno.test(`countTokens() of ${JSON.stringify(text)}`, async () => {
    assert.equal(await countTokens(text, "gpt-4"), cl100k);
    assert.equal(await countTokens(text, "gpt-4o"), o200k);
  });
}

/** A text that the encodings count differently. */
const BIRTHDAY = "お誕生日おめでとう";

const CL100K = [
  "claude-sonnet-4-5",
  "gemini-2.5-pro",
  "gpt-4",
  "gpt-4-turbo-2024-04-09",
  "gpt-3.5-turbo",
  "gpt-35-turbo",
  "ft:gpt-4:acme",
  "openai/gpt-4",
  "llama-3",
  "solo1",
  "",
];
const O200K = [
  "gpt-4o",
  "gpt-4o-mini-2024-07-18",
  "chatgpt-4o-latest",
  "gpt-4.1",
  "gpt-4.5-preview",
  "gpt-5",
  "gpt-5.6-luna",
  "gpt-oss-120b",
  "o1",
  "o3-mini",
  "ft:gpt-4o:acme",
  "openai/gpt-5-mini",
  "codex-mini-latest",
];

for (const [models, tokens] of [[CL100K, 9], [O200K, 8]] as const) {
  for (const model of models) {
    Deno.test(`countTokens() knows the encoding of "${model}"`, async () => {
      assert.equal(await countTokens(BIRTHDAY, model), tokens);
    });
  }
}

Deno.test("countTokens() takes special tokens for text", async () => {
  for (const model of ["gpt-4", "gpt-5"]) {
    assert.equal(await countTokens("<|endoftext|>", model), 7);
    assert.ok(await countTokens("<|im_start|>user<|im_end|><|fim_prefix|>", model) > 10);
  }
});

Deno.test("countTokens() sums several texts", async () => {
  assert.equal(await countTokens(["tiktoken is great!", "", "2 + 2 = 4"], "gpt-4"), 13);
  assert.equal(await countTokens([], "gpt-4"), 0);
});

const text = fc.array(
  fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.constantFrom(" ", "\n", "  \n", "\t"),
  ),
).map((parts) => parts.join(""));

Deno.test("countTokens() counts as the library does", async () => {
  await fc.assert(fc.asyncProperty(text, async (text) => {
    const options = { disallowedSpecial: new Set<string>() };
    assert.equal(await countTokens(text, "gpt-4"), countCl100k(text, options));
    assert.equal(await countTokens(text, "gpt-5"), countO200k(text, options));
  }));
});

Deno.test("countTokens() counts a long text as if it were not cut", async () => {
  const words =
    "It was a bright cold day in April,  and\n\tthe clocks (were) striking 13. 时钟敲了十三下。";
  const long = `${words} `.repeat(2000);
  assert.ok(long.length > 100_000);
  assert.equal(await countTokens(long, "gpt-4"), countCl100k(long));
  assert.equal(await countTokens(long, "gpt-5"), countO200k(long));
});

const run = fc.tuple(
  fc.constantFrom(
    "a",
    "aé",
    "-—",
    " ",
    " \u3000",
    " \n",
    "\t\u00a0\n",
    "\u{1f600}",
    "x\u{1f600}",
    "1",
  ),
  fc.integer({ min: 1, max: 700 }),
).map(([unit, times]) => unit.repeat(times));
const long = fc.array(fc.oneof(run, text), { maxLength: 60 }).map((parts) => parts.join(""));

Deno.test("pieces() leaves nothing out, parts no character, and has no long runs", () => {
  fc.assert(fc.property(long, (whole) => {
    const found = [...pieces(whole)];
    assert.equal(found.join(""), whole);
    for (const piece of found) {
      assert.ok(piece.isWellFormed());
      assert.ok(piece.length > 0 && piece.length < 4_700);
      assert.ok(!/\s{258}|\S{258}/.test(piece));
    }
  }));
});

Deno.test("pieces() cuts a text without long runs only now and then", () => {
  assert.ok([...pieces("some words\tand \n\n more ".repeat(5_000))].length < 40);
  assert.deepEqual([...pieces("")], []);
});

/** Runs whose count would take minutes in one piece. */
const RUNS: readonly [name: string, unit: string][] = [
  ["letters", "a"],
  ["letters of two kinds", "aé"],
  ["marks", "-—"],
  ["white space", " \u3000"],
  ["blank lines", " \n"],
  ["pairs of surrogates", "\u{1f600}"],
];

for (const [name, unit] of RUNS) {
  Deno.test(`countTokens() is done soon with a long run of ${name}`, async () => {
    const run = unit.repeat(200_000 / unit.length);
    const startMs = performance.now();
    const tokens = await countTokens(run, "gpt-5");
    assert.ok(performance.now() - startMs < 5_000);
    assert.ok(tokens > 1_000 && tokens <= 3 * run.length, `${tokens}`);
  });
}

Deno.test("countTokens() lets others work while it counts", async () => {
  let turns = 0, isOver = false;
  const others = (async () => {
    for (; !isOver; turns++) await nextTurn();
  })();
  await countTokens("word ".repeat(100_000), "gpt-4");
  isOver = true;
  await others;
  assert.ok(turns >= 20, `${turns}`);
});
