import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { HeaderRecord } from "../../lib/header_record.ts";
import type { Provider, ProviderCall } from "../provider.ts";
import { converseEdits, type GuardrailConfig, METADATA_HEADER } from "./converse_edits.ts";
import { pathOf } from "./paths.ts";
import { rerankEdits } from "./rerank_edits.ts";

/** Bedrock's settings, checked. */
export interface BedrockSettings {
  readonly region: string;
  readonly model?: string;
  readonly guardrailIdentifier?: string;
  readonly guardrailVersion?: string;
}

/** Amazon Bedrock in one region. */
export function connect(settings: BedrockSettings): Provider {
  const { region, model } = settings;
  const guardrail = guardrailOf(settings);
  return {
    name: "aws.bedrock",
    ...defined({ model }),
    speaks: spokenFor,
    origin: `https://bedrock-runtime.${region}.amazonaws.com`,
    origins: { bedrockRerank: `https://bedrock-agent-runtime.${region}.amazonaws.com` },
    paths: { base: "", of: pathOf, keepsClientPath: true, dropsVersion: false },
    auth: { type: "aws", region, serviceName: "bedrock" },
    adapt(call: ProviderCall) {
      if (call.api === "converse") return converseEdits(call, guardrail);
      return call.api === "bedrockRerank" ? rerankEdits(call, region) : undefined;
    },
    editHeaders,
  };
}

function guardrailOf(settings: BedrockSettings): GuardrailConfig | undefined {
  const { guardrailIdentifier, guardrailVersion } = settings;
  if (guardrailIdentifier === undefined || guardrailVersion === undefined) return undefined;
  return { guardrailIdentifier, guardrailVersion, trace: "enabled" };
}

function spokenFor(model: string): readonly ApiName[] {
  const counts: readonly ApiName[] = model.includes("anthropic.claude") ? ["bedrockCount"] : [];
  return ["converse", embeddingsOf(model), "bedrockRerank", ...counts];
}

/** Each maker has its own format of `InvokeModel`. */
function embeddingsOf(model: string): ApiName {
  if (model.includes("cohere")) return "cohereEmbeddings";
  return model.includes("nova") ? "novaEmbeddings" : "titanEmbeddings";
}

/** Headers that are for the gateway, or that clients of OpenAI's servers put state in. */
const NOT_FOR_BEDROCK = ["conversation_id", "session_id", METADATA_HEADER];

function editHeaders(headers: HeaderRecord): void {
  for (const name of NOT_FOR_BEDROCK) delete headers[name];
}
