/** Any value of JSON. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

type JsonMap = { readonly [key: string]: Json };

/** Below this length, in characters, a reference would not be shorter to read. */
const SHARED_LENGTH_MIN = 400;

/**
 * A JSON Schema in which each object schema is written once: what stands at several places, but for
 * its description, is a definition that all of them refer to.
 */
export function shareDefinitions(schema: JsonMap): JsonMap {
  const places = new Map<string, { readonly key: string; count: number }>();
  visit(schema, "", (node, key) => {
    const text = textOf(node);
    const place = places.get(text) ?? { key, count: 0 };
    place.count++;
    places.set(text, place);
  });
  const names = new Map<string, string>();
  const taken = new Set(Object.keys(isMap(schema.$defs) ? schema.$defs : {}));
  for (const [text, { key, count }] of places) {
    if (count > 1) names.set(text, freeName(key, taken));
  }
  const definitions: Record<string, Json> = {};
  const { $defs: own = {}, ...root } = schema;
  const shared = replaced(root, names, definitions, true);
  const old = replaced(own, names, definitions, true);
  return {
    ...(isMap(shared) ? shared : {}),
    $defs: { ...(isMap(old) ? old : {}), ...definitions },
  };
}

function visit(node: Json, key: string, found: (node: JsonMap, key: string) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, key, found);
    return;
  }
  if (!isMap(node)) return;
  if (isShareable(node)) found(node, key);
  for (const [name, value] of Object.entries(node)) {
    visit(value, STRUCTURE.has(name) ? key : name, found);
  }
}

/** Keywords whose members are not named by what they are for. */
const STRUCTURE: ReadonlySet<string> = new Set([
  "properties",
  "$defs",
  "items",
  "anyOf",
  "oneOf",
  "allOf",
  "additionalProperties",
]);

function replaced(
  node: Json,
  names: ReadonlyMap<string, string>,
  definitions: Record<string, Json>,
  isWhole: boolean,
): Json {
  if (Array.isArray(node)) return node.map((it) => replaced(it, names, definitions, false));
  if (!isMap(node)) return node;
  const name = isWhole || !isShareable(node) ? undefined : names.get(textOf(node));
  if (name === undefined) return members(node, names, definitions);
  const { description, ...rest } = node;
  if (!Object.hasOwn(definitions, name)) {
    definitions[name] = true;
    definitions[name] = members(rest, names, definitions);
  }
  const reference = { $ref: `#/$defs/${name}` };
  return description === undefined ? reference : { ...reference, description };
}

function members(
  node: JsonMap,
  names: ReadonlyMap<string, string>,
  definitions: Record<string, Json>,
): Json {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, replaced(value, names, definitions, false)]),
  );
}

function isShareable(node: JsonMap): boolean {
  return isMap(node.properties) && JSON.stringify(node).length >= SHARED_LENGTH_MIN;
}

function textOf({ description: _, ...rest }: JsonMap): string {
  return JSON.stringify(rest);
}

function freeName(key: string, taken: Set<string>): string {
  const base = key === "" ? "object" : key;
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}${count}`;
  taken.add(name);
  return name;
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
