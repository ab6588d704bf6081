import * as v from "valibot";
import { isMapping, type Mapping } from "../../../src/lib/mapping.ts";
import type { Value } from "./value.ts";

/** Something that a configuration may set, and that has to have an effect. */
export interface Leaf {
  readonly path: string;
  /** The object, union or list of words, and the key, option or word in it. */
  readonly owner: Mapping;
  readonly member: string;
  /** The schema of what is set. */
  readonly schema: unknown;
}

/** What is known of leaves: the files that set them. */
export interface Credits {
  add(owner: Mapping, member: string): void;
}

/**
 * Every leaf of a schema once, where it is found first: the keys of its objects, the forms that a
 * value may have, the words of closed lists. An object that several places share is the same at
 * all of them, so that its members count once, and each place counts for itself.
 */
export function leavesOf(root: unknown, path = "", seen = new Set<unknown>()): Leaf[] {
  const schema = core(root);
  if (schema === undefined || seen.has(schema)) return [];
  seen.add(schema);
  const leaves: Leaf[] = [];
  for (const [key, entry] of ownEntries(schema, path.endsWith(".conditional[]"))) {
    leaves.push({ path: `${path}.${key}`, owner: schema, member: key, schema: entry });
    leaves.push(...leavesOf(entry, `${path}.${key}`, seen));
  }
  for (const [index, option] of optionsOf(schema).entries()) {
    leaves.push({
      path: `${path} (${formOf(option)})`,
      owner: schema,
      member: String(index),
      schema: option,
    });
    leaves.push(...leavesOf(option, path, seen));
  }
  for (const word of wordsOf(schema).filter((word) => takes(root, word))) {
    leaves.push({ path: `${path}=${word}`, owner: schema, member: word, schema });
  }
  leaves.push(...leavesOf(schema.item, `${path}[]`, seen));
  leaves.push(...leavesOf(schema.value, `${path}.*`, seen));
  return leaves;
}

/** Whether a word passes the further checks of a schema. */
function takes(schema: unknown, word: string): boolean {
  return isSchema(schema) && v.is(schema, word);
}

function isSchema(value: unknown): value is v.GenericSchema {
  return isMapping(value) && value.kind === "schema";
}

/** Notes the leaves that a value sets, as far as it has the shape that the schema wants. */
export function credit(value: Value, root: unknown, credits: Credits): void {
  const schema = core(root);
  if (schema === undefined) return;
  if (value.type === "choice") {
    for (const option of value.options) credit(option, schema, credits);
    return;
  }
  const options = optionsOf(schema);
  if (options.length > 0) {
    const index = options.findIndex((option) => fits(value, option));
    if (index < 0) return;
    credits.add(schema, String(index));
    credit(value, options[index], credits);
  } else if (value.type === "object") {
    creditObject(value.members, schema, credits);
  } else if (value.type === "list") {
    for (const item of value.items) credit(item, schema.item, credits);
  } else if (value.type === "text" && wordsOf(schema).includes(value.text)) {
    credits.add(schema, value.text);
  }
}

function creditObject(
  members: ReadonlyMap<string, Value>,
  schema: Mapping,
  credits: Credits,
): void {
  const entries = entriesOf(schema);
  for (const [key, member] of members) {
    const inner = entries === undefined ? schema.value : entries[key];
    if (inner === undefined || !fits(member, inner)) continue;
    if (entries !== undefined) credits.add(schema, key);
    credit(member, inner, credits);
  }
}

/** Whether a value may be meant for a schema, by its shape and the keys of objects. */
export function fits(value: Value, root: unknown): boolean {
  const schema = core(root);
  if (schema === undefined || value.type === "unknown") return true;
  if (value.type === "absent") return true;
  if (value.type === "choice") return value.options.some((option) => fits(option, schema));
  const options = optionsOf(schema);
  if (options.length > 0) return options.some((option) => fits(value, option));
  if (schema.type === "unknown") return true;
  const entries = entriesOf(schema);
  if (entries !== undefined) {
    return value.type === "object" &&
      [...value.members].every(([key, member]) =>
        Object.hasOwn(entries, key) && fits(member, entries[key])
      );
  }
  if (schema.type === "record") return value.type === "object";
  if (schema.type === "array") {
    return value.type === "list" && value.items.every((item) => fits(item, schema.item));
  }
  if (schema.type === "picklist") {
    return value.type === "text" && (value.holes.size > 0 || wordsOf(schema).includes(value.text));
  }
  if (schema.type === "string") return value.type === "text";
  if (schema.type === "number" || schema.type === "boolean") {
    return value.type === "scalar" || value.type === "text" && value.holes.size > 0;
  }
  return value.type === "scalar" || value.type === "text";
}

/** A schema without what makes it optional or checks it further. */
function core(schema: unknown): Mapping | undefined {
  if (!isMapping(schema) || !isSchema(schema)) return undefined;
  if (Array.isArray(schema.pipe) && schema.pipe[0] !== schema) return core(schema.pipe[0]);
  return schema.wrapped === undefined ? schema : core(schema.wrapped);
}

function entriesOf(schema: Mapping): Mapping | undefined {
  return isMapping(schema.entries) ? schema.entries : undefined;
}

/**
 * The entries for which an object has to show an effect of its own. An entry of a conditional form
 * is the policy itself with a condition; what nobody can set is no leaf.
 */
function ownEntries(schema: Mapping, isConditional: boolean): [string, unknown][] {
  const entries = Object.entries(entriesOf(schema) ?? {})
    .filter(([, entry]) => core(entry)?.type !== "never");
  return isConditional ? entries.filter(([key]) => key === "condition") : entries;
}

function optionsOf(schema: Mapping): readonly unknown[] {
  return schema.type === "union" && Array.isArray(schema.options) ? schema.options : [];
}

function wordsOf(schema: Mapping): readonly string[] {
  if (schema.type !== "picklist" || !Array.isArray(schema.options)) return [];
  return schema.options.map(String);
}

function formOf(option: unknown): string {
  const { type, entries } = core(option) ?? {};
  if (isMapping(entries)) return `{${Object.keys(entries).slice(0, 3).join(", ")}}`;
  return type === "picklist" ? "word" : String(type);
}
