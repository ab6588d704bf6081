import {
  type AzureContentSafetyConfig,
  type BedrockGuardrailsConfig,
  contentSafetyOrigin,
  type GoogleModelArmorConfig,
  type ModerationConfig,
} from "../../config/schema/guard_services.ts";
import type { RequestGuardConfig, ResponseGuardConfig } from "../../config/schema/prompt_guard.ts";
import type { ServerConfig } from "../../config/schema/server.ts";
import type { Callout } from "../../policies/callout.ts";
import type { Guard } from "../../policies/guards/guard.ts";
import { applyGuardrailGuard } from "../../policies/guards/services/apply_guardrail.ts";
import { contentSafetyGuard } from "../../policies/guards/services/content_safety.ts";
import { modelArmorGuard } from "../../policies/guards/services/model_armor.ts";
import { moderationGuard } from "../../policies/guards/services/moderation.ts";
import type { ServiceSettings } from "../../policies/guards/services/service_guard.ts";
import { type GuardPlace, type GuardTerms, letsPass } from "./guard_place.ts";

/** Compiles a guard that asks a service of a cloud. */
export function compileServiceGuard(
  item: RequestGuardConfig | ResponseGuardConfig,
  terms: GuardTerms,
  place: GuardPlace,
): Guard | undefined {
  if ("openAIModeration" in item && item.openAIModeration !== undefined) {
    return moderation(item.openAIModeration, terms, place);
  }
  if (item.bedrockGuardrails !== undefined) {
    return guardrails(item.bedrockGuardrails, terms, place);
  }
  if (item.googleModelArmor !== undefined) return modelArmor(item.googleModelArmor, terms, place);
  if (item.azureContentSafety !== undefined) {
    return contentSafety(item.azureContentSafety, terms, place);
  }
  return undefined;
}

function moderation(
  config: ModerationConfig,
  terms: GuardTerms,
  place: GuardPlace,
): Guard | undefined {
  const name = "openAIModeration";
  if (config.policies?.backendAuth === undefined) {
    place.context.warnings.push({
      path: [...place.at, name],
      message: "the moderation API refuses requests without a key: set policies.backendAuth",
    });
  }
  const callout = calloutTo("https://api.openai.com", name, config, undefined, place);
  if (callout === undefined) return undefined;
  const { model = "omni-moderation-latest" } = config;
  return moderationGuard({ ...settingsOf(name, config, terms, place), callout, model });
}

function guardrails(
  config: BedrockGuardrailsConfig,
  terms: GuardTerms,
  place: GuardPlace,
): Guard | undefined {
  const name = "bedrockGuardrails";
  const { region, guardrailIdentifier, guardrailVersion } = config;
  const origin = `https://bedrock-runtime.${region}.amazonaws.com`;
  const callout = calloutTo(origin, name, config, { aws: { region } }, place);
  if (callout === undefined) return undefined;
  return applyGuardrailGuard({
    ...settingsOf(name, config, terms, place),
    callout,
    guardrail: guardrailIdentifier,
    version: guardrailVersion,
  });
}

function modelArmor(
  config: GoogleModelArmorConfig,
  terms: GuardTerms,
  place: GuardPlace,
): Guard | undefined {
  const name = "googleModelArmor";
  const { location = "us-central1", projectId, templateId } = config;
  const origin = `https://modelarmor.${location}.rep.googleapis.com`;
  const callout = calloutTo(origin, name, config, { gcp: {} }, place);
  if (callout === undefined) return undefined;
  return modelArmorGuard({
    ...settingsOf(name, config, terms, place),
    callout,
    project: projectId,
    location,
    template: templateId,
  });
}

const SEVERITY_THRESHOLD = 2;

function contentSafety(
  config: AzureContentSafetyConfig,
  terms: GuardTerms,
  place: GuardPlace,
): Guard | undefined {
  const name = "azureContentSafety";
  const { analyzeText, detectJailbreak } = config;
  if (analyzeText === undefined && (detectJailbreak === undefined || place.phase === "response")) {
    place.context.warnings.push({
      path: [...place.at, name],
      message: place.phase === "request"
        ? "looks at nothing: set analyzeText or detectJailbreak"
        : "looks at nothing: set analyzeText; detectJailbreak is of requests only",
    });
    return undefined;
  }
  const origin = contentSafetyOrigin(config.endpoint)?.origin ?? "";
  const callout = calloutTo(origin, name, config, { azure: { implicit: {} } }, place);
  if (callout === undefined) return undefined;
  return contentSafetyGuard({
    ...settingsOf(name, config, terms, place),
    callout,
    analyzeText: analyzeText === undefined ? undefined : {
      ...analyzeText,
      apiVersion: analyzeText.apiVersion ?? "2024-09-01",
      severityThreshold: analyzeText.severityThreshold ?? SEVERITY_THRESHOLD,
    },
    detectJailbreak: detectJailbreak === undefined ? undefined : {
      apiVersion: detectJailbreak.apiVersion ?? "2024-02-15-preview",
    },
  });
}

type ServicePolicies = NonNullable<ServerConfig["policies"]>;

/** What the guards of all services have beside their own settings. */
interface ServiceConfig {
  readonly policies?: ServicePolicies | undefined;
  readonly failureMode?: "failClosed" | "failOpen" | undefined;
}

function settingsOf(
  name: string,
  { failureMode }: ServiceConfig,
  terms: GuardTerms,
  { context }: GuardPlace,
): ServiceSettings {
  return { ...terms, name, failOpen: letsPass(name, failureMode, context) };
}

/** A way to a service, with the identity of the machine unless the configuration has another. */
function calloutTo(
  origin: string,
  name: string,
  { policies = {} }: ServiceConfig,
  identity: ServicePolicies["backendAuth"],
  { at, context }: GuardPlace,
): Callout | undefined {
  const { hostname, port, protocol } = new URL(origin);
  const isPlain = protocol === "http:";
  const backendAuth = ownOr(identity, policies.backendAuth);
  const server: ServerConfig = {
    host: `${hostname}:${port || (isPlain ? 80 : 443)}`,
    policies: {
      ...(isPlain ? {} : { backendTLS: {} }),
      ...policies,
      ...(backendAuth === undefined ? {} : { backendAuth }),
    },
  };
  return context.callout(server, [...at, name]);
}

/** Signatures are for the region of the service, whoever signs, unless the configuration says. */
function ownOr(
  identity: ServicePolicies["backendAuth"],
  own: ServicePolicies["backendAuth"],
): ServicePolicies["backendAuth"] {
  if (own === undefined) return identity;
  return own.aws === undefined ? own : { ...own, aws: { ...identity?.aws, ...own.aws } };
}
