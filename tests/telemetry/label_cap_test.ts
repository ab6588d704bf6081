import assert from "node:assert/strict";
import {
  createLabelCap,
  LABEL_VALUE_LENGTH_MAX,
  LABEL_VALUES_MAX,
} from "../../src/telemetry/label_cap.ts";

Deno.test("LabelCap.fold() admits the first values of each label and folds all later ones", () => {
  const { cap, folded } = start();
  for (let i = 0; i < LABEL_VALUES_MAX; i++) assert.equal(cap.fold("model", `m${i}`), `m${i}`);
  assert.equal(cap.fold("model", "one too many"), "other");
  assert.equal(cap.fold("model", "m0"), "m0");
  assert.equal(cap.fold("color", "red"), "red");
  assert.deepEqual(folded, ["model"]);
});

Deno.test("LabelCap.fold() says unknown where there is no value", () => {
  const { cap, folded } = start();
  assert.equal(cap.fold("model", undefined), "unknown");
  assert.equal(cap.fold("model", ""), "unknown");
  assert.deepEqual(folded, []);
});

Deno.test("LabelCap.fold() cuts long values and gives a value once for all of them", () => {
  const { cap } = start();
  const cut = "x".repeat(LABEL_VALUE_LENGTH_MAX);
  for (let i = 0; i < LABEL_VALUES_MAX; i++) assert.equal(cap.fold("model", cut + i), cut);
  assert.equal(cap.fold("model", "next"), "next");
});

Deno.test("LabelCap.fold() replaces what a scraper could choke on", () => {
  const { cap } = start();
  assert.equal(cap.fold("model", "a\u0000b\nc\u0085"), "a\ufffdb\ufffdc\ufffd");
  assert.equal(cap.fold("model", "half\ud83d"), "half\ufffd");
  const cutInHalf = "x".repeat(LABEL_VALUE_LENGTH_MAX - 1);
  assert.equal(cap.fold("model", `${cutInHalf}\u{1f600}`), `${cutInHalf}\ufffd`);
});

Deno.test("LabelCap.foldUnlisted() keeps listed values only", () => {
  const { cap, folded } = start();
  const listed = new Set(["GET"]);
  assert.equal(cap.foldUnlisted("method", "GET", listed), "GET");
  assert.equal(cap.foldUnlisted("method", "BREW", listed), "other");
  assert.deepEqual(folded, ["method"]);
});

function start() {
  const folded: string[] = [];
  return { cap: createLabelCap((label) => void folded.push(label)), folded };
}

Deno.test("LabelCap.fold() gives no room to what is not admitted", () => {
  const cap = createLabelCap(() => {});
  assert.equal(cap.fold("model", "failing", false), "other");
  assert.equal(cap.fold("model", "failing"), "failing");
  assert.equal(cap.fold("model", "failing", false), "failing");
});

Deno.test("LabelCap.reserve() keeps room for values whatever else comes along", () => {
  const cap = createLabelCap(() => {});
  for (let i = 0; i < LABEL_VALUES_MAX; i++) cap.fold("model", `m${i}`);
  cap.reserve("model", ["configured"]);
  assert.equal(cap.fold("model", "configured", false), "configured");
  assert.equal(cap.fold("model", "stranger"), "other");
});
