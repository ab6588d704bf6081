/** Where the texts of JSON text are: what is no text goes on as it is. */
export interface JsonSink {
  /** Braces, commas, blanks, the quotes of strings. */
  structure(text: string): void;
  /** More of a string, its escapes undone; or of a text that is no JSON, if not quoted. */
  text(piece: string, isQuoted: boolean): void;
  /** The string, or the text that is no JSON, has ended. */
  textEnd(isQuoted: boolean): void;
  /** A number or a word, whole; in what is no JSON after all, anything outside strings. */
  bare(text: string): void;
}

/** Reads JSON text piece by piece. */
export interface JsonReader {
  push(piece: string): void;
  /** The text ends here, be it whole or not. */
  end(): void;
}

/** Reads the JSON text of an object or a list; any other text is one text as it is. */
export function jsonReader(sink: JsonSink): JsonReader {
  const reading: Reading = { sink, mode: "start", blank: "", bare: "", escape: "" };
  return {
    push(piece) {
      for (let at = 0; at < piece.length;) at = READERS[reading.mode](reading, piece, at);
    },
    end() {
      const { mode, blank, escape } = reading;
      if (mode === "start") sink.structure(blank);
      else if (mode === "structure") endBare(reading);
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

interface Reading {
  readonly sink: JsonSink;
  mode: "start" | "structure" | "string" | "plain";
  /** What stands before anything that tells whether it is JSON. */
  blank: string;
  /** What has come outside strings since the last brace or comma. */
  bare: string;
  /** An escape that is not whole. */
  escape: string;
}

/** Each reads on from an index, and gives the index up to which it has. */
const READERS: Readonly<
  Record<Reading["mode"], (reading: Reading, piece: string, from: number) => number>
> = {
  start(reading, piece, from) {
    const index = indexFrom(piece, /[^ \t\r\n]/g, from);
    reading.blank += piece.slice(from, index);
    if (index === piece.length) return index;
    const isJson = piece[index] === "{" || piece[index] === "[";
    reading.mode = isJson ? "structure" : "plain";
    if (isJson) reading.sink.structure(reading.blank);
    else reading.sink.text(reading.blank, false);
    return index;
  },
  structure(reading, piece, from) {
    const index = indexFrom(piece, /[",:{}[\]]/g, from);
    reading.bare += piece.slice(from, index);
    if (index === piece.length) return index;
    endBare(reading);
    reading.sink.structure(piece.charAt(index));
    if (piece[index] === '"') reading.mode = "string";
    return index + 1;
  },
  string(reading, piece, from) {
    if (reading.escape !== "") return readEscape(reading, piece, from);
    const { sink } = reading;
    const index = indexFrom(piece, /["\\]/g, from);
    if (index > from) sink.text(piece.slice(from, index), true);
    if (index === piece.length) return index;
    if (piece[index] === "\\") {
      reading.escape = "\\";
    } else {
      sink.textEnd(true);
      sink.structure('"');
      reading.mode = "structure";
    }
    return index + 1;
  },
  plain({ sink }, piece, from) {
    sink.text(piece.slice(from), false);
    return piece.length;
  },
};

function endBare(reading: Reading): void {
  const { sink, bare } = reading;
  const value = bare.trim();
  const begin = bare.indexOf(value);
  sink.structure(bare.slice(0, begin));
  if (value !== "") sink.bare(value);
  sink.structure(bare.slice(begin + value.length));
  reading.bare = "";
}

function readEscape(reading: Reading, piece: string, from: number): number {
  const escape = reading.escape + piece.charAt(from);
  const isPart = escape[1] === "u" && escape.length < 6 && /^[0-9a-fA-F]*$/.test(escape.slice(2));
  reading.escape = isPart ? escape : "";
  if (!isPart) reading.sink.text(unescaped(escape), true);
  return from + 1;
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
