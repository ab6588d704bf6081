import type { JsonEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { ProviderCall } from "../provider.ts";

/** A guardrail as `Converse` takes it. */
export interface GuardrailConfig {
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  readonly trace: "enabled";
}

/** What the config and the client's headers add to a call of `Converse`. */
export function converseEdits(
  { request, headers, model, losses }: ProviderCall,
  guardrailConfig: GuardrailConfig | undefined,
): JsonEdits | undefined {
  const set = {
    ...(guardrailConfig === undefined ? {} : { guardrailConfig }),
    ...merged("requestMetadata", request, metadataIn(headers)),
    ...merged("additionalModelRequestFields", request, betasIn(headers, model, losses)),
  };
  return Object.keys(set).length === 0 ? undefined : { set };
}

function merged(
  name: string,
  request: ProviderCall["request"],
  added: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  if (Object.keys(added).length === 0) return {};
  const present = request[name];
  return { [name]: { ...(isMapping(present) ? present : {}), ...added } };
}

/** The header by which clients label their calls for the logs of Bedrock. */
export const METADATA_HEADER = "x-bedrock-metadata";

/** Bedrock takes texts only: other simple values are written out, the rest is no label. */
function metadataIn(headers: Headers): Record<string, string> {
  const metadata = parsed(headers.get(METADATA_HEADER) ?? "");
  if (!isMapping(metadata)) return {};
  return Object.fromEntries(
    Object.entries(metadata)
      .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Bedrock refuses a request with a beta that it does not know. */
const BETAS = [
  "computer-use-2025-01-24",
  "token-efficient-tools-2025-02-19",
  "interleaved-thinking-2025-05-14",
  "output-128k-2025-02-19",
  "dev-full-thinking-2025-05-14",
  "context-1m-2025-08-07",
  "context-management-2025-06-27",
  "effort-2025-11-24",
  "tool-search-tool-2025-10-19",
  "tool-examples-2025-10-29",
];

/** Betas that clients of Anthropic's API ask for; other makers' models would refuse the member. */
function betasIn(
  headers: Headers,
  model: string,
  losses: ProviderCall["losses"],
): Record<string, unknown> {
  const asked = (headers.get("anthropic-beta") ?? "").split(",").map((beta) => beta.trim());
  const wanted = [...new Set(asked)].filter((beta) => beta !== "");
  const known = mayBeClaude(model) ? wanted.filter((beta) => BETAS.includes(beta)) : [];
  for (const beta of wanted) {
    if (!known.includes(beta)) losses?.droppedField(`anthropic-beta:${beta}`);
  }
  return known.length === 0 ? {} : { anthropic_beta: known };
}

/** The id of a profile that a user made does not tell the model. */
function mayBeClaude(model: string): boolean {
  return /anthropic|claude|:application-inference-profile\//.test(model);
}
