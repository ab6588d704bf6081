/** Where the texts of JSON text are: what is no text goes on as it is. */
export interface JsonSink {
  /** Braces, commas, blanks, the quotes of strings. */
  structure(text: string): void;
  /** More of a string, its escapes undone; or of a text that is no JSON, if not quoted. */
  text(piece: string, isQuoted: boolean): void;
  /** The string, or the text that is no JSON, has ended. */
  textEnd(isQuoted: boolean): void;
  /** A number or a word, whole; where the text is no JSON after all, whatever is outside strings. */
  bare(text: string): void;
}

/** Reads JSON text piece by piece. */
export interface JsonReader {
  push(piece: string): void;
  /** The text ends here, be it whole or not. */
  end(): void;
}

type Mode = "start" | "structure" | "string" | "plain";

/** Reads the JSON text of an object or a list; any other text is one text as it is. */
export function jsonReader(sink: JsonSink): JsonReader {
  let mode: Mode = "start";
  let blank = "";
  let bare = "";
  let escape = "";

  function readStart(piece: string): number {
    const index = piece.search(/[^ \t\r\n]/);
    if (index < 0) {
      blank += piece;
      return piece.length;
    }
    mode = piece[index] === "{" || piece[index] === "[" ? "structure" : "plain";
    const skipped = blank + piece.slice(0, index);
    if (mode === "plain") sink.text(skipped, false);
    else sink.structure(skipped);
    blank = "";
    return index;
  }

  function flushBare(): void {
    const value = bare.trim();
    const begin = bare.indexOf(value);
    sink.structure(bare.slice(0, begin));
    if (value !== "") sink.bare(value);
    sink.structure(bare.slice(begin + value.length));
    bare = "";
  }

  function readStructure(piece: string, from: number): number {
    const index = indexFrom(piece, /[",:{}[\]]/g, from);
    bare += piece.slice(from, index);
    if (index === piece.length) return index;
    flushBare();
    sink.structure(piece.charAt(index));
    if (piece[index] === '"') mode = "string";
    return index + 1;
  }

  function readString(piece: string, from: number): number {
    if (escape !== "") return readEscape(piece, from);
    const index = indexFrom(piece, /["\\]/g, from);
    if (index > from) sink.text(piece.slice(from, index), true);
    if (index === piece.length) return index;
    if (piece[index] === "\\") escape = "\\";
    else {
      sink.textEnd(true);
      sink.structure('"');
      mode = "structure";
    }
    return index + 1;
  }

  function readEscape(piece: string, from: number): number {
    escape += piece.charAt(from);
    if (escape[1] === "u" && escape.length < 6 && /^[0-9a-fA-F]*$/.test(escape.slice(2))) {
      return from + 1;
    }
    sink.text(unescaped(escape), true);
    escape = "";
    return from + 1;
  }

  return {
    push(piece) {
      let at = 0;
      while (at < piece.length) {
        if (mode === "start") at = readStart(piece);
        else if (mode === "structure") at = readStructure(piece, at);
        else if (mode === "string") at = readString(piece, at);
        else {
          sink.text(piece.slice(at), false);
          at = piece.length;
        }
      }
    },
    end() {
      if (mode === "start") sink.structure(blank);
      else if (mode === "structure") flushBare();
      else {
        if (escape !== "") sink.text(escape, true);
        sink.textEnd(mode === "string");
      }
    },
  };
}

/** A text as it stands between the quotes of JSON. */
export function escapedJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What stands in place of a bare value: as it is where it is one still, else as a string. */
export function bareJson(original: string, written: string): string {
  if (written === original) return written;
  const isValue = /^(?:-?\d[\d.eE+-]*|true|false|null)$/.test(original);
  return isValue ? JSON.stringify(written) : written;
}

/** What is no escape of JSON is kept as it was written. */
function unescaped(escape: string): string {
  if (/^\\u[0-9a-fA-F]{4}$/.test(escape)) {
    return String.fromCharCode(Number.parseInt(escape.slice(2), 16));
  }
  return ESCAPES.get(escape) ?? escape;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\"', '"'],
  ["\\\\", "\\"],
  ["\\/", "/"],
  ["\\b", "\b"],
  ["\\f", "\f"],
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "\t"],
]);

function indexFrom(text: string, found: RegExp, from: number): number {
  found.lastIndex = from;
  return found.exec(text)?.index ?? text.length;
}
