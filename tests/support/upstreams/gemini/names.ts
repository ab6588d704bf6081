import { isObject } from "../../json.ts";
import type { Step } from "../shapes.ts";

/** Protobuf's JSON takes names in camel case and as they stand in the protocol's definition. */
export function camelised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelised);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (free.has(camel)) return [camel, member];
      if (camel === "properties") return [camel, namedValues(member)];
      return [camel, camelised(member)];
    }),
  );
}

/** A path in the spelling of Google's errors: `tools[0].function_declarations[0].parameters`. */
export function googlePath(path: readonly Step[], body: unknown): string {
  let place = "";
  let value = body;
  let isMap = false;
  for (const step of path) {
    if (typeof step === "object") continue;
    const keys = isObject(value) ? Object.keys(value) : [];
    if (typeof step === "number") place += `[${step}]`;
    else if (isMap) place += `[${keys.indexOf(step)}].value`;
    else place += `${place === "" ? "" : "."}${snake(step)}`;
    isMap = !isMap && step === "properties";
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isObject(value) ? value[step] : undefined;
  }
  return place;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function namedValues(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, camelised(member)]),
  );
}

/** Members whose insides belong to the user. */
const free = new Set([
  ...["args", "response", "parametersJsonSchema", "responseJsonSchema", "labels", "default"],
  ...["example", "partMetadata"],
]);
