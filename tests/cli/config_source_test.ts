import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSource } from "../../src/cli/config_source.ts";

Deno.test("configSource() reads a file anew each time, and watches it", () => {
  const folder = mkdtempSync(join(tmpdir(), "source-"));
  try {
    const file = join(folder, "config.yaml");
    writeFileSync(file, "a: 1");
    const source = configSource(file);
    assert.deepEqual([source.name, source.file, source.read()], [file, file, "a: 1"]);
    writeFileSync(file, "a: 2");
    assert.equal(source.read(), "a: 2");
    rmSync(file);
    assert.throws(() => source.read(), /ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const text of ["{}", "llm: {models: []}", "llm:\n  models: []", "# only\na: 1", "{llm:\n"]) {
  Deno.test(`configSource() takes ${JSON.stringify(text)} for the configuration itself`, () => {
    const source = configSource(text);
    assert.deepEqual([source.name, source.file, source.read()], ["inline", undefined, text]);
  });
}

for (
  const value of ["", "config.yaml", "/no/such/file.yaml", "[1, 2]", "C:\\config.yaml", "a\0b"]
) {
  Deno.test(`configSource() says that ${JSON.stringify(value)} is no file`, () => {
    assert.throws(() => configSource(value), { message: `${value}: no such file` });
  });
}

Deno.test("configSource() says that a folder is none", () => {
  assert.throws(() => configSource(tmpdir()), /is a folder/);
});

Deno.test("configSource() reads what is no plain file once, and does not watch it", () => {
  const source = configSource("/dev/null");
  assert.deepEqual([source.name, source.file, source.read()], ["/dev/null", undefined, ""]);
});
