import type { OutputFormat, Reasoning, Sampling } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import { jsonSchemaOf } from "../tool_schema/json_schema_of.ts";
import {
  booleanIn,
  listIn,
  mappingIn,
  member,
  noteOthers,
  numberIn,
  stringIn,
  type Unmodelled,
} from "./members.ts";

/** What `generationConfig` says. */
export interface Config {
  readonly sampling: Sampling;
  readonly candidates?: number;
  readonly maxOutputTokens?: number;
  readonly reasoning?: Reasoning;
  readonly output?: OutputFormat;
}

const PATH = "generationConfig.";

/** Reads `generationConfig`. */
export function readConfig(config: Mapping, unmodelled: Unmodelled): Config {
  noteOthers(config, MEMBERS, PATH, unmodelled);
  const stop = listIn(config, "stopSequences", `${PATH}stopSequences`).filter((word) =>
    typeof word === "string"
  );
  const candidates = numberIn(config, "candidateCount", `${PATH}candidateCount`) ?? 1;
  const thinking = mappingIn(config, "thinkingConfig", `${PATH}thinkingConfig`);
  return {
    sampling: defined({
      temperature: numberIn(config, "temperature", `${PATH}temperature`),
      topP: numberIn(config, "topP", `${PATH}topP`),
      topK: numberIn(config, "topK", `${PATH}topK`),
      stop: stop.length === 0 ? undefined : stop,
      seed: numberIn(config, "seed", `${PATH}seed`),
      frequencyPenalty: numberIn(config, "frequencyPenalty", `${PATH}frequencyPenalty`),
      presencePenalty: numberIn(config, "presencePenalty", `${PATH}presencePenalty`),
      topLogprobs: logprobsIn(config),
    }),
    ...defined({
      candidates: candidates > 1 ? candidates : undefined,
      maxOutputTokens: numberIn(config, "maxOutputTokens", `${PATH}maxOutputTokens`),
      reasoning: thinking === undefined ? undefined : readThinking(thinking, unmodelled),
      output: readOutput(config, unmodelled),
    }),
  };
}

const MEMBERS: ReadonlySet<string> = new Set([
  "candidateCount",
  "frequencyPenalty",
  "logprobs",
  "maxOutputTokens",
  "presencePenalty",
  "responseJsonSchema",
  "_responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseSchema",
  "seed",
  "stopSequences",
  "temperature",
  "thinkingConfig",
  "topK",
  "topP",
]);

function logprobsIn(config: Mapping): number | undefined {
  if (booleanIn(config, "responseLogprobs", `${PATH}responseLogprobs`) !== true) return undefined;
  return numberIn(config, "logprobs", `${PATH}logprobs`) ?? 0;
}

/** A budget of 0 forbids thinking, one of -1 leaves it to the model. */
function readThinking(thinking: Mapping, unmodelled: Unmodelled): Reasoning {
  const path = `${PATH}thinkingConfig.`;
  noteOthers(thinking, THINKING_MEMBERS, path, unmodelled);
  const budget = numberIn(thinking, "thinkingBudget", `${path}thinkingBudget`);
  const level = stringIn(thinking, "thinkingLevel", `${path}thinkingLevel`)?.toLowerCase();
  const effort = level === "thinking_level_unspecified" ? undefined : level;
  return defined({
    enabled: budget !== undefined ? budget !== 0 : effort === undefined ? undefined : true,
    effort,
    budgetTokens: budget !== undefined && budget > 0 ? budget : undefined,
    shown: booleanIn(thinking, "includeThoughts", `${path}includeThoughts`),
  });
}

const THINKING_MEMBERS: ReadonlySet<string> = new Set([
  "includeThoughts",
  "thinkingBudget",
  "thinkingLevel",
]);

function readOutput(config: Mapping, unmodelled: Unmodelled): OutputFormat | undefined {
  const mimeType = stringIn(config, "responseMimeType", `${PATH}responseMimeType`);
  const own = member(config, "responseSchema");
  const schema = member(config, "responseJsonSchema") ?? config._responseJsonSchema ??
    (own === undefined ? undefined : jsonSchemaOf(own));
  const isJson = mimeType === "application/json";
  if (isJson && schema !== undefined) return { type: "json-schema", schema };
  if (schema !== undefined) unmodelled.set(`${PATH}responseSchema`, schema);
  if (isJson) return { type: "json" };
  if (mimeType === "text/plain") return { type: "text" };
  if (mimeType !== undefined) unmodelled.set(`${PATH}responseMimeType`, mimeType);
  return undefined;
}
