import { isMapping } from "../../../src/lib/mapping.ts";

/** The members that Google's `Schema` has, of those that are ever written. */
const KNOWN = new Set([
  ..."type format description title nullable enum items properties required anyOf".split(" "),
  ..."default minLength maxLength pattern minimum maximum propertyOrdering".split(" "),
]);
const TYPES = new Set("string number integer boolean array object null".split(" "));

/** What Google would refuse in a schema; its places are told by path. */
export function refused(node: unknown, path = "$"): string[] {
  if (!isMapping(node)) return [`${path}: no object`];
  const { anyOf, type, properties, required, items, enum: values } = node;
  const found = Object.keys(node).filter((key) => !KNOWN.has(key)).map((key) => `${path}: ${key}`);
  if (anyOf !== undefined) {
    if (Object.keys(node).length > 1) found.push(`${path}: keywords beside anyOf`);
    if (!Array.isArray(anyOf) || anyOf.length < 2) return [...found, `${path}: odd anyOf`];
    return [...found, ...anyOf.flatMap((member, at) => refused(member, `${path}.anyOf[${at}]`))];
  }
  if (typeof type !== "string" || !TYPES.has(type)) found.push(`${path}: type ${type}`);
  if ((type === "array") !== (items !== undefined)) found.push(`${path}: items of ${type}`);
  if (items !== undefined) found.push(...refused(items, `${path}.items`));
  if (properties !== undefined && type !== "object") found.push(`${path}: properties of ${type}`);
  const names = isMapping(properties) ? Object.entries(properties) : [];
  found.push(...names.flatMap(([name, child]) => refused(child, `${path}.${name}`)));
  for (const name of Array.isArray(required) ? required : []) {
    if (!names.some(([known]) => known === name)) found.push(`${path}: requires ${name}`);
  }
  if (values !== undefined) {
    const isFine = type === "string" && Array.isArray(values) && values.length > 0 &&
      values.every((value) => typeof value === "string" && value !== "");
    if (!isFine) found.push(`${path}: enum ${JSON.stringify(values)}`);
  }
  return found;
}
