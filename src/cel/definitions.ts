import { parse } from "./engine/parse.ts";
import { CelSyntaxError } from "./expression.ts";

/** A function as the configuration defines it. */
export interface Definition {
  /** The name; of a method with `this.` before it. */
  readonly key: string;
  readonly name: string;
  readonly isMethod: boolean;
  readonly parameters: readonly string[];
  /** Whether the last parameter is the list of all further arguments. */
  readonly isVariadic: boolean;
  readonly body: string;
  /** Offsets in the block. */
  readonly start: number;
  readonly bodyStart: number;
}

/** Reads a block of definitions; throws `CelSyntaxError` where it is none. */
export function readDefinitions(source: string): Definition[] {
  const definitions: Definition[] = [];
  let place = skipBlank(source, 0);
  while (place < source.length) {
    const definition = readDefinition(source, place);
    definitions.push(definition);
    place = skipBlank(source, definition.bodyStart + definition.body.length + 1);
  }
  return definitions;
}

const HEAD = /(this\s*\.\s*)?([A-Za-z_]\w*)\s*\(([^()]*)\)\s*\{/y;

function readDefinition(source: string, start: number): Definition {
  const pattern = new RegExp(HEAD);
  pattern.lastIndex = start;
  const head = pattern.exec(source);
  if (head === null) {
    throw new CelSyntaxError("a definition is needed here, such as name(a, b) { a + b }", start);
  }
  const [written, receiver, name = "", list = ""] = head;
  const bodyStart = start + written.length;
  const bodyEnd = endOfBody(source, bodyStart);
  if (bodyEnd === undefined) throw new CelSyntaxError(`${name}() has no closing }`, start);
  const parameters = list.trim() === "" ? [] : list.split(",").map((text) => text.trim());
  const isVariadic = parameters.at(-1)?.endsWith("...") === true;
  const names = parameters.map((text, index) => {
    return isVariadic && index === parameters.length - 1 ? text.slice(0, -3).trim() : text;
  });
  checkNames(name, names, start);
  const isMethod = receiver !== undefined;
  const key = isMethod ? `this.${name}` : name;
  const body = source.slice(bodyStart, bodyEnd);
  return { key, name, isMethod, parameters: names, isVariadic, body, start, bodyStart };
}

function checkNames(name: string, parameters: readonly string[], start: number): void {
  if (!isName(name)) throw new CelSyntaxError(`"${name}" is no name of a function`, start);
  const wrong = parameters.find((parameter) => parameter === "this" || !isName(parameter));
  if (wrong !== undefined) throw new CelSyntaxError(`"${wrong}" is no name of a parameter`, start);
  if (new Set(parameters).size < parameters.length) {
    throw new CelSyntaxError("two parameters have the same name", start);
  }
}

/** Whether expressions take a text for a name; some words are reserved. */
function isName(text: string): boolean {
  try {
    return /^\w+$/.test(text) && parse(text).op === "id";
  } catch {
    return false;
  }
}

/** What of an expression may hold braces that are none of its own: strings and comments. */
const PIECE = new RegExp(
  [
    /\/\/[^\n]*/,
    /"""(?:\\[^]|(?!""")[^\\])*"""/,
    /'''(?:\\[^]|(?!''')[^\\])*'''/,
    /"(?:\\.|[^"\\\n])*"/,
    /'(?:\\.|[^'\\\n])*'/,
    /[^]/,
  ].map(({ source }) => source).join("|"),
  "y",
);

function endOfBody(source: string, start: number): number | undefined {
  const piece = new RegExp(PIECE);
  piece.lastIndex = start;
  let depth = 0;
  for (let found = piece.exec(source); found !== null; found = piece.exec(source)) {
    const [text] = found;
    if (text === "{") depth += 1;
    if (text === "}" && depth-- === 0) return found.index;
  }
  return undefined;
}

function skipBlank(source: string, start: number): number {
  const blank = /(?:\s|\/\/[^\n]*)*/y;
  blank.lastIndex = start;
  blank.exec(source);
  return blank.lastIndex;
}
