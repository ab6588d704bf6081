import assert from "node:assert/strict";
import { editObject } from "../../src/lib/json_edit.ts";
import { editPaths, type JsonPath, type PathEdit, valueAt } from "../../src/lib/json_path_edit.ts";

const BODY = JSON.parse('{"a":[{"b":"x","c":[1]},{"b":"y"}],"d":{"__proto__":{"e":"z"}},"f":"g"}');

const CASES: readonly {
  readonly name: string;
  readonly edits: readonly PathEdit[];
  readonly set: string;
}[] = [
  { name: "nothing", edits: [], set: "{}" },
  { name: "what is there already", edits: [{ path: ["a", 0, "b"], value: "x" }], set: "{}" },
  {
    name: "two values in one member",
    edits: [{ path: ["a", 1, "b"], value: "Y" }, { path: ["a", 0, "c", 0], value: 2 }],
    set: '{"a":[{"b":"x","c":[2]},{"b":"Y"}]}',
  },
  {
    name: "a member with a special name",
    edits: [{ path: ["d", "__proto__", "e"], value: null }],
    set: '{"d":{"__proto__":{"e":null}}}',
  },
  { name: "a member of the top", edits: [{ path: ["f"], value: "h" }], set: '{"f":"h"}' },
  {
    name: "places that are not there",
    edits: [["x"], ["a", 2], ["a", "0"], ["f", 0], ["f", "length"], ["d", "constructor"], ["d", 0]]
      .map((path) => ({ path, value: 1 })),
    set: "{}",
  },
];

for (const { name, edits, set } of CASES) {
  Deno.test(`editPaths() changes ${name}`, () => {
    const before = JSON.stringify(BODY);
    assert.equal(JSON.stringify(editPaths(BODY, edits).set ?? {}), set);
    assert.equal(JSON.stringify(BODY), before);
  });
}

Deno.test("editPaths() shares with the object all that is on no path", () => {
  const edited = editObject(BODY, editPaths(BODY, [{ path: ["a", 0, "b"], value: "new" }]));
  assert.equal(edited.d, BODY.d);
  assert.equal(valueAt(edited, ["a", 1]), BODY.a[1]);
  assert.equal(valueAt(edited, ["a", 0, "c"]), BODY.a[0].c);
});

Deno.test("valueAt() finds what a path leads to, and nothing else", () => {
  const found: readonly (readonly [JsonPath, unknown])[] = [
    [["a", 1, "b"], "y"],
    [["d", "__proto__", "e"], "z"],
    [["a", "length"], undefined],
    [["f", 0], undefined],
    [["d", "toString"], undefined],
    [["nothing", "there"], undefined],
  ];
  for (const [path, value] of found) assert.equal(valueAt(BODY, path), value, path.join("."));
});
