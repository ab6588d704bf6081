import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { isMapping } from "../../lib/mapping.ts";
import { wholeNumber } from "./address.ts";
import { exactlyOneOf, keyCheck } from "./checks.ts";
import { cloudGuardEntries, moderationEntry } from "./guard_services.ts";
import { WebhookGuard } from "./guard_webhook.ts";
import { RegexGuard } from "./guard_regex.ts";
import { HeaderModifier } from "./headers.ts";

/** What a client reads in place of the answer, where the configuration does not say. */
export const REJECTION_BODY = "The request was rejected due to inappropriate content";

/** The status that goes with it. */
export const REJECTION_STATUS = 403;

const GuardRejection = closedObject({
  body: v.exactOptional(v.pipe(
    v.string(),
    v.description(
      `What the client reads; "${REJECTION_BODY}" by default. It is the message of an error in ` +
        "the client's API, or the whole body where headers sets a content-type.",
    ),
  )),
  status: v.exactOptional(v.pipe(
    wholeNumber(200, 599),
    v.description(`HTTP status of the rejection; ${REJECTION_STATUS} by default.`),
  )),
  headers: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of the rejection."),
  )),
}, later("RequestRejection"));

const kindEntries = {
  regex: v.exactOptional(v.pipe(
    RegexGuard,
    v.description("Masks or rejects what patterns and recognisers of personal data find."),
  )),
  webhook: v.exactOptional(v.pipe(
    WebhookGuard,
    v.description("Asks a server of one's own over HTTP."),
  )),
  ...cloudGuardEntries,
  rejection: v.exactOptional(v.pipe(
    GuardRejection,
    v.description("The answer to what is rejected; a webhook says its own."),
  )),
};

const RESPONSE_KINDS = [
  "regex",
  "webhook",
  "bedrockGuardrails",
  "googleModelArmor",
  "azureContentSafety",
] as const;

const REQUEST_KINDS = [...RESPONSE_KINDS, "openAIModeration"] as const;

const RequestGuard = v.pipe(
  closedObject({
    ...kindEntries,
    openAIModeration: moderationEntry,
    scope: v.exactOptional(v.pipe(
      v.array(closedWords(["systemPrompt", "messages", "toolOutput", "toolInput"])),
      v.minLength(1, "must name at least one part of the request"),
      v.description(
        "The parts of the request that it looks at, of systemPrompt, messages, toolOutput and " +
          "toolInput; the first two by default. Only regex and bedrockGuardrails have a choice.",
      ),
    )),
  }, later("RequestGuard")),
  exactlyOneOf(REQUEST_KINDS),
  idleRejection(),
  keyCheck(({ scope, regex, bedrockGuardrails }) =>
    scope === undefined || regex !== undefined || bedrockGuardrails !== undefined ||
      isDefaultScope(scope)
      ? []
      : [{ path: ["scope"], message: "only regex and bedrockGuardrails have a choice of scope" }]
  ),
);

function isDefaultScope(scope: unknown): boolean {
  return Array.isArray(scope) && [...scope].sort().join() === "messages,systemPrompt";
}

const ResponseGuard = v.pipe(
  closedObject(kindEntries, later("ResponseGuard")),
  exactlyOneOf(RESPONSE_KINDS),
  idleRejection(),
);

/** Refuses the answer to a rejection where there is none, or another says it. */
function idleRejection<Input extends object>() {
  return keyCheck<Input>(({ rejection, regex, webhook }) => {
    if ((rejection ?? null) === null) return [];
    const isMasking = isMapping(regex) && regex.action !== "reject";
    if (webhook === undefined && !isMasking) return [];
    const why = isMasking ? "regex masks: set its action to reject" : "the webhook says its own";
    return [{ path: ["rejection"], message: `has no effect: ${why}` }];
  });
}

/** Guards of what is said to models and by them. */
export const PromptGuard = closedObject({
  streaming: v.exactOptional(v.pipe(
    closedWords(["Disabled", "Enabled"]),
    v.description(
      "Whether streamed answers are guarded too: Enabled, or Disabled (default).",
    ),
  )),
  request: v.exactOptional(v.pipe(
    v.array(RequestGuard),
    v.description("Guards of requests, in order; each sees what the ones before it masked."),
  )),
  response: v.exactOptional(v.pipe(
    v.array(ResponseGuard),
    v.description("Guards of answers, likewise."),
  )),
}, later("PromptGuard"));

/** The guards as they are written. */
export type PromptGuardConfig = Immutable<v.InferOutput<typeof PromptGuard>>;

/** One guard of requests as it is written. */
export type RequestGuardConfig = Immutable<v.InferOutput<typeof RequestGuard>>;

/** One guard of answers as it is written. */
export type ResponseGuardConfig = Immutable<v.InferOutput<typeof ResponseGuard>>;

/** The answer to what is rejected, as it is written. */
export type GuardRejectionConfig = Immutable<v.InferOutput<typeof GuardRejection>>;
