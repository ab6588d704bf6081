import assert from "node:assert/strict";
import { bySpecificity, type ModelTable, modelTable } from "../../src/routing/model_table.ts";
import { requestHead } from "../../src/lib/request_head.ts";

const HEAD = requestHead(new Request("http://h/"));

function table(names: readonly string[], hidden: readonly string[] = []) {
  const entries = names.map((name, index) => ({
    name,
    public: !hidden.includes(name),
    model: `${name}#${index}`,
  }));
  return modelTable(bySpecificity(entries));
}

const FOUND: readonly [readonly string[], string, string | undefined][] = [
  [[], "a", undefined],
  [["a"], "a", "a#0"],
  [["a"], "A", undefined],
  [["*"], "", "*#0"],
  [["*", "a*"], "b", "*#0"],
  [["*", "a*"], "a", "a*#1"],
  [["gpt-*", "*-mini"], "gpt-4-mini", "*-mini#1"],
  [["gpt-4*", "gpt-*"], "gpt-4o", "gpt-4*#0"],
  [["gpt-*", "gpt-4*"], "gpt-4o", "gpt-4*#1"],
  [["gpt-4o*", "gpt-4o"], "gpt-4o", "gpt-4o*#0"],
  [["gpt-4o", "gpt-4o*"], "gpt-4o", "gpt-4o#0"],
  [["*b"], "b", "*b#0"],
  [["*b"], "bc", undefined],
  [["a", "a"], "a", "a#0"],
  [["constructor"], "constructor", "constructor#0"],
  [["a"], "constructor", undefined],
  [["a.c"], "abc", undefined],
];

for (const [names, name, expected] of FOUND) {
  Deno.test(`modelTable() of ${names.join(", ")} finds ${expected} for ${name}`, () => {
    assert.equal(table(names).find(name, HEAD), expected);
  });
}

const listed = (models: ModelTable<string>) =>
  models.list((name) => [name], { allowed: () => true });

Deno.test("modelTable() neither lists nor finds what is not public", () => {
  const some = table(["a*", "ab", "abc"], ["ab"]);
  assert.deepEqual(listed(some), ["abc", "a*"]);
  assert.equal(some.find("ab", HEAD), "a*#0");
});

Deno.test("modelTable() lists the most specific first, ties and twins as in the file", () => {
  assert.deepEqual(listed(table(["*", "b*", "*a", "abc", "b*"])), ["abc", "b*", "*a", "b*", "*"]);
});

Deno.test("modelTable() leaves a model for the next where its condition does not hold", () => {
  const models = modelTable([
    { name: "a", public: true, when: () => false, model: 1 },
    { name: "a", public: true, when: (head) => head.path === "/", model: 2 },
    { name: "a", public: true, model: 3 },
  ]);
  assert.equal(models.find("a", HEAD), 2);
  assert.equal(models.find("a", requestHead(new Request("http://h/x"))), 3);
});

const SECRETS = modelTable(bySpecificity([
  { name: "a", public: true, model: "secret" },
  { name: "a*", public: true, model: "open" },
  { name: "b", public: true, model: "secret" },
  { name: "c", public: true, when: () => false, model: "secret" },
  { name: "d", public: false, model: "open" },
]));

const allowed = (model: string) => model !== "secret";

const ALLOWED: readonly [string, boolean, string | undefined][] = [
  ["a", false, "open"],
  ["b", false, "denied"],
  ["c", false, undefined],
  ["d", false, undefined],
  ["d", true, "open"],
];

for (const [name, internal, expected] of ALLOWED) {
  const among = internal ? "all" : "public";
  Deno.test(`find() of ${name} among ${among} models, not all allowed, is ${expected}`, () => {
    assert.equal(SECRETS.find(name, HEAD, { internal, allowed }), expected);
  });
}

Deno.test("named() looks at the name alone", () => {
  assert.equal(SECRETS.named("c"), "secret");
  assert.equal(SECRETS.named("d"), "open");
  assert.equal(SECRETS.named("x"), undefined);
});

Deno.test("list() shows what is public and allowed, as the key shows it", () => {
  assert.deepEqual(SECRETS.list((name) => [name, `${name}!`], { allowed }), ["a*", "a*!"]);
});
