import type { Expression } from "../cel/expression.ts";
import { looksAtBody } from "./expression_values.ts";
import type { Policy, Verdict } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** A policy for the requests that a condition holds for. */
export interface ConditionalEntry {
  /** None for all that are left. */
  readonly condition: Expression | undefined;
  /** None where there is nothing to do to them. */
  readonly policy: Policy | undefined;
}

/** Applies the first of several policies whose condition holds, or none of them. */
export function conditional(name: string, entries: readonly ConditionalEntry[]): Policy {
  const conditions = entries.map(({ condition }) => condition)
    .filter((condition) => condition !== undefined);
  const needsBody = looksAtBody(conditions, "request");
  const choose = (subject: Subject): Verdict | Promise<Verdict> => {
    const { variables } = subject;
    const chosen = entries.find(({ condition }) => condition?.test(variables) ?? true);
    return chosen?.policy?.apply(subject);
  };
  return {
    name,
    apply(subject) {
      return needsBody ? subject.body().then(() => choose(subject)) : choose(subject);
    },
  };
}
