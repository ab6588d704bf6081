import type { Expression, Variables } from "../../cel/expression.ts";
import { GatewayError } from "../../errors.ts";
import { looksAtBody } from "../expression_values.ts";
import type { Policy } from "../policy.ts";

/** Rules of who may do what; their order has no meaning. */
export interface Rules {
  /** Where there are any, one of them has to be true. */
  readonly allow: readonly Expression[];
  /** None of them may be true. */
  readonly deny: readonly Expression[];
  /** All of them have to be true. */
  readonly require: readonly Expression[];
}

/** Whether rules let a request go on; an expression that fails is not true. */
export function allowed({ allow, deny, require }: Rules, variables: Variables): boolean {
  if (deny.some((rule) => rule.test(variables))) return false;
  if (!require.every((rule) => rule.test(variables))) return false;
  return allow.length === 0 || allow.some((rule) => rule.test(variables));
}

/** Refuses what the rules do not allow; several sets for the same thing are one set. */
export function authorization(ruleSets: readonly Rules[]): Policy {
  const rules = {
    allow: ruleSets.flatMap(({ allow }) => allow),
    deny: ruleSets.flatMap(({ deny }) => deny),
    require: ruleSets.flatMap(({ require }) => require),
  };
  const needsBody = looksAtBody([...rules.allow, ...rules.deny, ...rules.require], "request");
  function apply(variables: Variables): undefined {
    if (allowed(rules, variables)) return;
    throw new GatewayError("forbidden", "authorization failed", {
      code: "authorization_failed",
      reason: "Authorization",
    });
  }
  return {
    name: "authorization",
    apply(subject) {
      if (!needsBody) return apply(subject.variables);
      return subject.body().then(() => apply(subject.variables));
    },
  };
}
