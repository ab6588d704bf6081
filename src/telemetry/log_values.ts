/** What a log line can carry as a value. */
export type LogValue = string | number | boolean;

/** Printable ASCII without what ends a value or opens a quoted one. */
const PLAIN = /^[!#-[\]-~]+$/;

/** All that could move a terminal's cursor, end a line for some reader, or hide text. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A value for `key=value` form: as it is where it cannot be mistaken, else quoted as JSON.
 *
 * Clients choose some of these values, so none may end its field or its line.
 */
export function textValue(value: LogValue): string {
  if (typeof value !== "string") return typeof value === "number" ? decimal(value) : `${value}`;
  return PLAIN.test(value) ? value : quoted(value);
}

/** A value for a line of JSON. */
export function jsonValue(value: LogValue): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "number") return `${value}`;
  return Number.isFinite(value) ? decimal(value) : `"${value}"`;
}

/** A JSON string of printable characters only. */
export function quoted(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  return printable(JSON.stringify(value));
}

/** Prose for one line: whatever could not be seen is escaped as in JSON. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  if (json !== character) return json;
  let escapes = "";
  for (let i = 0; i < character.length; i++) {
    escapes += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escapes;
}

/** A number without an exponent, which not every reader of logs understands. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits = "", exponent] = text.split("e-");
  const unsigned = digits.replace(/[-.]/g, "");
  return `${value < 0 ? "-" : ""}0.${"0".repeat(Number(exponent) - 1)}${unsigned}`;
}
