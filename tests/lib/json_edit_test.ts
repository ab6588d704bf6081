import assert from "node:assert/strict";
import fc from "fast-check";
import { editJson, editObject, isEmptyEdit, mergeEdits } from "../../src/lib/json_edit.ts";

type Json = Readonly<Record<string, unknown>>;

const KEYS = ["a", "b", "model", "__proto__", "constructor", "", "é\u2028", 'q"{', "back\\", "1"];

/**
 * Any name but a lone backslash: V8 15.0's `JSON.parse`, once it has seen an object with a member
 * of that name, gives it to the next object's member that is spelled with an escape in front
 * (`{"p":1,"\\":1}`, then `{"p":1,"\u0061":2}`), so the runtime is no judge of such texts.
 */
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string()).filter((name) => name !== "\\");
const space = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const number = fc.constantFrom("0", "-0", "1.0", "1E+2", "9007199254740993", "0.10", "-1e-7");
const text = fc.oneof(fc.string(), fc.constantFrom("{", "}", '"', "\\", '\\"', ",", "[", '}",{'));

/** Text of a JSON value, in every spelling that the grammar allows. */
const { value } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    number,
    fc.constantFrom("true", "false", "null"),
    text.chain(spelled),
    fc.tuple(space, fc.array(fc.tuple(space, tie("value"), space), { maxLength: 3 })).map((
      [inside, items],
    ) => `[${items.length === 0 ? inside : items.map((item) => item.join("")).join(",")}]`),
    tie("object"),
  ),
  object: fc.tuple(space, fc.array(fc.tuple(key.chain(spelled), tie("value")), { maxLength: 3 }))
    .map(([inside, members]) => `{${inside}${members.map(([k, v]) => `${k}:${v}`).join(",")}}`),
}));

/** A string as JSON, with some characters escaped that need not be. */
function spelled(raw: string): fc.Arbitrary<string> {
  return fc.array(fc.boolean(), { minLength: raw.length, maxLength: raw.length }).map((escaped) => {
    const units = [...raw.split("").entries()].map(([at, unit]) =>
      escaped[at] ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : undefined
    );
    const plain = JSON.stringify(raw);
    if (!escaped.includes(true)) return plain;
    return `"${
      raw.split("").map((unit, at) => units[at] ?? JSON.stringify(unit).slice(1, -1)).join("")
    }"`;
  });
}

const member = fc.record({
  before: space,
  key: key.chain(spelled),
  middle: fc.tuple(space, space),
  value,
  after: space,
});

const object = fc.record({ lead: space, members: fc.array(member, { maxLength: 6 }), tail: space })
  .map(({ lead, members, tail }) => {
    const texts = members.map(({ before, key, middle: [left, right], value, after }) =>
      `${before}${key}${left}:${right}${value}${after}`
    );
    return { text: `${lead}{${texts.join(",") || lead}}${tail}`, members, texts };
  });

const set = fc.array(fc.tuple(key, fc.jsonValue()), { maxLength: 3 }).map(ownMembers);
const edits = fc.record({ set, remove: fc.array(key, { maxLength: 3 }) });

/** An object whose members are its own, whatever they are called. */
function ownMembers(entries: readonly (readonly [string, unknown])[]): Json {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
  }
  return object;
}

/** Members in any order, with own members called `__proto__` in sight; -0 has no JSON of its own. */
function plain(value: Json): unknown {
  return Object.entries(value)
    .map(([name, item]) => [name, JSON.stringify(item)])
    .sort(([left], [right]) => (left ?? "") < (right ?? "") ? -1 : 1);
}

Deno.test("editJson() says the same as editObject(), in any spelling", () => {
  fc.assert(
    fc.property(object, edits, ({ text }, edits) => {
      const json: Json = JSON.parse(text);
      assert.deepEqual(plain(JSON.parse(editJson(text, edits))), plain(editObject(json, edits)));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("editJson() keeps the exact text of members that no edit names", () => {
  fc.assert(
    fc.property(object, edits, ({ text, members, texts }, edits) => {
      const named = new Set([...Object.keys(edits.set), ...edits.remove]);
      const kept = texts.filter((_, at) => !named.has(JSON.parse(members[at]?.key ?? '""')));
      const edited = editJson(text, edits);
      let from = 0;
      for (const one of kept) {
        const found = edited.indexOf(one, from);
        assert.ok(found >= 0, `${JSON.stringify(one)} is not in ${edited}`);
        from = found + one.length;
      }
    }),
    { numRuns: 1_000 },
  );
});

const CASES: readonly [string, Parameters<typeof editJson>[1], string][] = [
  ["{}", { set: { a: 1 } }, `{"a":1}`],
  [" { } ", { set: { a: 1 } }, `{"a":1}`],
  ["{}", { remove: ["a"] }, "{}"],
  [`{"a":1,"b":2}`, { remove: ["a"] }, `{"b":2}`],
  [`{"a":1, "b":2 }`, { remove: ["b"] }, `{"a":1}`],
  [`{"a":1, "b" : 1.0 }`, { set: { a: 2 } }, `{"a":2, "b" : 1.0 }`],
  [`{"a":1,"b":0,"a":2}`, { set: { a: 3 } }, `{"a":3,"b":0}`],
  [`{"a":1,"b":0,"a":2}`, { remove: ["a"] }, `{"b":0}`],
  [`{"\\u0061":1}`, { set: { a: 3 } }, `{"a":3}`],
  [`{"a":"}\\\\\\"{,","b":1}`, { remove: ["b"] }, `{"a":"}\\\\\\"{,"}`],
  [`{"a":{"model":1},"model":2}`, { set: { model: "x" } }, `{"a":{"model":1},"model":"x"}`],
  [`{"__proto__":1}`, { set: { b: 2 } }, `{"__proto__":1,"b":2}`],
  [`{"a":1}`, {}, `{"a":1}`],
];

for (const [text, edits, expected] of CASES) {
  Deno.test(`editJson() makes ${text} with ${JSON.stringify(edits)} into ${expected}`, () => {
    assert.equal(editJson(text, edits), expected);
  });
}

Deno.test("editObject() gives the same object back when there is nothing to edit", () => {
  const object = { a: 1 };
  assert.equal(editObject(object, { set: {}, remove: [] }), object);
  assert.equal(isEmptyEdit({}), true);
});

Deno.test("mergeEdits() is one edit after the other", () => {
  fc.assert(
    fc.property(object, fc.array(edits, { maxLength: 4 }), ({ text }, several) => {
      const json: Json = JSON.parse(text);
      const inTurn = several.reduce(editObject, json);
      assert.deepEqual(plain(editObject(json, mergeEdits(...several, undefined))), plain(inTurn));
    }),
    { numRuns: 1_000 },
  );
});

for (
  const [claim, filler] of [["plain", "a"], ["quoted", '\\"'], ["backslashed", "\\\\"]] as const
) {
  Deno.test(`editJson() takes time in proportion to a ${claim} string`, () => {
    const fastestMs = (bytes: number) => {
      const text = `{"image":"${filler.repeat(bytes / filler.length)}","model":"m"}`;
      const rounds = Array.from({ length: 5 }, () => {
        const startMs = performance.now();
        assert.ok(editJson(text, { set: { model: "n" } }).endsWith(`,"model":"n"}`));
        return performance.now() - startMs;
      });
      return Math.min(...rounds);
    };
    // Ten times the bytes: ten times the time, where the square would be a hundred times.
    assert.ok(fastestMs(5_000_000) < 40 * Math.max(fastestMs(500_000), 0.1));
  });
}
