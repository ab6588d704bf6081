import assert from "node:assert/strict";
import { formatDiagnostic } from "../../src/config/diagnostic.ts";
import { loadConfig, type Loaded } from "../../src/config/load.ts";

/** Values of environment variables; an Error is thrown where the runtime would refuse. */
export type Variables = Readonly<Record<string, string | Error>>;

/** What is wrong with a text, as lines without the file's name. */
export function complaints(text: string, variables: Variables = {}): readonly string[] {
  const result = load(text, variables);
  if (!("diagnostics" in result)) return [];
  return result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic).replace(/^f:/, ""));
}

/** A configuration that has to hold. */
export function loaded(text: string, variables: Variables = {}): Loaded {
  const result = load(text, variables);
  if ("diagnostics" in result) assert.fail(result.diagnostics.map(formatDiagnostic).join("\n"));
  return result;
}

function load(text: string, variables: Variables) {
  return loadConfig({ name: "f", text }, {
    get(name) {
      const value = variables[name];
      if (value instanceof Error) throw value;
      return value;
    },
  });
}
