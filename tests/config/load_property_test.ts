/** Any text whatsoever gives a configuration or diagnostics, and no variable's value is shown. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDiagnostic } from "../../src/config/diagnostic.ts";
import { loadConfig } from "../../src/config/load.ts";

const RUNS = 600;

const TEXTS = [...Deno.readDirSync(new URL("./reference_configs/", import.meta.url))]
  .map(({ name }) => name)
  .sort()
  .map((name) => Deno.readTextFileSync(new URL(`./reference_configs/${name}`, import.meta.url)));

/** Pieces that mean something to YAML, to the expansion or to the schema. */
const PIECES = [
  ...["\n", "\n- ", "  ", "\t", ": ", " #", "'", '"', "|", ">", "&a ", "*a", "!!int ", "%YAML 1.1"],
  ...["---\n", "...", "{", "}", "[", "]", ",", "?", "<<: ", "$", "${", "}", "$NAME", "${X:-1}"],
  ...["__proto__: ", "constructor: ", "null", "true", "1e999", "-.inf", "0x1F", "\u0000", "\ud800"],
  ...["llm:", "models:", "binds: ", "gateways", "provider: ", "routes:\n", "port: 1\n", "ai: "],
];

const environment = { get: (name: string) => name === "NAME" ? "zq[hush: #" : undefined };

function assertSafe(text: string): void {
  const result = loadConfig({ name: "f", text }, environment);
  if (!("diagnostics" in result)) return assert.equal(typeof result.config.config, "object");
  assert.ok(result.diagnostics.length > 0);
  for (const diagnostic of result.diagnostics) {
    assert.ok(diagnostic.line >= 1 && diagnostic.column >= 1);
    assert.doesNotMatch(formatDiagnostic(diagnostic), /hush|\n/);
  }
}

Deno.test("loadConfig() survives any text", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join("")),
  );
  fc.assert(fc.property(text, assertSafe), { numRuns: RUNS });
});

Deno.test("loadConfig() survives real files with pieces put in, taken out and doubled", () => {
  const change = fc.record({
    at: fc.nat(2_500),
    drop: fc.nat(40),
    copy: fc.nat(40),
    piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })),
  });
  const mutated = fc.tuple(fc.constantFrom(...TEXTS), fc.array(change, { maxLength: 4 }))
    .map(([text, changes]) =>
      changes.reduce((changed, { at, drop, copy, piece }) => {
        const start = at % (changed.length + 1);
        const copied = changed.slice(start, start + copy);
        return changed.slice(0, start) + copied + piece + changed.slice(start + drop);
      }, text)
    );
  fc.assert(fc.property(mutated, assertSafe), { numRuns: RUNS });
});

Deno.test("loadConfig() never shows the value of a variable, wherever it stands", () => {
  const withVariable = fc.tuple(fc.constantFrom(...TEXTS), fc.nat(100)).map(([text, index]) => {
    const values = [...text.matchAll(/(?<=: |- )[^\s#:{[&*!|>-][^\n]*$/gm)];
    const value = values[index % values.length];
    if (value === undefined) return text;
    return text.slice(0, value.index) + "$NAME" + text.slice(value.index + value[0].length);
  });
  fc.assert(fc.property(withVariable, assertSafe), { numRuns: RUNS });
});
