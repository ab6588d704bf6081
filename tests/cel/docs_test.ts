import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { compileFunctions } from "../../src/cel/custom_functions.ts";
import { functionTable, macros } from "../../src/cel/functions/index.ts";
import { knownRoots } from "../../src/cel/known_roots.ts";

const page = Deno.readTextFileSync(new URL("../../docs/cel.md", import.meta.url));

Deno.test("docs/cel.md names every variable", () => {
  for (const root of knownRoots) assert.ok(page.includes(`\`${root}\``), root);
});

Deno.test("docs/cel.md names every function", () => {
  const { functions, methods } = functionTable(undefined);
  const names = [
    ...Object.keys(functions),
    ...Object.keys(methods).map((name) => `.${name}`),
    ...Object.keys(macros),
  ];
  for (const name of names) assert.ok(page.includes(`${name}(`), name);
});

Deno.test("docs/cel.md defines functions that its example can call", () => {
  const [, block = ""] = /customFunctions: \|\n((?: {4}.*\n)+)/.exec(page) ?? [];
  const [, rule = ""] = /- (isInternal\(\).*)\n/.exec(page) ?? [];
  const expression = compileExpression(rule, compileFunctions(block));
  const source = { address: "192.168.0.1" };
  assert.equal(expression.test({ source, request: { path: "/v1/chat/completions" } }), true);
  assert.equal(expression.test({ source, request: { path: "/v1/models" } }), false);
  assert.equal(expression.test({ source: { address: "10.1.2.3" }, request: { path: "/" } }), true);
});
