import type { JsonObject } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { AiSettings } from "./ai_settings.ts";
import type { Transformations } from "./transformations.ts";

/**
 * The settings of several levels as one, the most specific last: field by field, a later one in
 * place of an earlier one as a whole. Undefined where no level has any.
 */
export function mergeAi<Settings extends object>(
  layers: readonly (Settings | undefined)[],
): Settings | undefined {
  const [first, ...rest] = layers.filter((layer) => layer !== undefined);
  return rest.reduce<Settings | undefined>((merged, layer) => ({ ...merged, ...layer }), first);
}

/**
 * The settings of a model with those of the provider that it shares: as `mergeAi`, but members of
 * bodies are merged one by one.
 */
export function mergeModelAi(
  provider: AiSettings | undefined,
  model: AiSettings | undefined,
): AiSettings | undefined {
  const merged = mergeAi([provider, model]);
  if (provider === undefined || model === undefined) return merged;
  return defined({
    ...merged,
    defaults: both(provider.defaults, model.defaults),
    overrides: both(provider.overrides, model.overrides),
    transformations: bothMaps(provider.transformations, model.transformations),
  });
}

function both(
  provider: JsonObject | undefined,
  model: JsonObject | undefined,
): JsonObject | undefined {
  return provider === undefined && model === undefined ? undefined : { ...provider, ...model };
}

function bothMaps(
  provider: Transformations | undefined,
  model: Transformations | undefined,
): Transformations | undefined {
  if (provider === undefined || model === undefined) return model ?? provider;
  return new Map([...provider, ...model]);
}
