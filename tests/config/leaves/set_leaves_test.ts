import assert from "node:assert/strict";
import { parseModule } from "../../architecture/module.ts";
import { projectOf } from "./evaluate.ts";
import { leavesSetBy } from "./set_leaves.ts";

/** A file of tests, and another that it imports from. */
function leavesOf(source: string, shared = ""): readonly string[] {
  const modules = [parseModule("tests/a_test.ts", source), parseModule("tests/b.ts", shared)];
  const [{ tree }] = [...modules, parseModule("tests/none.ts", "")];
  return tree === undefined
    ? []
    : leavesSetBy([tree], projectOf(modules)).set.map(({ path }) => path);
}

const CORS = [
  ".llm",
  ".llm.models",
  ".llm.policies",
  ".llm.policies.cors",
  ".llm.policies.cors.maxAge",
];

/** What files of tests set, by the files. */
const SETS: readonly (readonly [source: string, leaves: readonly string[]])[] = [
  ["const text = `\nllm:\n  models: []\n  policies: {cors: {maxAge: 1s}}\n`;", CORS],
  ["start({ llm: { models: [], policies: { cors: { maxAge: '1s' } } } });", CORS],
  [
    "const of = (cors) => ({ llm: { models: [], policies: { cors } } }); of({ maxAge: '1s' });",
    CORS,
  ],
  [
    "import { of } from './b.ts'; for (const [cors] of [[{ maxAge: '1s' }]]) start(of({ cors }));",
    CORS,
  ],
  [
    "const age = { maxAge: '1s' };\n" +
    "const text = `llm:\n  models: []\n  policies:\n    cors: ${JSON.stringify(age)}\n`;",
    CORS,
  ],
  [
    "const policies = Object.fromEntries([['cors', { maxAge: '1s' }]]);\n" +
    "start({ llm: { models: [], policies } });",
    CORS,
  ],
  [
    "import { Cors } from '../src/config/schema/cors.ts'; v.parse(Cors, { maxAge: '1s' });",
    [".llm.policies.cors.maxAge"],
  ],
  [
    "import type { CorsConfig } from '../src/config/schema/cors.ts';\n" +
    "function use(settings: CorsConfig) {} use({ maxAge: '1s' });",
    [".llm.policies.cors.maxAge"],
  ],
  ["start({ settings: { adminAddr: 'off' } });", [".config.adminAddr"]],
  ["const other = { policies: { cors: { maxAge: '1s' } } };", []],
  ["start({ llm: { models: [], policies: { cors: undefined } } });", CORS.slice(0, 3)],
  ["start({ llm: { models: [], policies: { cors: { maxAged: '1s' } } } });", []],
  ["start({ llm: { models: [] }, messages: [] });", []],
];

const SHARED = "export function of(policies) { return { llm: { models: [], policies } }; }";

for (const [source, leaves] of SETS) {
  Deno.test(`leavesSetBy() finds ${leaves.length} leaves in: ${source}`, () => {
    assert.deepEqual(leavesOf(source, SHARED), leaves);
  });
}

Deno.test("leavesSetBy() tells the forms of a value and the words of a list apart", () => {
  const source = "start({ llm: { models: [{ name: 'm', provider: 'mock', params: " +
    "{ apiKey: { file: 'f' } }, visibility: 'internal' }] } });";
  const leaves = leavesOf(source);
  for (const suffix of ["provider=mock", "apiKey", "visibility=internal"]) {
    assert.ok(leaves.some((path) => path.endsWith(suffix)), suffix);
  }
  assert.ok(leaves.some((path) => path.endsWith("key.file")), leaves.join("\n"));
  assert.ok(!leaves.some((path) => path.endsWith("visibility=public")));
});
