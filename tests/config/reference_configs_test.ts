/**
 * Real configurations for the reference, `<name>.yaml`, and what this gateway says of each:
 * `<name>.txt`, one diagnostic a line, or `loads`.
 */
import assert from "node:assert/strict";
import { complaints } from "./checked.ts";

const FOLDER = new URL("./reference_configs/", import.meta.url);

const VARIABLES = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k" };

const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();

for (const file of files.filter((name) => name.endsWith(".yaml"))) {
  Deno.test(`loadConfig() of the reference's ${file}`, () => {
    const found = complaints(read(file), VARIABLES);
    const expected = read(file.replace(".yaml", ".txt"));
    assert.equal(found.length === 0 ? "loads\n" : `${found.join("\n")}\n`, expected);
  });
}

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, FOLDER));
}
