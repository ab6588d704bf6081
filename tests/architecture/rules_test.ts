import assert from "node:assert/strict";
import { cycleViolations } from "./cycles.ts";
import { docCommentViolations } from "./doc_comments.ts";
import { fileNameViolations } from "./file_names.ts";
import { hiddenInputViolations } from "./hidden_inputs.ts";
import { leftoverViolations } from "./leftovers.ts";
import { loopholeViolations } from "./loopholes.ts";
import { formatViolation, type Module, parseModule, type Violation } from "./module.ts";
import { providerNameViolations, unlistedProviders } from "./provider_names.ts";
import { columnViolations, sizeViolations } from "./sizes.ts";
import { skippedTestViolations } from "./skipped_tests.ts";

const PATH = "src/gateway/made_up.ts";

function check(rule: (module: Module) => readonly Violation[], text: string, path = PATH) {
  return rule(parseModule(path, text)).map(({ line, message }) => `${line}: ${message}`);
}

function lines(count: number, line: string): string {
  return `${line}\n`.repeat(count);
}

Deno.test("formatViolation() is what editors jump to", () => {
  assert.equal(formatViolation({ path: "a.ts", line: 3, message: "is wrong" }), "a.ts:3: is wrong");
});

Deno.test("cycleViolations() names every file of a ring, of types too", () => {
  const modules = [
    parseModule("src/lib/a.ts", `import "./b.ts";`),
    parseModule("src/lib/b.ts", `import type { C } from "./c.ts";`),
    parseModule("src/lib/c.ts", `import "./a.ts"; import "./d.ts";`),
    parseModule("src/lib/d.ts", ""),
  ];
  const messages = cycleViolations(modules).map(({ message }) => message);
  assert.deepEqual(messages, [
    "import cycle: src/lib/a.ts > src/lib/b.ts > src/lib/c.ts > src/lib/a.ts",
  ]);
});

Deno.test("cycleViolations() lets two files share a third", () => {
  const modules = [
    parseModule("src/lib/a.ts", `import "./b.ts"; import "./c.ts";`),
    parseModule("src/lib/b.ts", `import "./c.ts";`),
    parseModule("src/lib/c.ts", ""),
  ];
  assert.deepEqual(cycleViolations(modules), []);
});

Deno.test("sizeViolations() counts lines of a file, up to the limit and past it", () => {
  assert.deepEqual(check(sizeViolations, lines(300, "a();")), []);
  assert.deepEqual(check(sizeViolations, lines(301, "a();")), [
    "301: the file has 301 lines, more than 300",
  ]);
});

Deno.test("columnViolations() counts columns as a reader does", () => {
  assert.deepEqual(check(columnViolations, `// ${"é".repeat(97)}\n`), []);
  assert.deepEqual(check(columnViolations, `\n// ${"é".repeat(98)}\n`), [
    "2: the line has 101 columns, more than 100",
  ]);
});

Deno.test("sizeViolations() counts lines of functions, methods and arrows", () => {
  for (const [head, tail] of [["function f() {", "}"], ["const f = () => {", "};"]] as const) {
    assert.deepEqual(check(sizeViolations, `${head}\n${lines(48, "a();")}${tail}\n`), []);
    assert.deepEqual(check(sizeViolations, `\n${head}\n${lines(49, "a();")}${tail}\n`), [
      "2: the function has 51 lines, more than 50",
    ]);
  }
  const method = `class A {\nf() {\n${lines(49, "a();")}}\n}\n`;
  assert.deepEqual(check(sizeViolations, method), ["2: the function has 51 lines, more than 50"]);
});

Deno.test("loopholeViolations() sees each way to silence the compiler", () => {
  const text = [
    "const a: any = 1;",
    "const b = a as string;",
    "const c = <string> a;",
    "const d = c!.length;",
    "// @ts" + "-ignore: it is fine",
    "// deno-lint" + "-ignore no-console",
  ].join("\n");
  assert.deepEqual(check(loopholeViolations, text), [
    "1: `any` is not allowed",
    "2: `as` is not allowed",
    "3: a type assertion is not allowed",
    "4: the non-null `!` is not allowed",
    "5: @ts-ignore is not allowed",
    "6: deno-lint-ignore is not allowed",
  ]);
});

Deno.test("loopholeViolations() lets `as const`, `satisfies`, renames and words be", () => {
  const text = `import { a as b } from "c"; const d = [1] as const satisfies unknown; // any as !`;
  assert.deepEqual(check(loopholeViolations, text), []);
});

const HIDDEN = [
  ["Deno.readFileSync(a)", "Deno: what a runtime does differently belongs in src/host"],
  ["globalThis.Bun.version", "Bun: what a runtime does differently belongs in src/host"],
  [`"Bun" in globalThis`, "Bun: what a runtime does differently belongs in src/host"],
  ["process.env.HOME", "process.env: the environment is read in src/cli and handed on"],
  [`import { env } from "node:process"`, "env: the environment is read in src/cli and handed on"],
  ["Date.now()", "Date.now: clock and randomness are handed in"],
  ["new Date()", "new Date(): clock and randomness are handed in"],
  ["Math.random()", "Math.random: clock and randomness are handed in"],
  [`console.log("a")`, "console.log: write to the logger or to the command line's output"],
  ["let count = 0", "module-level state: let its owner hold it"],
] as const;

for (const [text, message] of HIDDEN) {
  Deno.test(`hiddenInputViolations() sees ${text}`, () => {
    assert.deepEqual(check(hiddenInputViolations, `${text};`), [`1: ${message}`]);
  });
}

Deno.test("hiddenInputViolations() lets each input be used where it belongs", () => {
  assert.deepEqual(check(hiddenInputViolations, "Deno.serve(a);", "src/host/deno.ts"), []);
  assert.deepEqual(check(hiddenInputViolations, "process.env.A; Date.now();", "src/cli/a.ts"), []);
  assert.deepEqual(check(hiddenInputViolations, "function f() { let a = 0; return a; }"), []);
  assert.deepEqual(check(hiddenInputViolations, "const at = new Date(epochMs);"), []);
});

Deno.test("providerNameViolations() sees names in identifiers, strings and templates", () => {
  const rule = (module: Module) => providerNameViolations(module, ["openAI", "groq"]);
  const text = [
    "// groq may be named here",
    "const readOpenAIKey = 1;",
    `if (a === "groq") b();`,
    "const c = `${a} from OpenAi`;",
    "const open = openAir;",
  ].join("\n");
  assert.deepEqual(check(rule, text), [
    "2: names the provider openai",
    "3: names the provider groq",
    "4: names the provider openai",
  ]);
  assert.deepEqual(check(rule, text, "src/providers/groq/index.ts"), []);
});

Deno.test("unlistedProviders() names the folder that the list forgot", () => {
  const list = parseModule("src/providers/index.ts", `import { a } from "./a/index.ts";`);
  assert.deepEqual(unlistedProviders(list, ["a", "b"]).map(formatViolation), [
    "src/providers/index.ts:1: does not list the provider b",
  ]);
});

Deno.test("docCommentViolations() wants a doc comment on each export, and on nothing else", () => {
  const text = [
    "/** Says why. */",
    "export function a() {}",
    "export const b = 1;",
    "// Not a doc comment.",
    "export interface C {}",
    "function d() {}",
    `export { e } from "./e.ts";`,
  ].join("\n");
  assert.deepEqual(check(docCommentViolations, text), [
    "3: b has no doc comment",
    "5: C has no doc comment",
  ]);
});

Deno.test("docCommentViolations() takes the first overload's comment for all", () => {
  const overloads = ["export function a(b: 1): 1;", "export function a(b: 2) {}"].join("\n");
  assert.deepEqual(check(docCommentViolations, `/** Says why. */\n${overloads}`), []);
  assert.equal(check(docCommentViolations, overloads).length, 2);
});

Deno.test("leftoverViolations() sees leftovers, paths of a machine and registry hosts", () => {
  const text = ["a TO" + "DO", "in /ro" + "ot/a", "at regi" + "stry.a.org", "/home", "x/home/a"];
  const found = leftoverViolations("docs/a.md", text.join("\n")).map(formatViolation);
  assert.deepEqual(found, [
    "docs/a.md:1: TO" + "DO is a leftover: do it, or open an issue",
    "docs/a.md:2: /ro" + "ot/a is a path of one machine",
    "docs/a.md:3: regi" + "stry.a.org is the host of a package registry",
  ]);
});

Deno.test("fileNameViolations() wants snake_case and a name for what the file does", () => {
  assert.deepEqual(fileNameViolations("src/lib/json_edit.ts"), []);
  const messages = ["src/lib/jsonEdit.ts", "src/lib/utils.ts"].flatMap(fileNameViolations)
    .map(({ message }) => message);
  assert.deepEqual(messages, [
    "files are named in snake_case",
    "name the file for what it does",
  ]);
});

Deno.test("skippedTestViolations() sees tests that are switched off, or the others", () => {
  const text = [
    `Deno.test.ignore("a", f);`,
    `Deno.test({ name: "b", only: true, fn });`,
    `const settings = { only: 1 };`,
    `text.skip(1);`,
  ].join("\n");
  assert.deepEqual(check(skippedTestViolations, text), [
    "1: no test is skipped",
    "2: no test is skipped",
  ]);
});
