import { parse } from "yaml";
import { isMapping } from "../../../src/lib/mapping.ts";
import { Config } from "../../../src/config/schema/index.ts";

import { ABSENT, list, object, type Text, text, UNKNOWN, type Value } from "./value.ts";

const SECTIONS = Object.keys(Config.entries);

/** The configurations that a value is or has the text of, if it is one. */
export function configurationsIn(value: Value): readonly Value[] {
  if (value.type === "choice") return value.options.flatMap(configurationsIn);
  if (value.type === "text") return inText(value);
  return isConfiguration(value, ["llm", "binds", "gateways"]) ? [value] : [];
}

function inText(value: Text): readonly Value[] {
  if (!SECTION.test(value.text)) return [];
  const parsed = parsedText(value);
  return isConfiguration(parsed, SECTIONS) ? [parsed] : [];
}

const SECTION = new RegExp(`^(?:\\s*\\{\\s*)?"?(?:${SECTIONS.join("|")})"?:`, "m");

function isConfiguration(value: Value, sections: readonly string[]): boolean {
  if (value.type !== "object") return false;
  const keys = [...value.members.keys()];
  return keys.every((key) => SECTIONS.includes(key)) && keys.some((key) => sections.includes(key));
}

/** A text as the YAML that it is; unknown if it is none. */
export function parsedText(value: Text): Value {
  const names = [...value.holes.keys()];
  for (const lines of [value.text, withoutHoleLines(value.text)]) {
    try {
      return fromYaml(parse(lines, { logLevel: "silent" }), value.holes, names);
    } catch {
      // What stands in the holes may be lines of their own.
    }
  }
  return UNKNOWN;
}

function withoutHoleLines(lines: string): string {
  return lines.replace(/^[ \t-]*hole-[\da-f-]{36}\s*$/gm, "");
}

function fromYaml(
  value: unknown,
  holes: ReadonlyMap<string, Value>,
  names: readonly string[],
): Value {
  if (typeof value === "string") {
    const whole = holes.get(value);
    if (whole !== undefined) return whole;
    return names.some((name) => value.includes(name)) ? text(value, holes) : text(value);
  }
  if (typeof value === "number" || typeof value === "boolean") return { type: "scalar", value };
  if (Array.isArray(value)) return list(value.map((item) => fromYaml(item, holes, names)));
  if (!isMapping(value)) return ABSENT;
  return object(
    Object.entries(value).map(([key, item]) => [key, fromYaml(item, holes, names)] as const),
  );
}
