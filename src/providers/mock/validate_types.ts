import { type ErrorAnswer, invalid } from "./error_answer.ts";
import { isObject } from "./json.ts";

/** Says what is wrong with the value of a parameter, if anything. */
export type Check = (value: unknown, param: string, strict: boolean) => ErrorAnswer | undefined;

/** The complaint about a value of another type than expected. */
export function wrongType(param: string, expected: string, value: unknown): ErrorAnswer {
  return invalid(
    `Invalid type for '${param}': expected ${expected}, but got ${typeOf(value)} instead.`,
    param,
    "invalid_type",
  );
}

/** Accepts strings. */
export const string: Check = (value, param) =>
  typeof value === "string" ? undefined : wrongType(param, "a string", value);

/** Accepts booleans. */
export const boolean: Check = (value, param) =>
  typeof value === "boolean" ? undefined : wrongType(param, "a boolean", value);

/** Accepts objects. */
export const object: Check = (value, param) =>
  isObject(value) ? undefined : wrongType(param, "an object", value);

/** Accepts numbers of a range. */
export function number(min: number, max: number): Check {
  return (value, param) =>
    typeof value === "number"
      ? outOfRange(value, param, "decimal", min, max)
      : wrongType(param, "a decimal", value);
}

/** Accepts whole numbers of a range. */
export function integer(min = -Infinity, max = Infinity): Check {
  return (value, param) =>
    typeof value === "number" && Number.isInteger(value)
      ? outOfRange(value, param, "integer", min, max)
      : wrongType(param, "an integer", value);
}

/** Accepts arrays of a length; shorter ones only where the check is not strict. */
export function array(lengthMin: number, lengthMax: number): Check {
  return (value, param, strict) => {
    if (!Array.isArray(value)) return wrongType(param, "an array", value);
    const { length } = value;
    if (strict && length < lengthMin) return emptyArray(param, lengthMin);
    if (length <= lengthMax) return undefined;
    return invalid(
      `Invalid '${param}': array too long. Expected an array with maximum length ${lengthMax}, ` +
        `but got an array with length ${length} instead.`,
      param,
      "array_above_max_length",
    );
  };
}

/** The complaint about an array without elements. */
export function emptyArray(param: string, lengthMin: number): ErrorAnswer {
  return invalid(
    `Invalid '${param}': empty array. Expected an array with minimum length ${lengthMin}, ` +
      "but got an empty array instead.",
    param,
    "empty_array",
  );
}

/** Accepts some words; others only where the check is not strict. */
export function oneOf(...words: readonly string[]): Check {
  return (value, param, strict) => {
    if (typeof value !== "string") return wrongType(param, "a string", value);
    if (!strict || words.includes(value)) return undefined;
    return unsupportedValue(param, value, words);
  };
}

/** The complaint about a word that is none of those expected. */
export function unsupportedValue(
  param: string,
  value: string,
  words: readonly string[],
): ErrorAnswer {
  const quoted = words.map((word) => `'${word}'`);
  const listed = quoted.length < 3
    ? quoted.join(" and ")
    : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1)}`;
  return invalid(
    `Invalid value: '${value}'. Supported values are: ${listed}.`,
    param,
    "invalid_value",
  );
}

function outOfRange(
  value: number,
  param: string,
  type: "decimal" | "integer",
  min: number,
  max: number,
): ErrorAnswer | undefined {
  if (value >= min && value <= max) return undefined;
  const [bound, sign, limit] = value < min
    ? ["below minimum", ">=", min]
    : ["above maximum", "<=", max];
  return invalid(
    `Invalid '${param}': ${type} ${bound} value. Expected a value ${sign} ${limit}, ` +
      `but got ${value} instead.`,
    param,
    `${type}_${value < min ? "below_min" : "above_max"}_value`,
  );
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "an integer" : "a decimal";
    case "object":
      return "an object";
    default:
      return `a ${typeof value}`;
  }
}
