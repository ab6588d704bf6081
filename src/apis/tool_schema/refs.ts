import { isMapping, type Mapping } from "../../lib/mapping.ts";

/** How deep a schema may go; what lies deeper is cut off. */
const DEPTH_MAX = 48;
/** How many schemas may be inserted in place of references. */
const INSERTIONS_MAX = 10_000;

/**
 * A JSON schema in which every reference is replaced by what it refers to, and no definitions.
 *
 * Keywords beside a reference win over those it refers to. A reference that leads into itself, or
 * nowhere, is left out, which is told by `lost`; of the former the type remains.
 */
export function inlineRefs(schema: unknown, lost: () => void): unknown {
  let inserted = 0;

  function inline(node: unknown, place: Place): unknown {
    if (!isMapping(node)) return node;
    const { $defs: _, definitions: __, ...schemaOnly } = node;
    if (place.within.length > 1) inserted++;
    if (place.depth > DEPTH_MAX) {
      lost();
      return {};
    }
    const inner = { ...place, depth: place.depth + 1, scopes: [node, ...place.scopes] };
    return typeof node.$ref === "string"
      ? resolve(schemaOnly, node.$ref, inner)
      : mapSchemas(schemaOnly, (child) => inline(child, inner));
  }

  function resolve(node: Mapping, ref: string, place: Place): unknown {
    const { $ref: _, ...beside } = node;
    const target = find(ref, schema, place.scopes);
    if (target === undefined || place.within.includes(target) || inserted > INSERTIONS_MAX) {
      lost();
      const type = target === undefined ? {} : pickType(target);
      return inline({ ...type, ...beside }, place);
    }
    return inline({ ...target, ...beside }, { ...place, within: [...place.within, target] });
  }

  return inline(schema, { depth: 0, scopes: [], within: [schema] });
}

interface Place {
  readonly depth: number;
  /** The schemas around this one, innermost first. */
  readonly scopes: readonly Mapping[];
  /** The root, and the schemas whose contents are being inserted. */
  readonly within: readonly unknown[];
}

/** The schema with every schema directly inside it replaced. */
export function mapSchemas(node: Mapping, map: (child: unknown) => unknown): Mapping {
  const mapped: [string, unknown][] = [];
  for (const [key, value] of Object.entries(node)) {
    if (MAPS_OF_SCHEMAS.has(key) && isMapping(value)) {
      const entries = Object.entries(value).map(([name, child]) => [name, map(child)]);
      mapped.push([key, Object.fromEntries(entries)]);
    } else if (SCHEMAS.has(key)) {
      mapped.push([key, Array.isArray(value) ? value.map(map) : map(value)]);
    } else {
      mapped.push([key, value]);
    }
  }
  return Object.fromEntries(mapped);
}

const DEFINITIONS: readonly string[] = ["$defs", "definitions"];
const MAPS_OF_SCHEMAS: ReadonlySet<string> = new Set([
  ...DEFINITIONS,
  "properties",
  "patternProperties",
  "dependentSchemas",
]);
const SCHEMAS: ReadonlySet<string> = new Set([
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "allOf",
  "additionalProperties",
  "not",
  "if",
  "then",
  "else",
  "contains",
  "propertyNames",
]);

/** What a reference means: by its path from the root, else by its last name in a definition. */
function find(ref: string, root: unknown, scopes: readonly Mapping[]): Mapping | undefined {
  const at = ref.indexOf("#");
  const path = at < 0 ? ref : ref.slice(at + 1);
  const names = path.split("/").slice(1).map(unescape);
  if (at === 0) {
    const found = names.reduce<unknown>(member, root);
    if (isMapping(found)) return found;
  }
  const last = names.at(-1) ?? path;
  for (const scope of [...scopes, root]) {
    for (const key of DEFINITIONS) {
      const found = member(member(scope, key), last);
      if (isMapping(found)) return found;
    }
  }
  return undefined;
}

function member(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function unescape(name: string): string {
  let decoded = name;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    // A stray percent sign stands for itself.
  }
  return decoded.replaceAll("~1", "/").replaceAll("~0", "~");
}

function pickType({ type }: Mapping): Mapping {
  return type === undefined ? {} : { type };
}
