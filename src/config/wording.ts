import * as v from "valibot";
import { alternatives } from "../lib/closed_words.ts";
import { didYouMean } from "../lib/did_you_mean.ts";
import { quote } from "../lib/quote.ts";

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
      return `expected ${alternatives(literals(issue).map(unquoted))}`;
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
export function wordIssue(issue: Issue, variables: readonly string[]): string {
  if (isMissingKey(issue)) return "required key is missing";
  const { message, input } = issue;
  const hint = wantsQuotes(issue) ? "put it in quotes" : undefined;
  if (message.startsWith("expected")) {
    const found = variables.length > 0 ? valueOf(variables) : show(issue);
    const meant = typeof input === "string" ? didYouMean(input, literals(issue)) : "";
    return `${message}, found ${found}${meant}${inBrackets(hint)}`;
  }
  if (variables.length === 0 || typeof input === "object") return message + inBrackets(hint);
  if (message.startsWith(NOT_YET)) return `${NOT_YET}${valueOf(variables)}`;
  return message + inBrackets(`it is ${valueOf(variables)}`, hint);
}

const NOT_YET = "not supported yet: ";

function isMissingKey({ type, path, expected }: Issue): boolean {
  return type === "strict_object" && path?.at(-1)?.origin === "key" && expected !== "never";
}

/** Numbers and booleans that were meant as text. */
function wantsQuotes({ type, input }: Issue): boolean {
  return (type === "string" || type === "union") &&
    (typeof input === "number" || typeof input === "boolean");
}

function valueOf(variables: readonly string[]): string {
  return `the value of ${variables.map((name) => `$${name}`).join(" and ")}`;
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

/** The words that an issue would have accepted, in quotes. */
function literals({ expected }: Issue): readonly string[] {
  return expected?.match(/"[^"]*"/g) ?? [];
}

function unquoted(literal: string): string {
  return literal.slice(1, -1);
}
