import type { Expression } from "../../cel/expression.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { AiPolicyConfig, ExpressionsConfig } from "../../config/schema/ai_policy.ts";
import { defined } from "../../lib/defined.ts";
import { quote } from "../../lib/quote.ts";
import type { AiSettings } from "../../policies/ai/ai_settings.ts";
import { type ModelAliases, modelAliases } from "../../policies/ai/model_aliases.ts";
import type { Transformations } from "../../policies/ai/transformations.ts";
import type { CompileContext } from "../compile_context.ts";

/** The keys of what has more than one name. */
export interface AiKeys {
  readonly transformations: string;
  readonly finalTransformations: string;
}

/** As a policy `ai` has them. */
export const POLICY_KEYS: AiKeys = {
  transformations: "transformations",
  finalTransformations: "finalTransformations",
};

/** As the models of `llm` and their shared providers have them. */
export const MODEL_KEYS: AiKeys = {
  transformations: "transformation",
  finalTransformations: "finalTransformation",
};

/** Compiles one level of what is done to bodies; `mergeAi` makes one of several. */
export function compileAi(
  settings: AiPolicyConfig,
  at: ProblemPath,
  context: CompileContext,
  keys: AiKeys = POLICY_KEYS,
): AiSettings {
  const { defaults, overrides, promptCaching, prompts } = settings;
  const place = (key: keyof AiKeys): ProblemPath => [...at, keys[key]];
  return defined({
    defaults,
    overrides,
    prompts,
    promptCaching,
    transformations: expressions(settings.transformations, place("transformations"), context),
    finalTransformations: expressions(
      settings.finalTransformations,
      place("finalTransformations"),
      context,
    ),
    modelAliases: aliases(settings.modelAliases, [...at, "modelAliases"], context),
  });
}

function expressions(
  sources: ExpressionsConfig | undefined,
  at: ProblemPath,
  context: CompileContext,
): Transformations | undefined {
  if (sources === undefined) return undefined;
  const compiled = new Map<string, Expression>();
  for (const [name, source] of Object.entries(sources)) {
    const expression = context.expression(source, [...at, name]);
    if (expression !== undefined) compiled.set(name, expression);
  }
  return compiled;
}

function aliases(
  aliases: AiPolicyConfig["modelAliases"],
  at: ProblemPath,
  { warnings }: CompileContext,
): ModelAliases | undefined {
  if (aliases === undefined) return undefined;
  for (const [name, model] of Object.entries(aliases)) {
    if (!model.includes("*")) continue;
    const message = `asks for a model that is named ${quote(model)}: what ${quote(name)} ` +
      "matches is not put in place of the *";
    warnings.push({ path: [...at, name], message });
  }
  return modelAliases(aliases);
}
