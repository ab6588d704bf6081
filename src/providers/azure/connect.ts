import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { HeaderRecord } from "../../lib/header_record.ts";
import { setAnthropicVersion } from "../claude_headers.ts";
import { claudeThoughtEdits } from "../claude_thoughts.ts";
import { openAiEdits } from "../openai_edits.ts";
import { spokenByOpenAi, translatedByOpenAi } from "../openai_spoken.ts";
import type { PathRule, Place, Provider, ProviderCall } from "../provider.ts";
import { foundryPaths, isDated, openAiPaths } from "./paths.ts";

/** Azure's settings, checked. */
export interface AzureSettings {
  readonly resourceName: string;
  readonly resourceType: "openAI" | "foundry" | "aiServices";
  readonly apiVersion?: string;
  readonly projectName?: string;
  readonly model?: string;
}

/** One Azure resource. */
export function connect(settings: AzureSettings): Provider {
  const { resourceName, resourceType, apiVersion = "v1", projectName, model } = settings;
  const foundry = resourceType !== "openAI";
  const domain = foundry ? "services.ai.azure.com" : "openai.azure.com";
  const of = foundry ? foundryPaths(projectName ?? resourceName) : openAiPaths(apiVersion);
  const paths: PathRule = { base: "", of, keepsClientPath: true, dropsVersion: false };
  return {
    name: "azure",
    ...defined({ model }),
    speaks: foundry ? spokenByFoundry : spokenByOpenAiResource(apiVersion),
    translatesTo: foundry ? translatedByFoundry : translatedByOpenAiResource(apiVersion),
    origin: `https://${resourceName}.${domain}`,
    paths,
    auth: { type: "azure", scope: "https://cognitiveservices.azure.com/.default" },
    // Versions before v1 take a key in this header only; a bearer token is an identity to them.
    ...(isDated(apiVersion) ? { placeKey: () => ({ header: "api-key" }) } : {}),
    adapt: (call) => call.api === "messages" ? claudeThoughtEdits(call) : openAiEdits(call),
    editHeaders,
  };
}

function spokenByFoundry(model: string, place: Place): readonly ApiName[] {
  return isClaude(model) ? CLAUDE : spokenByOpenAi(place);
}

const CLAUDE: readonly ApiName[] = ["messages", "messagesCount"];

function isClaude(model: string): boolean {
  return model.startsWith("claude");
}

function translatedByFoundry(model: string, place: Place): readonly ApiName[] {
  return isClaude(model) ? CLAUDE : translatedByOpenAi(place);
}

/** Dated versions are older than the Responses API, or had it as a preview. */
function spokenByOpenAiResource(apiVersion: string): Provider["speaks"] {
  const dated = isDated(apiVersion);
  return (_model, { hostOverridden }) =>
    spokenByOpenAi({ hostOverridden: hostOverridden || dated });
}

function translatedByOpenAiResource(apiVersion: string): Provider["speaks"] {
  const dated = isDated(apiVersion);
  return (_model, { hostOverridden }) =>
    translatedByOpenAi({ hostOverridden: hostOverridden || dated });
}

function editHeaders(headers: HeaderRecord, call: ProviderCall): void {
  if (call.api === "messages" || call.api === "messagesCount") setAnthropicVersion(headers, call);
}
