import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { GuardFailureMode } from "./guard_webhook.ts";
import { serverEntries } from "./server.ts";
import { Text } from "./text.ts";

const shared = {
  policies: serverEntries.policies,
  failureMode: v.exactOptional(GuardFailureMode),
};

const Moderation = closedObject({
  model: v.exactOptional(v.pipe(
    Text,
    v.description("Moderation model; omni-moderation-latest by default."),
  )),
  ...shared,
}, later("Moderation"));

const GUARDRAIL = "must be the id or the ARN of a guardrail";
const VERSION = "must be DRAFT or a version number";
const NAME = "must be lower-case letters, digits and -";

const BedrockGuardrails = closedObject({
  guardrailIdentifier: v.pipe(
    v.string(GUARDRAIL),
    v.regex(
      /^(?:[a-z0-9]+|arn:aws(?:-[^:/]+)?:bedrock:[a-z0-9-]+:\d{12}:guardrail\/[a-z0-9]+)$/,
      GUARDRAIL,
    ),
    v.description("Id or ARN of the guardrail."),
  ),
  guardrailVersion: v.pipe(
    v.string(VERSION),
    v.regex(/^(?:[1-9]\d{0,7}|DRAFT)$/, VERSION),
    v.description("Version of the guardrail, as a string: a number, or DRAFT."),
  ),
  region: v.pipe(
    v.string(NAME),
    v.regex(/^[a-z0-9-]+$/, NAME),
    v.description("AWS region of the guardrail."),
  ),
  ...shared,
}, later("BedrockGuardrails"));

const SEGMENT = "must be letters, digits, - and _";

const segment = (description: string) =>
  v.pipe(v.string(SEGMENT), v.regex(/^[\w-]+$/, SEGMENT), v.description(description));

const PROJECT = "must be the id of a Google Cloud project";

const GoogleModelArmor = closedObject({
  templateId: segment("Id of the Model Armor template."),
  projectId: v.pipe(
    v.string(PROJECT),
    v.regex(/^[\w.:-]+$/, PROJECT),
    v.description("Id of the Google Cloud project."),
  ),
  location: v.exactOptional(v.pipe(
    v.string(NAME),
    v.regex(/^[a-z0-9-]+$/, NAME),
    v.description("Location of the template; us-central1 by default."),
  )),
  ...shared,
}, later("GoogleModelArmor"));

const API_VERSION = "must be an API version such as 2024-09-01";

const apiVersion = (byDefault: string) =>
  v.exactOptional(v.pipe(
    v.string(API_VERSION),
    v.regex(/^\d{4}-\d{2}-\d{2}(?:-preview)?$/, API_VERSION),
    v.description(`Version of the API; ${byDefault} by default.`),
  ));

const AnalyzeText = closedObject({
  severityThreshold: v.exactOptional(v.pipe(
    wholeNumber(0, 6),
    v.description("Severity from which on content is rejected, 0 to 6; 2 by default."),
  )),
  apiVersion: apiVersion("2024-09-01"),
  blocklistNames: v.exactOptional(v.pipe(
    v.array(Text),
    v.description("Blocklists to check against; a hit is rejected."),
  )),
  haltOnBlocklistHit: v.exactOptional(v.pipe(
    v.boolean(),
    v.description("Whether the analysis ends at the first hit of a blocklist."),
  )),
}, later("AnalyzeTextConfig"));

const DetectJailbreak = closedObject({
  apiVersion: apiVersion("2024-02-15-preview"),
}, later("DetectJailbreakConfig"));

const ENDPOINT = "must be a host name or URL, as in name.cognitiveservices.azure.com";

const AzureContentSafety = closedObject({
  endpoint: v.pipe(
    v.string(ENDPOINT),
    v.check((text) => contentSafetyOrigin(text) !== undefined, ENDPOINT),
    v.description("Host or URL of the Content Safety resource; https where it names no scheme."),
  ),
  analyzeText: v.exactOptional(v.pipe(
    AnalyzeText,
    v.description("Looks for hate, self-harm, sexual content, violence and blocklisted words."),
  )),
  detectJailbreak: v.exactOptional(v.pipe(
    DetectJailbreak,
    v.description("Looks for jailbreaks in requests."),
  )),
  ...shared,
}, later("AzureContentSafety"));

/** The origin of an endpoint; undefined where the text names none, or more than that. */
export function contentSafetyOrigin(text: string): URL | undefined {
  const url = text.includes("://") ? text : `https://${text}`;
  if (!/^https?:\/\/[^/?#@\s]+\/?$/i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url);
}

/** The kinds of guards that services of clouds are, in requests and answers. */
export const cloudGuardEntries = {
  bedrockGuardrails: v.exactOptional(v.pipe(
    BedrockGuardrails,
    v.description("Asks Amazon Bedrock Guardrails, with the identity of the machine."),
  )),
  googleModelArmor: v.exactOptional(v.pipe(
    GoogleModelArmor,
    v.description("Asks Google Model Armor, with the identity of the machine."),
  )),
  azureContentSafety: v.exactOptional(v.pipe(
    AzureContentSafety,
    v.description("Asks Azure AI Content Safety, with the identity of the machine."),
  )),
};

/** The kind of guard that only requests have. */
export const moderationEntry = v.exactOptional(v.pipe(
  Moderation,
  v.description("Asks OpenAI's moderation; the key goes into policies.backendAuth."),
));

/** The services as they are written. */
export type ModerationConfig = Immutable<v.InferOutput<typeof Moderation>>;
/** Amazon Bedrock Guardrails as it is written. */
export type BedrockGuardrailsConfig = Immutable<v.InferOutput<typeof BedrockGuardrails>>;
/** Google Model Armor as it is written. */
export type GoogleModelArmorConfig = Immutable<v.InferOutput<typeof GoogleModelArmor>>;
/** Azure AI Content Safety as it is written. */
export type AzureContentSafetyConfig = Immutable<v.InferOutput<typeof AzureContentSafety>>;
