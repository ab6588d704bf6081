import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { formatDiagnostic } from "../src/config/diagnostic.ts";
import { loadConfig } from "../src/config/load.ts";
import { normalise } from "../src/config/normalise.ts";

const ROOT = new URL("../", import.meta.url);

/** Every YAML example is a whole configuration that holds. */
for (const page of pages()) {
  const examples = fenced(readFileSync(new URL(page, ROOT), "utf8"), "yaml");
  for (const { text, line } of examples) {
    Deno.test(`${page}:${line}: the example holds`, () => assert.deepEqual(problemsIn(text), []));
  }
}

Deno.test("config.example.yaml holds", () => {
  assert.deepEqual(problemsIn(readFileSync(new URL("config.example.yaml", ROOT), "utf8")), []);
});

Deno.test("the links of the pages lead somewhere", () => {
  for (const page of pages()) {
    const text = readFileSync(new URL(page, ROOT), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)) {
      assert.doesNotThrow(() => Deno.statSync(new URL(target, new URL(page, ROOT))), page);
    }
  }
});

function pages(): string[] {
  const docs = ["docs/", "docs/policies/"].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT))
      .filter((name) => name.endsWith(".md"))
      .map((name) => folder + name)
  );
  return ["README.md", ...docs];
}

function problemsIn(text: string): string[] {
  const loaded = loadConfig({ name: "example", text }, { get: () => "value-of-variable" });
  if ("diagnostics" in loaded) return loaded.diagnostics.map(formatDiagnostic);
  return normalise(loaded.config).problems.map((it) => formatDiagnostic(loaded.locate(it)));
}

function fenced(markdown: string, language: string): { text: string; line: number }[] {
  const found = markdown.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return [...found].map(({ 1: text = "", index }) => ({
    text,
    line: markdown.slice(0, index).split("\n").length,
  }));
}
