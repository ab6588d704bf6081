/** Changes to the top-level members of a JSON object; everything else keeps its bytes. */
export interface JsonEdits {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

/** Whether the edits change anything at all. */
export function isEmptyEdit({ set, remove }: JsonEdits): boolean {
  return Object.keys(set ?? {}).length === 0 && (remove ?? []).length === 0;
}

/** The edits of several sources as one; later sources win. */
export function mergeEdits(...sources: readonly (JsonEdits | undefined)[]): JsonEdits {
  const set: Record<string, unknown> = {};
  const remove = new Set<string>();
  for (const source of sources) {
    for (const key of source?.remove ?? []) {
      remove.add(key);
      delete set[key];
    }
    for (const [key, value] of Object.entries(source?.set ?? {})) {
      remove.delete(key);
      define(set, key, value);
    }
  }
  return { set, remove: [...remove] };
}

/**
 * Applies edits to the text of a JSON object.
 *
 * `text` must have been parsed as a JSON object before: the scan trusts its syntax. Number
 * spellings, member order and white space outside the edited members survive, which parsing and
 * writing again would not give (`9007199254740993`, `1.0`).
 */
export function editJson(text: string, edits: JsonEdits): string {
  if (isEmptyEdit(edits)) return text;
  const set = new Map(Object.entries(edits.set ?? {}));
  const drop = new Set([...edits.remove ?? [], ...set.keys()]);
  const kept: string[] = [];
  const written = new Set<string>();
  for (const member of members(text)) {
    if (!drop.has(member.key)) {
      kept.push(text.slice(member.start, member.end));
    } else if (set.has(member.key) && !written.has(member.key)) {
      written.add(member.key);
      kept.push(memberText(member.key, set.get(member.key)));
    }
  }
  for (const [key, value] of set) {
    if (!written.has(key)) kept.push(memberText(key, value));
  }
  return `{${kept.join(",")}}`;
}

/** A parsed object with the same edits applied, so that later readers see what was sent. */
export function editObject(
  object: Readonly<Record<string, unknown>>,
  edits: JsonEdits,
): Readonly<Record<string, unknown>> {
  if (isEmptyEdit(edits)) return object;
  const edited: Record<string, unknown> = { ...object };
  for (const key of edits.remove ?? []) delete edited[key];
  for (const [key, value] of Object.entries(edits.set ?? {})) define(edited, key, value);
  return edited;
}

/** Sets an own member even where the name is special to JavaScript, such as `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function memberText(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

interface Member {
  readonly key: string;
  /** Where its text begins, white space included. */
  readonly start: number;
  /** Just before the comma or brace that follows. */
  readonly end: number;
}

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c;
const OPEN_BRACE = 0x7b, CLOSE_BRACE = 0x7d, OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d;

/** The top-level members of an object's text, in order. */
function members(text: string): Member[] {
  const found: Member[] = [];
  let at = text.indexOf("{") + 1;
  let start = at, key: string | undefined, depth = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (depth === 0 && key === undefined) key = JSON.parse(text.slice(at, end));
      at = end - 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++;
    } else if (depth > 0) {
      if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    } else if (code === COMMA || code === CLOSE_BRACE) {
      if (key !== undefined) found.push({ key, start, end: at });
      [start, key] = [at + 1, undefined];
      if (code === CLOSE_BRACE) break;
    }
  }
  return found;
}

/** The offset after the closing quote of the string that starts at `from`. */
function stringEnd(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
