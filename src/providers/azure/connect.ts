import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import type { HeaderRecord } from "../../lib/header_record.ts";
import { setAnthropicVersion } from "../claude_headers.ts";
import { openAiEdits } from "../openai_edits.ts";
import { spokenByOpenAi } from "../openai_spoken.ts";
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
    origin: `https://${resourceName}.${domain}`,
    paths,
    auth: { type: "azure", scope: "https://cognitiveservices.azure.com/.default" },
    // Versions before v1 take a key in this header only; a bearer token is an identity to them.
    ...(isDated(apiVersion) ? { placeKey: () => ({ header: "api-key" }) } : {}),
    adapt: openAiEdits,
    editHeaders,
  };
}

function spokenByFoundry(model: string, place: Place): readonly ApiName[] {
  return model.startsWith("claude") ? ["messages", "messagesCount"] : spokenByOpenAi(place);
}

/** Dated versions are older than the Responses API, or had it as a preview. */
function spokenByOpenAiResource(apiVersion: string): Provider["speaks"] {
  const dated = isDated(apiVersion);
  return (_model, { hostOverridden }) =>
    spokenByOpenAi({ hostOverridden: hostOverridden || dated });
}

function editHeaders(headers: HeaderRecord, call: ProviderCall): void {
  if (call.api === "messages" || call.api === "messagesCount") setAnthropicVersion(headers, call);
}
