import type { ProblemPath } from "../../config/normalised.ts";
import type { AuthorizationConfig } from "../../config/schema/authorization.ts";
import type { Expression } from "../../cel/expression.ts";
import { authorization, type Rules } from "../../policies/auth/authorization.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles the policy; several sets for one place are compiled with `compileRules`, and merged. */
export function compileAuthorization(
  settings: AuthorizationConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const rules = compileRules(settings, at, context);
  return settings.rules.length === 0 ? undefined : authorization([rules]);
}

/** Compiles a set of rules. */
export function compileRules(
  { rules }: AuthorizationConfig,
  at: ProblemPath,
  context: CompileContext,
): Rules {
  const allow: Expression[] = [];
  const deny: Expression[] = [];
  const require: Expression[] = [];
  const kinds = { allow, deny, require };
  for (const [index, rule] of rules.entries()) {
    const given = typeof rule === "string" ? { allow: rule } : rule;
    const ruleAt = [...at, "rules", index];
    for (const kind of ["allow", "deny", "require"] as const) {
      const source = given[kind];
      if (source === undefined) continue;
      const path = typeof rule === "string" ? ruleAt : [...ruleAt, kind];
      const compiled = context.expression(source, path);
      if (compiled !== undefined) kinds[kind].push(compiled);
    }
  }
  return kinds;
}
