import { bareJson, escapedJson, jsonReader } from "../json_leaves.ts";

/** The text of one block on its way through guards. */
export interface BlockText {
  push(piece: string): string;
  end(): string;
  /** Whether anything that has gone on is not as it came. */
  readonly isChanged: boolean;
  /** How much of what came has gone on, as long as nothing is changed. */
  readonly released: number;
}

/** Something that a text goes through. */
export interface Passage {
  push(piece: string): string;
  end(): string;
}

/** A text that is one text for guards. */
export function plainText(passage: Passage): BlockText {
  /** What came and has not gone on. */
  let held = "";
  let isChanged = false;
  let released = 0;

  function note(out: string): string {
    if (isChanged) return out;
    isChanged = !held.startsWith(out);
    held = isChanged ? "" : held.slice(out.length);
    released += out.length;
    return out;
  }

  return {
    get isChanged() {
      return isChanged;
    },
    get released() {
      return released;
    },
    push(piece) {
      if (!isChanged) held += piece;
      return note(passage.push(piece));
    },
    end() {
      const out = note(passage.end());
      if (held !== "") isChanged = true;
      return out;
    },
  };
}

/** JSON text: its keys, strings and numbers are texts of their own, and it stays JSON. */
export function jsonText(open: () => Passage): BlockText {
  let out = "";
  let isChanged = false;
  let inner: BlockText | undefined;
  const reader = jsonReader({
    structure(text) {
      out += text;
    },
    text(piece, isQuoted) {
      inner ??= plainText(open());
      const written = inner.push(piece);
      out += isQuoted ? escapedJson(written) : written;
    },
    textEnd(isQuoted) {
      if (inner === undefined) return;
      const written = inner.end();
      out += isQuoted ? escapedJson(written) : written;
      isChanged ||= inner.isChanged;
      inner = undefined;
    },
    bare(text) {
      const whole = plainText(open());
      const written = whole.push(text) + whole.end();
      out += bareJson(text, written);
      isChanged ||= whole.isChanged;
    },
  });

  function taken(): string {
    const text = out;
    out = "";
    return text;
  }

  return {
    get isChanged() {
      return isChanged || inner?.isChanged === true;
    },
    released: 0,
    push(piece) {
      reader.push(piece);
      return taken();
    },
    end() {
      reader.end();
      return taken();
    },
  };
}
