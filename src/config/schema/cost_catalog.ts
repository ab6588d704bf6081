import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import type { Immutable } from "../../lib/immutable.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { Text } from "./text.ts";

const MONEY = 'expected US dollars as a text in quotes with up to 6 decimals, such as "2.50"';

/** A number of JSON is refused: what it stands for exactly is not what is written. */
const Money = v.pipe(v.string(MONEY), v.regex(/^\d{1,9}(\.\d{1,6})?$/, MONEY));

function rate(description: string) {
  return v.exactOptional(v.pipe(Money, v.description(description)));
}

const Rates = closedObject({
  input: rate("US dollars per million input tokens."),
  output: rate("US dollars per million output tokens."),
  cacheRead: rate("US dollars per million tokens read from a cache; without it, as input."),
  cacheWrite: rate("US dollars per million tokens written to a cache; without it, as input."),
  reasoning: rate("US dollars per million reasoning tokens; without it, as output."),
  inputAudio: rate("US dollars per million audio tokens of input; without it, as input."),
  outputAudio: rate("US dollars per million audio tokens of output; without it, as output."),
}, later("Rates"));

const Tier = closedObject({
  contextOver: v.pipe(
    v.number("expected a whole number of tokens"),
    v.safeInteger("expected a whole number of tokens"),
    v.minValue(0, "must be at least 0"),
    v.description("Requests of more input tokens than this pay these rates, for all their tokens."),
  ),
  rates: v.pipe(Rates, v.description("Rates in place of the model's own; the others stay.")),
}, later("Tier"));

const Model = closedObject({
  rates: v.exactOptional(
    v.pipe(Rates, v.description("What tokens cost; without any, the model has no price.")),
    {},
  ),
  tiers: v.exactOptional(
    v.pipe(v.array(Tier), v.description("Rates of requests with a long context.")),
    [],
  ),
  tags: v.exactOptional(
    v.pipe(v.array(v.string()), v.description("Kept for other tools; the gateway reads none.")),
  ),
}, later("Model"));

const Provider = closedObject({
  models: v.exactOptional(
    v.pipe(
      mapping(v.string(), Model),
      v.description("The provider's models, by the name that requests or answers give."),
    ),
    {},
  ),
}, later("Provider"));

/** Prices of models, as files hold them. */
export const CostCatalog = closedObject({
  providers: v.exactOptional(
    v.pipe(
      mapping(v.string(), Provider),
      v.description("Providers by the name they have in the metrics: openai, aws.bedrock."),
    ),
    {},
  ),
}, later("Catalog"));

const CostCatalogSource = v.pipe(
  closedObject({
    file: v.exactOptional(v.pipe(
      Text,
      v.description("A file with a catalog, in JSON or YAML; it is watched for changes."),
    )),
    inline: v.exactOptional(v.pipe(
      unionByShape([Text, CostCatalog], "expected a catalog, or one as text in JSON or YAML"),
      v.description("A catalog, as a mapping or as text in JSON or YAML."),
    )),
  }, later("ModelCatalogSource")),
  exactlyOneOf(["file", "inline"]),
);

/** Where prices come from beside those built in; later sources win, model by model. */
export const CostCatalogSources = v.array(CostCatalogSource);

/** A catalog as it is written. */
export type CostCatalogConfig = Immutable<v.InferOutput<typeof CostCatalog>>;

/** Sources of catalogs as they are written. */
export type CostCatalogSourcesConfig = Immutable<v.InferOutput<typeof CostCatalogSources>>;
