import type ts from "typescript";

/** What is known of a value without running the test that makes it. */
export type Value =
  | { readonly type: "unknown" }
  /** `undefined`: what has it is not set. */
  | { readonly type: "absent" }
  | Text
  | { readonly type: "scalar"; readonly value: number | boolean | null }
  | { readonly type: "list"; readonly items: readonly Value[] }
  | { readonly type: "object"; readonly members: ReadonlyMap<string, Value> }
  /** One of the schemas of the configuration. */
  | { readonly type: "schema"; readonly schema: unknown }
  | { readonly type: "choice"; readonly options: readonly Value[] }
  | Closure;

/** A text; where it has holes, other values stand in it that are no known text. */
export interface Text {
  readonly type: "text";
  readonly text: string;
  readonly holes: ReadonlyMap<string, Value>;
}

/** A function of the tests, with the arguments of those around it. */
export interface Closure {
  readonly type: "closure";
  readonly node: ts.FunctionLikeDeclaration;
  readonly env: Env;
}

/** What the parameters of the functions under way stand for. */
export interface Env {
  readonly bound: ReadonlyMap<ts.Node, Value>;
  readonly outer: Env | undefined;
  readonly depth: number;
}

export const UNKNOWN: Value = { type: "unknown" };
export const ABSENT: Value = { type: "absent" };
export const NOTHING_BOUND: Env = { bound: new Map(), outer: undefined, depth: 0 };

const CHOICES_MAX = 64;

/** One of several values. */
export function choice(options: readonly Value[]): Value {
  const flat = options.flatMap((one) => one.type === "choice" ? one.options : [one]);
  const [first, ...more] = [...new Set(flat)];
  if (first === undefined) return UNKNOWN;
  return more.length === 0
    ? first
    : { type: "choice", options: [first, ...more].slice(0, CHOICES_MAX) };
}

/** A function of one value, for each that it may be. */
export function each(value: Value, map: (one: Value) => Value): Value {
  return value.type === "choice" ? choice(value.options.map(map)) : map(value);
}

export function text(text: string, holes: ReadonlyMap<string, Value> = NO_HOLES): Text {
  return { type: "text", text, holes };
}

const NO_HOLES: ReadonlyMap<string, Value> = new Map();

export function list(items: readonly Value[]): Value {
  return { type: "list", items };
}

/** An object; a member that is absent is none. */
export function object(members: Iterable<readonly [string, Value]>): Value {
  const all = new Map(members);
  for (const [key, { type }] of all) if (type === "absent") all.delete(key);
  return { type: "object", members: all };
}

/** A member of an object or a list. */
export function memberOf(value: Value, key: string): Value {
  return each(value, (one) => {
    if (one.type === "object") return one.members.get(key) ?? ABSENT;
    if (one.type === "list") return one.items[Number(key)] ?? UNKNOWN;
    return UNKNOWN;
  });
}

/** Whatever a loop over a value may find. */
export function elementOf(value: Value): Value {
  return each(value, (one) => one.type === "list" ? choice(one.items) : UNKNOWN);
}

/** The items of a list, as far as they are known. */
export function itemsOf(value: Value): readonly Value[] {
  if (value.type === "list") return value.items;
  return value.type === "choice" ? value.options.flatMap(itemsOf) : [UNKNOWN];
}

/** A text that stands for a value in another text. */
export function hole(value: Value): Text {
  const name = `hole-${crypto.randomUUID()}`;
  return text(name, new Map([[name, value]]));
}

/** Texts one after the other; where one of them may be several, one for each of these. */
export function joined(parts: readonly Value[], separator = ""): Value {
  const first = parts.map((part) => part.type === "choice" ? part.options[0] ?? UNKNOWN : part);
  const others = parts.flatMap((part, index) =>
    part.type === "choice" ? part.options.slice(1).map((one) => first.with(index, one)) : []
  );
  return choice([first, ...others].map((texts) => join(texts.map(inText), separator)));
}

function join(texts: readonly Text[], separator: string): Value {
  const holes = new Map(texts.flatMap((one) => [...one.holes]));
  return text(texts.map((one) => one.text).join(separator), holes);
}

function inText(value: Value): Text {
  if (value.type === "text") return value;
  if (value.type === "absent") return text("");
  if (value.type === "scalar") return text(String(value.value));
  return hole(value);
}
