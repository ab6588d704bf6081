import type { Expression, Variables } from "../../cel/expression.ts";
import { isMapping } from "../../lib/mapping.ts";
import { looksAtBody, textOf, valueOf } from "../expression_values.ts";
import { type Descriptor, UNITS } from "./messages.ts";

/** What makes a descriptor of a request. */
export interface DescriptorRule {
  readonly entries: readonly { readonly key: string; readonly value: Expression }[];
  readonly cost: Expression | undefined;
  readonly limitOverride: Expression | undefined;
}

/** A descriptor without what the request counts. */
export type Described = Omit<Descriptor, "hits">;

/** The descriptor of a request; undefined where one of its expressions has no value. */
export function describe(rule: DescriptorRule, variables: Variables): Described | undefined {
  const entries: { key: string; value: string }[] = [];
  for (const { key, value } of rule.entries) {
    const text = textOf(valueOf(value, variables));
    // The protocol has no empty values.
    if (text === undefined || text === "") return undefined;
    entries.push({ key, value: text });
  }
  if (rule.limitOverride === undefined) return { entries, limit: undefined };
  const limit = limitOf(valueOf(rule.limitOverride, variables));
  return limit === undefined ? undefined : { entries, limit };
}

/** What an expression says that a request counts: a whole number, or undefined. */
export function costOf(cost: Expression, variables: Variables): number | undefined {
  return wholeNumber(valueOf(cost, variables));
}

/** Whether one of the expressions needs the body of the request. */
export function describesBody(rules: readonly DescriptorRule[]): boolean {
  const expressions = rules.flatMap(({ entries, cost, limitOverride }) => [
    ...entries.map(({ value }) => value),
    ...cost === undefined ? [] : [cost],
    ...limitOverride === undefined ? [] : [limitOverride],
  ]);
  return looksAtBody(expressions, "request");
}

const UINT32_MAX = 2 ** 32 - 1;

function limitOf(value: unknown): Descriptor["limit"] {
  if (!isMapping(value)) return undefined;
  const unit = UNITS.findIndex((name) => name !== "" && name === value["unit"]);
  const requestsPerUnit = wholeNumber(value["requestsPerUnit"]);
  if (unit < 0 || requestsPerUnit === undefined || requestsPerUnit > UINT32_MAX) return undefined;
  return { unit, requestsPerUnit };
}

function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0
    ? number
    : undefined;
}
