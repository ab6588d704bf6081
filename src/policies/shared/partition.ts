import { createHash } from "node:crypto";
import { CelError, type Expression, type Variables } from "../../cel/expression.ts";

/** The part of requests for which an expression has no value. */
export const NO_PARTITION = "";

/**
 * Tells by the value of an expression to which part of a limit a request belongs, as a text that
 * differs wherever values do.
 */
export function partitionOf(expression: Expression | undefined, variables: Variables): string {
  if (expression === undefined) return NO_PARTITION;
  try {
    const value = expression.evaluate(variables);
    if (value === undefined || value === null) return NO_PARTITION;
    return typeof value === "string" ? `"${value}` : jsonOf(value);
  } catch (cause) {
    if (cause instanceof CelError) return NO_PARTITION;
    throw cause;
  }
}

/** Stands for a partition where others may see it: clients' values can be secrets. */
export function partitionId(partition: string): string {
  return partition === NO_PARTITION ? NO_PARTITION : shortHash(partition);
}

/** 128 bits of the SHA-256 of a text, in hex. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function jsonOf(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, member) => typeof member === "bigint" ? String(member) : member,
  );
}
