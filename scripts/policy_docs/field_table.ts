import { isMapping, type Mapping } from "../../src/lib/mapping.ts";
import { alternatives } from "./schema_node.ts";

/** Objects that are the same wherever they stand, and so are told of once. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(["backendAuth", "backendTLS"]);

/** How deep the table goes below its object. */
const DEPTH_MAX = 4;

/** More words than these are no longer a list to read. */
const WORDS_MAX = 12;

type Row = readonly [field: string, type: string, standard: string, description: string];

/** The fields of a node as a Markdown table, as `deno fmt` would lay it out. */
export function fieldTable(node: Mapping, root: Mapping): string {
  const rows = rowsOf(node, root, "", 1).map((row) => row.map(cell));
  if (rows.length === 0) return "It has no fields.\n";
  const table = [["Field", "Type", "Default", "Description"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => {
    return Math.max(3, ...table.map((row) => [...row[column] ?? ""].length));
  });
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const lines = [line(head), rule, ...body.map(line)];
  if (alternatives(node, root).some(isConditional)) lines.push("", CONDITIONAL);
  return `${lines.join("\n")}\n`;
}

const CONDITIONAL = "Or `{conditional: [...]}` with entries of these fields and a `condition`.";

function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
}

function rowsOf(node: Mapping, root: Mapping, prefix: string, depth: number): readonly Row[] {
  const rows = new Map<string, readonly Row[]>();
  for (const option of alternatives(node, root)) {
    if (!isMapping(option.properties) || isConditional(option)) continue;
    for (const [key, child] of Object.entries(option.properties)) {
      if (!isMapping(child) || rows.has(key)) continue;
      const field = `${prefix}${key}`;
      const isRequired = Array.isArray(option.required) && option.required.includes(key);
      rows.set(key, [
        rowOf(field, child, root, isRequired),
        ...KNOWN_ELSEWHERE.has(key) ? [] : rowsBelow(child, root, field, depth),
      ]);
    }
  }
  return [...rows.values()].flat();
}

function isConditional({ properties }: Mapping): boolean {
  return isMapping(properties) && Object.keys(properties).join() === "conditional";
}

function rowOf(field: string, node: Mapping, root: Mapping, isRequired: boolean): Row {
  const [first = node] = alternatives(node, root);
  const { description = first.description } = node;
  const standard = isRequired ? "required" : shownDefault(node.default);
  return [
    `\`${field}\``,
    typeOf(node, root),
    standard,
    typeof description === "string" ? description : "",
  ];
}

/** What is empty by default is as good as absent. */
function shownDefault(value: unknown): string {
  const text = JSON.stringify(value);
  return text === undefined || text === "{}" || text === "[]" ? "" : `\`${text}\``;
}

/** The fields of the objects in it, be they in lists or in maps. */
function rowsBelow(node: Mapping, root: Mapping, field: string, depth: number): readonly Row[] {
  if (depth === DEPTH_MAX) return [];
  const inner = alternatives(node, root).flatMap((option) => {
    const { items, additionalProperties } = option;
    if (isMapping(items)) return rowsOf(items, root, `${field}[].`, depth + 1);
    if (isMapping(additionalProperties)) {
      return rowsOf(additionalProperties, root, `${field}.*.`, depth + 1);
    }
    return [];
  });
  return [...rowsOf(node, root, `${field}.`, depth + 1), ...inner];
}

function typeOf(node: Mapping, root: Mapping): string {
  const types = alternatives(node, root).filter((option) => !isConditional(option))
    .map((option) => plainType(option, root));
  return [...new Set(types)].join(" or ");
}

function plainType(node: Mapping, root: Mapping): string {
  const words = node.const === undefined ? node.enum : [node.const];
  if (Array.isArray(words) && words.length <= WORDS_MAX) {
    return words.map((word) => `\`${word}\``).join(" or ");
  }
  switch (node.type) {
    case "array":
      return isMapping(node.items) ? listType(typeOf(node.items, root)) : "list";
    case "object":
      return isMapping(node.additionalProperties)
        ? `map of ${typeOf(node.additionalProperties, root)}`
        : "object";
    default:
      return typeof node.type === "string" ? node.type : "any";
  }
}

function listType(item: string): string {
  return item.includes(" or ") ? `list of (${item})` : `list of ${item}`;
}
