import { formatPath } from "../../config/diagnostic.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { BudgetConfig, KeyBudgetConfig } from "../../config/schema/budgets.ts";
import { type Budget, budgets } from "../../policies/budget/budget.ts";
import { calendar } from "../../policies/budget/calendar.ts";
import { parseUsd } from "../../policies/budget/usd.ts";
import type { ModelPolicy } from "../../policies/policy.ts";
import type { Subject } from "../../policies/subject.ts";
import type { CompileContext } from "../compile_context.ts";
import { partitionExpression } from "./partition_expression.ts";
import type { Limits } from "../limits.ts";

/** Compiles a list of budgets, which hold all at once. */
export function compileBudgets(
  settings: readonly BudgetConfig[],
  at: ProblemPath,
  context: CompileContext,
  limits: Limits,
): ModelPolicy | undefined {
  if (settings.length === 0) return undefined;
  const compiled = settings.map((one, index) =>
    compileBudget(one, [...at, index], "", context, limits)
  );
  return budgetPolicy("budgets", () => compiled, context, limits);
}

/** Makes the policy of budgets, of which some are about a request. */
export function budgetPolicy(
  name: string,
  budgetsOf: (subject: Subject) => readonly Budget[],
  { environment }: CompileContext,
  { budgets: engine, claims }: Limits,
): ModelPolicy {
  const warn = (message: string) => environment.warn("budgets", message);
  return budgets({ name, budgetsOf, engine, claims, epochMs: environment.epochMs, warn });
}

/** Compiles one budget; `owner` is the id of the API key that it belongs to, or empty. */
export function compileBudget(
  settings: KeyBudgetConfig & Pick<BudgetConfig, "per">,
  at: ProblemPath,
  owner: string,
  context: CompileContext,
  limits: Limits,
): Budget {
  const { name, usd, tokens = 0, period, timezone, per, when, warnAt } = settings;
  limits.needState();
  declare(settings, at, owner, context, limits);
  const limit = usd === undefined ? tokens : parseUsd(usd) ?? 0;
  return {
    spec: {
      name,
      owner,
      unit: usd === undefined ? "tokens" : "usd",
      limit,
      period,
      timezone,
      calendar: calendar(period, timezone),
    },
    per: per === undefined ? undefined : partitionExpression(per, [...at, "per"], context),
    when: when === undefined ? undefined : context.expression(when, [...at, "when"]),
    outputTokensDefault: settings.outputTokensDefault,
    unpriced: settings.unpriced,
    warnFrom: warnAt === undefined ? undefined : Math.ceil(limit * warnAt),
  };
}

/** The sum of a budget is found by its name, so that other settings under it are a mistake. */
function declare(
  { name, ...settings }: KeyBudgetConfig,
  at: ProblemPath,
  owner: string,
  { problems }: CompileContext,
  { declared }: Limits,
): void {
  let names = declared.get(problems);
  if (names === undefined) declared.set(problems, names = new Map());
  const id = JSON.stringify([owner, name]);
  const now = { at, settings: JSON.stringify(settings) };
  const before = names.get(id);
  if (before === undefined) {
    names.set(id, now);
    return;
  }
  // Policies of a gateway are compiled for each of its routes.
  if (formatPath(before.at) === formatPath(at)) return;
  const isSameList = formatPath(before.at.slice(0, -1)) === formatPath(at.slice(0, -1));
  if (!isSameList && before.settings === now.settings) return;
  const what = isSameList ? "" : " with other settings";
  problems.push({
    path: [...at, "name"],
    message: `is the name of the budget at ${formatPath(before.at)}${what}: name them apart`,
  });
}
