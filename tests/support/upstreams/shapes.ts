import { isObject, type JsonObject } from "../json.ts";

/** One step into parsed JSON; a `tag` is the kind that a tagged union took, no step of its own. */
export type Step = string | number | { readonly tag: string };

/** What is wrong at one place of a request; every provider words it in its own way. */
export interface Flaw {
  readonly kind:
    | "unknown"
    | "missing"
    | "type"
    | "value"
    | "pattern"
    | "short"
    | "long"
    | "low"
    | "high"
    | "union"
    | "rule";
  readonly path: readonly Step[];
  /** The type, limit, pattern or rule that the value is held against. */
  readonly expected: string;
  readonly found?: unknown;
  readonly allowed?: readonly string[];
}

/** Where a check stands, and the members it has passed over because nobody knows them. */
export interface Place {
  readonly path: readonly Step[];
  readonly ignored: (readonly Step[])[];
}

/** Says what is wrong with a value, if anything is. */
export type Shape = (value: unknown, place: Place) => Flaw | undefined;

/** Checks a whole value; `ignored` are the paths of unknown members of open objects. */
export function checkShape(
  shape: Shape,
  value: unknown,
): { readonly flaw: Flaw | undefined; readonly ignored: readonly (readonly Step[])[] } {
  const ignored: (readonly Step[])[] = [];
  return { flaw: shape(value, { path: [], ignored }), ignored };
}

/** A path as text: `messages.0.content` or `messages[0].content`. */
export function pathText(
  path: readonly Step[],
  style: { readonly indexes: "dots" | "brackets"; readonly tags?: boolean },
): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "object") return style.tags ? joined(text, step.tag) : text;
    if (typeof step === "number" && style.indexes === "brackets") return `${text}[${step}]`;
    return joined(text, String(step));
  }, "");
}

function joined(text: string, name: string): string {
  return text === "" ? name : `${text}.${name}`;
}

/** A flaw that no general kind describes. */
export function broken(path: readonly Step[], rule: string, found?: unknown): Flaw {
  return { kind: "rule", path, expected: rule, found };
}

/** The place of a member or element. */
export function inside(place: Place, ...steps: readonly Step[]): Place {
  return { ...place, path: [...place.path, ...steps] };
}

/** Takes whatever there is. */
export const anything: Shape = () => undefined;

/** Takes a string. */
export function text(
  limits: {
    readonly min?: number;
    readonly max?: number;
    readonly pattern?: RegExp;
    readonly among?: readonly string[];
  } = {},
): Shape {
  return (value, { path }) => {
    if (typeof value !== "string") return { kind: "type", path, expected: "string", found: value };
    const { min = 0, max = Infinity, pattern, among } = limits;
    const flaw = (kind: Flaw["kind"], expected: string): Flaw => ({
      kind,
      path,
      expected,
      found: value,
      ...(among && { allowed: among }),
    });
    if (among?.includes(value) === false) return flaw("value", "one of the allowed values");
    if (value.length < min) return flaw("short", String(min));
    if (value.length > max) return flaw("long", String(max));
    if (pattern?.test(value) === false) return flaw("pattern", pattern.source);
  };
}

/** Takes a number. */
export function number(
  limits: { readonly min?: number; readonly max?: number; readonly integer?: boolean } = {},
): Shape {
  return (value, { path }) => {
    const { min = -Infinity, max = Infinity, integer = false } = limits;
    const fits = typeof value === "number" && (!integer || Number.isInteger(value));
    const expected = integer ? "integer" : "number";
    if (!fits) return { kind: "type", path, expected, found: value };
    if (value < min) return { kind: "low", path, expected: String(min), found: value };
    if (value > max) return { kind: "high", path, expected: String(max), found: value };
  };
}

/** Takes true and false. */
export const boolean: Shape = (value, { path }) =>
  typeof value === "boolean"
    ? undefined
    : { kind: "type", path, expected: "boolean", found: value };

/** Takes any object. */
export const object: Shape = (value, { path }) =>
  isObject(value) ? undefined : { kind: "type", path, expected: "object", found: value };

/** Takes null in place of the value. */
export function nullable(shape: Shape): Shape {
  return (value, place) => value === null ? undefined : shape(value, place);
}

/** Takes what a shape takes that is known only later, such as itself. */
export function lazy(shape: () => Shape): Shape {
  return (value, place) => shape()(value, place);
}

/** Takes an array of equal things. */
export function list(
  shape: Shape,
  limits: { readonly min?: number; readonly max?: number } = {},
): Shape {
  return (value, place) => {
    const { path } = place;
    if (!Array.isArray(value)) return { kind: "type", path, expected: "array", found: value };
    const { min = 0, max = Infinity } = limits;
    if (value.length < min) return { kind: "short", path, expected: String(min), found: value };
    if (value.length > max) return { kind: "long", path, expected: String(max), found: value };
    return firstOf(value.entries(), ([index, element]) => shape(element, inside(place, index)));
  };
}

/** Takes an object whose names are free and whose values are alike. */
export function map(shape: Shape): Shape {
  return (value, place) =>
    object(value, place) ??
      firstOf(
        isObject(value) ? Object.entries(value) : [],
        ([name, member]) => shape(member, inside(place, name)),
      );
}

/** Takes an object of known members; a name that ends in `!` must be there. */
export function members(
  known: Readonly<Record<string, Shape>>,
  options: { readonly open?: boolean; readonly nulls?: boolean } = {},
): Shape {
  const shapes = new Map(Object.entries(known).map(([name, shape]) => [bare(name), shape]));
  const required = Object.keys(known).filter((name) => name.endsWith("!")).map(bare);
  const isAbsent = (value: unknown) =>
    value === undefined || (options.nulls === true && value === null);
  return (value, place) => {
    if (!isObject(value)) return object(value, place);
    const missing = required.find((name) => isAbsent(value[name]));
    return firstOf(Object.entries(value), ([name, member]) => {
      const at = inside(place, name);
      const shape = shapes.get(name);
      if (shape !== undefined) return isAbsent(member) ? undefined : shape(member, at);
      if (!options.open) return { kind: "unknown", path: at.path, expected: name, found: member };
      place.ignored.push(at.path);
    }) ?? (missing === undefined ? undefined : {
      kind: "missing",
      path: inside(place, missing).path,
      expected: missing,
    });
  };
}

function bare(name: string): string {
  return name.replace(/!$/, "");
}

/** Takes an object of the kind that its member `tag` names. */
export function tagged(
  tag: string,
  kinds: Readonly<Record<string, Shape>>,
  otherwise?: string,
): Shape {
  return (value, place) => {
    if (!isObject(value)) return object(value, place);
    const kind = value[tag] ?? otherwise;
    const path = inside(place, tag).path;
    if (kind === undefined) return { kind: "missing", path, expected: tag };
    const shape = typeof kind === "string" ? kinds[kind] : undefined;
    if (shape !== undefined) return shape(value, inside(place, { tag: String(kind) }));
    const allowed = Object.keys(kinds);
    return { kind: "value", path, expected: "one of the allowed values", found: kind, allowed };
  };
}

/** Takes an object that has exactly one of the members. */
export function exactlyOne(kinds: Readonly<Record<string, Shape>>): Shape {
  const allowed = Object.keys(kinds);
  return (value, place) => {
    if (!isObject(value)) return object(value, place);
    const { path } = place;
    const present = Object.keys(value);
    const stranger = present.find((name) => !Object.hasOwn(kinds, name));
    if (stranger !== undefined) {
      return { kind: "unknown", path: [...path, stranger], expected: stranger, allowed };
    }
    const [name = "", ...more] = present;
    if (present.length === 0 || more.length > 0) {
      return { kind: "union", path, expected: "exactly one member", found: present, allowed };
    }
    return kinds[name]?.(value[name], inside(place, name));
  };
}

/** Takes what one of the shapes takes; the flaw is that of the shape that came furthest. */
export function either(...shapes: readonly Shape[]): Shape {
  return (value, place) => {
    const flaws: Flaw[] = [];
    for (const shape of shapes) {
      const flaw = shape(value, place);
      if (flaw === undefined) return undefined;
      flaws.push(flaw);
    }
    return flaws.reduce((best, flaw) => progress(flaw) > progress(best) ? flaw : best);
  };
}

/** A value of the right type came further than one of a wrong type at the same place. */
function progress({ path, kind }: Flaw): number {
  return path.length * 2 + (kind === "type" ? 0 : 1);
}

/** Takes what all the shapes take; the first says what the value is. */
export function both(...shapes: readonly Shape[]): Shape {
  return (value, place) => firstOf(shapes, (shape) => shape(value, place));
}

/** A rule over an object's members that no single one of them shows. */
export function rule(check: (value: JsonObject, place: Place) => Flaw | undefined): Shape {
  return (value, place) => isObject(value) ? check(value, place) : undefined;
}

/** The first flaw that is found. */
export function firstOf<Item>(
  items: Iterable<Item>,
  check: (item: Item) => Flaw | undefined,
): Flaw | undefined {
  for (const item of items) {
    const flaw = check(item);
    if (flaw !== undefined) return flaw;
  }
}
