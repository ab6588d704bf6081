import { isObject, type JsonObject } from "../../json.ts";
import type { Flavour } from "./errors.ts";

/** What Google refuses of a schema whose members it knows all; the answer is its own message. */
export function schemaFlaw(schema: unknown, place: string, flavour: Flavour): string | undefined {
  if (!isObject(schema)) return undefined;
  const type = String(schema.type ?? "").toUpperCase();
  return typeFlaw(schema, type, place) ?? enumFlaw(schema, type, place) ??
    formatFlaw(schema, type, place, flavour) ?? requiredFlaw(schema, place) ??
    innerFlaw(schema, place, flavour);
}

function typeFlaw(schema: JsonObject, type: string, place: string): string | undefined {
  const hasOther = schema.anyOf !== undefined || schema.ref !== undefined;
  if (type === "" && !hasOther) return `${place}.type: must be specified`;
  if (type === "ARRAY" && schema.items === undefined) return `${place}.items: missing field.`;
  if (type !== "ARRAY" && schema.items !== undefined) {
    return `${place}.items: only allowed for ARRAY type`;
  }
  if (type !== "OBJECT" && isObject(schema.properties)) {
    return `${place}.properties: only allowed for OBJECT type`;
  }
}

function enumFlaw(schema: JsonObject, type: string, place: string): string | undefined {
  if (!Array.isArray(schema.enum)) return undefined;
  if (type !== "STRING") return `${place}.enum: only allowed for STRING type`;
  const empty = schema.enum.indexOf("");
  return empty < 0 ? undefined : `${place}.enum[${empty}]: cannot be empty`;
}

function formatFlaw(
  { format }: JsonObject,
  type: string,
  place: string,
  flavour: Flavour,
): string | undefined {
  if (typeof format !== "string" || flavour === "vertex") return undefined;
  const allowed = formats[type];
  if (allowed === undefined || allowed.includes(format)) return undefined;
  const names = allowed.map((name) => `'${name}'`).join(" and ");
  return `${place}.format: only ${names} are supported for ${type} type`;
}

function requiredFlaw(schema: JsonObject, place: string): string | undefined {
  const { required, properties } = schema;
  if (!Array.isArray(required)) return undefined;
  const at = required.findIndex((name) =>
    !(isObject(properties) && Object.hasOwn(properties, String(name)))
  );
  return at < 0 ? undefined : `${place}.required[${at}]: property is not defined`;
}

function innerFlaw(schema: JsonObject, place: string, flavour: Flavour): string | undefined {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const inner: [string, unknown][] = [
    ...properties.map(([name, value]): [string, unknown] => [`properties[${name}]`, value]),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : [])
      .map((value, index): [string, unknown] => [`any_of[${index}]`, value]),
    ["items", schema.items],
  ];
  for (const [name, value] of inner) {
    const flaw = schemaFlaw(value, `${place}.${name}`, flavour);
    if (flaw !== undefined) return flaw;
  }
}

const formats: Readonly<Record<string, readonly string[]>> = {
  STRING: ["enum", "date-time"],
  NUMBER: ["float", "double"],
  INTEGER: ["int32", "int64"],
};
