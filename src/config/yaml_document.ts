import { type Document, LineCounter, type ParsedNode, parseDocument, type YAMLError } from "yaml";
import type { Diagnostic } from "./diagnostic.ts";

/** A text and the name that messages call it by. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** A configuration as YAML nodes, which know their places. */
export interface YamlDocument {
  readonly document: Document<ParsedNode>;
  /** The place of an offset in the text. */
  place(offset: number): Place;
  /** Tags that mean nothing here, and the like: the document holds all the same. */
  readonly warnings: readonly Diagnostic[];
}

/** A place in a text; lines and columns start at 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Far above any configuration; longer texts are a mistake and would keep the process busy. */
const TEXT_LENGTH_MAX = 16 * 1024 * 1024;

/** Reads YAML 1.2, the core schema; returns every syntax error if there are some. */
export function readYaml(
  source: Source,
): YamlDocument | { readonly errors: readonly Diagnostic[] } {
  const at = ({ line, column }: Place, message: string): Diagnostic => {
    return { file: source.name, line, column, path: "", message };
  };
  const start = { line: 1, column: 1 };
  if (source.text.length > TEXT_LENGTH_MAX) {
    return { errors: [at(start, `must not be longer than ${TEXT_LENGTH_MAX} characters`)] };
  }
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line > 0 ? { line, column: col } : start;
  };
  const diagnostic = (error: YAMLError) => at(place(error.pos[0]), word(error));
  const document = parseDocument(source.text, { ...OPTIONS, lineCounter: lines });
  if (document.errors.length > 0) return { errors: document.errors.map(diagnostic) };
  return { document, place, warnings: document.warnings.map(diagnostic) };
}

const OPTIONS = {
  prettyErrors: false,
  schema: "core",
  resolveKnownTags: false,
  stringKeys: true,
  // Found by the loader instead, which reports them together with the mistakes of other kinds.
  uniqueKeys: false,
} as const;

/** The parser's words, except where they quote the text: it could be a secret. */
function word({ code, message }: YAMLError): string {
  switch (code) {
    case "TAG_RESOLVE_FAILED":
    case "BAD_COLLECTION_TYPE":
      return "tags are not supported";
    case "BAD_DQ_ESCAPE":
      return "invalid YAML: unknown escape sequence in a double-quoted string";
    case "BAD_DIRECTIVE":
      return "invalid YAML: unknown directive";
    case "NON_STRING_KEY":
      return "keys must be plain strings";
    case "RESOURCE_EXHAUSTION": // the parser is recursive, and catches the end of the stack
      return "invalid YAML: nested too deeply to be read";
    case "MULTIPLE_DOCS":
      return "must be a single YAML document";
    case "UNEXPECTED_TOKEN":
      return `invalid YAML: ${message.split(": ")[0]}`;
    default:
      return `invalid YAML: ${message}`;
  }
}
