/** What is wrong with a configuration, and where in the file; lines and columns start at 1. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The keys and indexes that lead to the place, as `llm.models[0].name`; empty for the file. */
  readonly path: string;
  readonly message: string;
}

/** What is wrong with a value of a configuration, for `Loaded.locate`. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Which part of the entry is at fault; the value if it does not say. */
  readonly at?: "key" | "value";
  /** How far into the text of the value, in UTF-16 units. */
  readonly offset?: number;
}

/** A diagnostic as one line of text. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, path, message } = diagnostic;
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

/** Diagnostics in the order of the file, each of them once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(
    diagnostics.map((diagnostic) => [formatDiagnostic(diagnostic), diagnostic]),
  );
  return [...unique.values()].sort((left, right) =>
    compare(left.file, right.file) || left.line - right.line || left.column - right.column ||
    compare(left.path, right.path)
  );
}

/** A path as messages show it: `llm.models[0].params.apiKey`. */
export function formatPath(path: readonly (string | number)[]): string {
  const text = path.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }).join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
