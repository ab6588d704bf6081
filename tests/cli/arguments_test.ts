import assert from "node:assert/strict";
import { type Command, readArguments } from "../../src/cli/arguments.ts";

const serve = (config: string): Command => ({ type: "serve", config });

const COMMANDS: readonly [string, Command][] = [
  ["-c a.yaml", serve("a.yaml")],
  ["--config a.yaml", serve("a.yaml")],
  ["--config=a.yaml", serve("a.yaml")],
  ["-f a.yaml", serve("a.yaml")],
  ["--file a.yaml", serve("a.yaml")],
  ["-c -", serve("-")],
  ["--config -", serve("-")],
  ["-f -", serve("-")],
  ["-c a.yaml --validate-only", { type: "validate", config: "a.yaml" }],
  ["--validate-only -c a.yaml", { type: "validate", config: "a.yaml" }],
  ["--version", { type: "version-json" }],
  ["-V", { type: "version" }],
  ["--help", { type: "help" }],
  ["-h", { type: "help" }],
  ["-c a.yaml --help", { type: "help" }],
  ["--print-schema", { type: "print-schema" }],
  ["--print-example", { type: "print-example" }],
  ["--wait-ready localhost:1", { type: "wait-ready", address: "localhost:1" }],
];

for (const [line, expected] of COMMANDS) {
  Deno.test(`readArguments() reads ${line}`, () => {
    assert.deepEqual(readArguments(line.split(" ")), expected);
  });
}

Deno.test("readArguments() takes a text of several lines for a configuration", () => {
  assert.deepEqual(readArguments(["-c", "llm:\n  models: []"]), serve("llm:\n  models: []"));
});

const WRONG: readonly [string, RegExp][] = [
  ["", /no configuration/],
  ["--validate-only", /no configuration/],
  ["-c", /argument missing/],
  ["-c a -c b", /only one/],
  ["-c a -f b", /only one/],
  ["--nope", /--nope/],
  ["-c a stray", /stray/],
  ["--validate-only=yes -c a", /validate-only/],
];

for (const [line, expected] of WRONG) {
  Deno.test(`readArguments() complains in one line of "${line}"`, () => {
    const command = readArguments(line === "" ? [] : line.split(" "));
    assert.equal(command.type, "wrong");
    if (command.type !== "wrong") return;
    assert.match(command.message, expected);
    assert.doesNotMatch(command.message, /\n/);
  });
}
