import assert from "node:assert/strict";
import fc from "fast-check";
import { folded } from "../../../src/policies/guards/json_fold.ts";
import { jsonReader } from "../../../src/policies/guards/json_leaves.ts";
import { pieces } from "./regex/masking.ts";

/** The texts of a JSON text that comes in pieces, and what is around them. */
function read(cut: readonly string[]): { texts: readonly string[]; structure: string } {
  const texts: string[] = [];
  let structure = "";
  let open = "";
  const reader = jsonReader({
    structure: (text) => void (structure += text),
    text: (piece) => void (open += piece),
    textEnd: () => {
      texts.push(open);
      structure += "~";
      open = "";
    },
    bare: (text) => {
      texts.push(text);
      structure += "~";
    },
  });
  for (const piece of cut) reader.push(piece);
  reader.end();
  return { texts, structure };
}

const READ: readonly (readonly [string, readonly string[], string])[] = [
  [
    '{"a": "b\\n\\u00e9\\"", "c": [1, true]}',
    ["a", 'b\né"', "c", "1", "true"],
    '{"~": "~", "~": [~, ~]}',
  ],
  [' [-1.5e3 , ""]', ["-1.5e3", ""], ' [~ , "~"]'],
  ['["\\/\\b\\f\\r\\t\\\\"]', ["/\b\f\r\t\\"], '["~"]'],
  ["{}", [], "{}"],
  ["", [], ""],
  ["  ", [], "  "],
  ["plain {text}", ["plain {text}"], "~"],
  ['"a string"', ['"a string"'], "~"],
  ['{"cut": "in the mid', ["cut", "in the mid"], '{"~": "~'],
  ['{"a": "\\', ["a", "\\"], '{"~": "~'],
  ['{"a": "\\ud83d\\ude00\\x\\u12"}', ["a", '😀\\x\\u12"}'], '{"~": "~'],
  ["{4111 1111, bad words}", ["4111 1111", "bad words"], "{~, ~}"],
];

Deno.test("jsonReader() finds keys, strings, numbers and words", () => {
  for (const [json, texts, structure] of READ) {
    const found = read([json]);
    assert.deepEqual(found.texts, texts, json);
    assert.equal(found.structure, structure, json);
  }
});

Deno.test("jsonReader() reads pieces as it reads the whole", () => {
  const json = fc.oneof(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom("{", "}", '"', "\\", "\\u", "00e9", ",", ":", " ", "a", "1", "\n"))
      .map((bits) => `{${bits.join("")}`),
  );
  fc.assert(
    fc.property(
      json.chain((text) => fc.tuple(fc.constant(text), pieces(text))),
      ([text, cut]) => assert.deepEqual(read(cut), read([text])),
    ),
    { numRuns: 3_000 },
  );
});

Deno.test("folded() puts texts back so that the JSON stays JSON", () => {
  const { texts, with: withTexts } = folded('{"ssn": 123456789, "note": "a\\"b", "ok": true}');
  assert.deepEqual(texts, ["ssn", "123456789", "note", 'a"b', "ok", "true"]);
  assert.equal(withTexts(texts), '{"ssn": 123456789, "note": "a\\"b", "ok": true}');
  assert.equal(
    withTexts(["ssn", "<SSN>", "note", '<"\n>', "ok", "true"]),
    '{"ssn": "<SSN>", "note": "<\\"\\n>", "ok": true}',
  );
});

Deno.test("folded() changes the strings of any JSON as changing them in the value does", () => {
  const changed = (text: string) => text.replaceAll("a", '"A\\');
  const value = fc.object({ withNullPrototype: false, maxDepth: 3 })
    .map((object): unknown => JSON.parse(JSON.stringify(object)));
  fc.assert(fc.property(value, (object) => {
    const { texts, with: withTexts } = folded(JSON.stringify(object));
    const isString = (text: string) => !/^(?:-?\d.*|true|false|null)$/.test(text);
    const made = withTexts(texts.map((text) => isString(text) ? changed(text) : text));
    assert.deepEqual(
      JSON.parse(made),
      mapped(object, (text) => isString(text) ? changed(text) : text),
    );
  }));
});

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [change(key), mapped(inner, change)]),
  );
}
