import * as v from "valibot";
import { alternatives } from "../lib/closed_words.ts";
import { nearest } from "../lib/did_you_mean.ts";
import { quote } from "../lib/quote.ts";
import type { Origin } from "./read_values.ts";

type Issue = v.BaseIssue<unknown>;

/** The words for an issue whose schema brings none of its own. */
export function explain(issue: Issue): string {
  const { requirement } = issue;
  switch (issue.type) {
    case "string":
      return "expected a string";
    case "number":
      return "expected a number";
    case "integer":
    case "safe_integer":
      return "expected a whole number";
    case "boolean":
      return "expected true or false";
    case "array":
      return "expected a list";
    case "strict_object":
    case "object":
    case "record":
      return "expected a mapping";
    case "picklist":
    case "literal":
      return `expected ${alternatives(literals(issue))}`;
    case "min_value":
      return `expected at least ${requirement}`;
    case "max_value":
      return `expected at most ${requirement}`;
    case "non_empty":
      return "must not be empty";
    case "min_length":
      return `must have at least ${requirement} entries`;
    case "max_length":
      return `must have at most ${requirement} entries`;
    default:
      return "is not valid here";
  }
}

/**
 * The whole message of an issue. Schemas word what they want: after "expected ..." comes what was
 * found, while "must ..." stands alone, for values that may be secret. The values of variables are
 * never shown, only their names.
 */
export function wordIssue(issue: Issue, origin: Origin | undefined): string {
  if (isMissingKey(issue)) return "required key is missing";
  const { message } = issue;
  const hint = quotesHint(issue, origin);
  if (message.startsWith("expected")) {
    return origin === undefined
      ? `${message}, found ${show(issue)}${inBrackets(suggestion(issue), hint)}`
      : `${message}, found ${valueOf(origin)}${inBrackets(hint)}`;
  }
  if (origin === undefined) return message + inBrackets(hint);
  return message.startsWith(NOT_YET)
    ? `${NOT_YET}${valueOf(origin)}`
    : message + inBrackets(`it is ${valueOf(origin)}`, hint);
}

const NOT_YET = "not supported yet: ";

function isMissingKey({ type, path, expected }: Issue): boolean {
  return type === "strict_object" && path?.at(-1)?.origin === "key" && expected !== "never";
}

/** What to do about a number or boolean that was meant as text, or the other way round. */
function quotesHint({ type, input }: Issue, origin: Origin | undefined): string | undefined {
  if (type === "string" || type === "union") {
    const typed = typeof input === "number" || typeof input === "boolean";
    return typed ? "put it in quotes" : undefined;
  }
  const quoted = (type === "number" || type === "boolean") && origin?.plain === false;
  return quoted ? "drop the quotes" : undefined;
}

function valueOf({ names }: Origin): string {
  return `the value of ${names.map((name) => `$${name}`).join(" and ")}`;
}

function inBrackets(...hints: readonly (string | undefined)[]): string {
  const said = hints.filter((hint) => hint !== undefined);
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

/** Types of issues where a text is no near miss, and could be a secret in the wrong place. */
const COLLECTIONS = ["array", "strict_object", "object", "record", "custom", "union"];

function show({ type, input }: Issue): string {
  if (typeof input === "string") return COLLECTIONS.includes(type) ? "a string" : quote(input);
  if (input === null || input === undefined) return "nothing";
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "a mapping" : String(input);
}

function suggestion(issue: Issue): string | undefined {
  const meant = typeof issue.input === "string" ? nearest(issue.input, literals(issue)) : undefined;
  return meant === undefined ? undefined : `did you mean "${meant}"?`;
}

/** The words that an issue would have accepted; valibot lists them in quotes. */
function literals({ expected }: Issue): readonly string[] {
  return (expected?.match(/"[^"]*"/g) ?? []).map((literal) => literal.slice(1, -1));
}
