import { RE2JS } from "re2js";
import type { ProblemPath } from "../../config/normalised.ts";
import type { RegexGuardConfig } from "../../config/schema/guard_regex.ts";
import {
  type GuardRejectionConfig,
  type PromptGuardConfig,
  REJECTION_BODY,
  REJECTION_STATUS,
  type RequestGuardConfig,
  type ResponseGuardConfig,
} from "../../config/schema/prompt_guard.ts";
import type { Guard, Rejection, TextScope } from "../../policies/guards/guard.ts";
import type { Guards } from "../../policies/guards/guards.ts";
import { builtinRule } from "../../policies/guards/regex/builtins/index.ts";
import type { Rule } from "../../policies/guards/regex/finder.ts";
import { patternRule } from "../../policies/guards/regex/pattern_rule.ts";
import { PROGRAM_SIZE_MAX } from "../../policies/guards/regex/program.ts";
import { regexGuard } from "../../policies/guards/regex/regex_guard.ts";
import { headerEdits } from "../../policies/header_edits.ts";
import type { CompileContext } from "../compile_context.ts";
import type { GuardPlace } from "./guard_place.ts";
import { compileServiceGuard } from "./guard_services.ts";
import { compileWebhookGuard } from "./guard_webhook.ts";

/** Compiles the guards of a route or a model; undefined where there are none. */
export function compilePromptGuard(
  settings: PromptGuardConfig,
  at: ProblemPath,
  context: CompileContext,
): Guards | undefined {
  const request = (settings.request ?? []).map((item, index) =>
    compileGuard(item, { phase: "request", at: [...at, "request", index], context })
  );
  const response = (settings.response ?? []).map((item, index) =>
    compileGuard(item, { phase: "response", at: [...at, "response", index], context })
  );
  const guards: Guards = {
    request: request.filter((guard) => guard !== undefined),
    response: response.filter((guard) => guard !== undefined),
    streaming: settings.streaming === "Enabled",
  };
  if (guards.response.length > 0 && settings.streaming === undefined) {
    context.warnings.push({
      path: [...at, "response"],
      message: "streamed answers pass these guards unseen: set streaming to Enabled, or to " +
        "Disabled if that is meant",
    });
  }
  return guards.request.length + guards.response.length === 0 ? undefined : guards;
}

function compileGuard(
  item: RequestGuardConfig | ResponseGuardConfig,
  place: GuardPlace,
): Guard | undefined {
  const rejection = compileRejection(item.rejection);
  const scopes = scopesOf(item);
  if (item.regex !== undefined) {
    const { rules, action } = item.regex;
    if (rules.length === 0) {
      const message = "has no rules, and so finds nothing";
      place.context.warnings.push({ path: [...place.at, "regex", "rules"], message });
    }
    return regexGuard({
      rules: compileRules(rules, place),
      scopes,
      rejection: action === "reject" ? rejection : undefined,
    });
  }
  if (item.webhook !== undefined) {
    return compileWebhookGuard(item.webhook, { scopes, rejection }, place);
  }
  return compileServiceGuard(item, { scopes, rejection }, place);
}

const DEFAULT_SCOPE: readonly TextScope[] = ["systemPrompt", "messages"];

function scopesOf(item: RequestGuardConfig | ResponseGuardConfig): ReadonlySet<TextScope> {
  return new Set("scope" in item ? item.scope ?? DEFAULT_SCOPE : DEFAULT_SCOPE);
}

function compileRejection(config: GuardRejectionConfig = {}): Rejection {
  return {
    status: config.status ?? REJECTION_STATUS,
    body: config.body ?? REJECTION_BODY,
    editHeaders: headerEdits(config.headers),
  };
}

function compileRules(
  rules: RegexGuardConfig["rules"],
  { at, context }: GuardPlace,
): readonly Rule[] {
  return rules.flatMap(({ builtin, pattern }, index) => {
    if (builtin !== undefined) return [builtinRule(builtin)];
    const compiled = RE2JS.compile(pattern ?? "");
    if (compiled.programSize() <= PROGRAM_SIZE_MAX) return [patternRule(compiled)];
    context.problems.push({
      path: [...at, "regex", "rules", index, "pattern"],
      message: `needs ${compiled.programSize()} instructions, more than ${PROGRAM_SIZE_MAX}: ` +
        "repeat less in it",
    });
    return [];
  });
}
