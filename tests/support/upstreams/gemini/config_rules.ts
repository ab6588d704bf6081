import { isObject, type JsonObject } from "../../json.ts";
import type { Flavour } from "./errors.ts";
import { schemaFlaw } from "./schema_rules.ts";

/** Whether a model must be given back its signatures. */
export function isThird(model: string): boolean {
  return /gemini-3/.test(model);
}

/** What Google refuses of a request's `generationConfig`. */
export function configFlaw(body: JsonObject, model: string, flavour: Flavour): string | undefined {
  const config = body.generationConfig;
  if (!isObject(config)) return undefined;
  const where = "* GenerateContentRequest.generation_config";
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const value = config[name];
    if (typeof value !== "number" || (value >= low && value <= high)) continue;
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return `${where}.${snake}: must be in the range [${low}, ${high}].\n`;
  }
  const { stopSequences: stops, responseMimeType: type, responseSchema, responseJsonSchema } =
    config;
  if (Array.isArray(stops) && stops.length > 5) {
    return `${where}.stop_sequences: must have at most 5 stop sequences.\n`;
  }
  if (typeof type === "string" && !mimeTypes.includes(type)) {
    return `${where}.response_mime_type: allowed mimetypes are \`text/plain\`, ` +
      "`application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n";
  }
  const isPlain = type === undefined || type === "text/plain";
  if ((responseSchema ?? responseJsonSchema) !== undefined && isPlain) {
    return "Response schema is only supported with response_mime_type application/json or " +
      "text/x.enum.";
  }
  const flaw = schemaFlaw(
    responseSchema,
    "GenerateContentRequest.generation_config.response_schema",
    flavour,
  );
  return flaw === undefined ? thinkingFlaw(config.thinkingConfig, model) : `* ${flaw}\n`;
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  topP: [0, 1],
  topK: [1, 1000],
  candidateCount: [1, 8],
  maxOutputTokens: [1, 1_000_000],
  presencePenalty: [-2, 2],
  frequencyPenalty: [-2, 2],
};

const mimeTypes = [
  ...["text/plain", "application/json", "application/xml", "application/yaml", "text/x.enum"],
];

function thinkingFlaw(config: unknown, model: string): string | undefined {
  if (!isObject(config)) return undefined;
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  if (budget !== undefined && level !== undefined) {
    return "You can only set only one of thinking budget and thinking level.";
  }
  if (level !== undefined && !isThird(model)) {
    return "Thinking level is not supported for this model.";
  }
  const isPro = /pro/.test(model);
  if (budget === 0 && isPro) {
    return "Budget 0 is invalid. This model only works in thinking mode.";
  }
  const [low, high] = isPro ? [128, 32768] : [0, 24576];
  if (typeof budget !== "number" || budget === -1 || (budget >= low && budget <= high)) {
    return undefined;
  }
  return `The thinking budget ${budget} is invalid. Please choose a value between ${low} and ` +
    `${high}.`;
}
