import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import type { RouteType } from "../../apis/route_types.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { aiPolicyEntries } from "./ai_policy.ts";
import { BackendAuth } from "./auth.ts";
import { AuthorizationPolicy } from "./authorization.ts";
import { BackendTls } from "./backend_tls.ts";
import { BackendTunnel } from "./backend_tunnel.ts";
import { Budgets } from "./budgets.ts";
import { Buffer } from "./buffer.ts";
import { BackendHttp, BackendTcp } from "./connection.ts";
import { conditional } from "./conditional.ts";
import { Csrf } from "./csrf.ts";
import { Delay } from "./delay.ts";
import { DirectResponse } from "./direct_response.ts";
import { gatewayPolicyEntries } from "./gateway_policies.ts";
import { HeaderModifier } from "./headers.ts";
import { ExtAuthz } from "./ext_authz.ts";
import { RemoteRateLimit } from "./remote_rate_limit.ts";
import { HealthPolicy } from "./health.ts";
import { LocalRateLimit, RateLimit } from "./local_rate_limit.ts";
import { PromptGuard } from "./prompt_guard.ts";
import { RequestMirror } from "./request_mirror.ts";
import { RequestRedirect } from "./request_redirect.ts";
import { Retry } from "./retry.ts";
import { SessionAffinity } from "./session_affinity.ts";
import { BodyMembers } from "./text.ts";
import { Timeout } from "./timeout.ts";
import { Transformations } from "./transformations.ts";
import { UrlRewrite } from "./url_rewrite.ts";

/** Every word for what a path means. */
export const ROUTE_TYPE_WORDS = [
  "completions",
  "models",
  "passthrough",
  "detect",
  "messages",
  "responses",
  "embeddings",
  "realtime",
  "anthropicTokenCount",
  "generateContent",
  "geminiCountTokens",
  "rerank",
] as const satisfies readonly RouteType[];

const AiPolicy = closedObject({
  routes: v.exactOptional(v.pipe(
    mapping(v.string(), closedWords(ROUTE_TYPE_WORDS)),
    v.description(
      "What a request is, by the end of its path; the longest end wins, `*` is every other path.",
    ),
  )),
  defaults: v.exactOptional(v.pipe(
    BodyMembers,
    v.description("Members that a request body gets if it has none of that name."),
  )),
  overrides: v.exactOptional(v.pipe(
    BodyMembers,
    v.description("Members that a request body gets in place of its own."),
  )),
  ...aiPolicyEntries,
  promptGuard: v.exactOptional(v.pipe(
    PromptGuard,
    v.description("Guards of what is said to models and by them."),
  )),
}, later("Policy"));

const headerEntries = {
  requestHeaderModifier: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of requests."),
  )),
  responseHeaderModifier: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of responses."),
  )),
};

const upstreamEntries = {
  ai: v.exactOptional(v.pipe(AiPolicy, v.description("What is done to requests to models."))),
  backendAuth: v.exactOptional(BackendAuth),
  backendTLS: v.exactOptional(BackendTls),
  backendTunnel: v.exactOptional(BackendTunnel),
};

/** Limits on what clients may ask for, by their keys. */
export const limitEntries = {
  localRateLimit: v.exactOptional(v.pipe(
    conditional(LocalRateLimit, RateLimit, later("LocalConditionalPolicy_RateLimitSpec")),
    v.description("How many requests or tokens are let in over time."),
  )),
  remoteRateLimit: v.exactOptional(v.pipe(
    conditional(
      RemoteRateLimit,
      RemoteRateLimit,
      later("LocalConditionalPolicy_RemoteRateLimit"),
    ),
    v.description("Asks another server whether limits let requests in."),
  )),
  budgets: v.exactOptional(v.pipe(
    Budgets,
    v.description("How much may be spent in a calendar period, in USD or tokens."),
  )),
};

/** When requests are given up and sent again, by their keys. */
export const resilienceEntries = {
  timeout: v.exactOptional(v.pipe(Timeout, v.description("How long requests may take."))),
  retry: v.exactOptional(v.pipe(Retry, v.description("When requests are sent again."))),
};

/** Policies of a route. */
export const RoutePolicies = closedObject({
  ...gatewayPolicyEntries,
  ...limitEntries,
  ...resilienceEntries,
  ...headerEntries,
  ...upstreamEntries,
  buffer: v.exactOptional(v.pipe(Buffer, v.description("Bodies that are held as a whole."))),
  csrf: v.exactOptional(v.pipe(
    Csrf,
    v.description("Refuses requests that a browser sends for a foreign page."),
  )),
  urlRewrite: v.exactOptional(v.pipe(UrlRewrite, v.description("Another path or host."))),
  requestRedirect: v.exactOptional(v.pipe(
    RequestRedirect,
    v.description("Sends the client elsewhere."),
  )),
  delay: v.exactOptional(v.pipe(Delay, v.description("Makes requests wait, to test clients."))),
  directResponse: v.exactOptional(v.pipe(
    conditional(
      DirectResponse,
      DirectResponse,
      later("LocalConditionalPolicy_DirectResponse"),
    ),
    v.description("Answers requests without any backend."),
  )),
  requestMirror: v.exactOptional(v.pipe(
    RequestMirror,
    v.description("Sends copies of requests to another server."),
  )),
}, later("FilterOrPolicy"));

/** Policies of a backend; they win over those of the route. */
export const BackendPolicies = closedObject({
  ...headerEntries,
  ...upstreamEntries,
  transformations: v.exactOptional(v.pipe(
    Transformations,
    v.description("Changes to headers and bodies, computed with CEL."),
  )),
  authorization: v.exactOptional(v.pipe(
    AuthorizationPolicy,
    v.description("Which requests may go to this backend, by rules in CEL."),
  )),
  extAuthz: v.exactOptional(v.pipe(
    ExtAuthz,
    v.description("Asks another server which requests may go to this backend."),
  )),
  http: v.exactOptional(BackendHttp),
  tcp: v.exactOptional(BackendTcp),
  health: v.exactOptional(v.pipe(
    HealthPolicy,
    v.description("When the backend is left out for a while."),
  )),
  sessionAffinity: v.exactOptional(SessionAffinity),
}, later("LocalBackendPolicies"));

/** The policies of a route as they are written. */
export type RoutePoliciesConfig = Immutable<v.InferOutput<typeof RoutePolicies>>;

/** The policies of a backend as they are written. */
export type BackendPoliciesConfig = Immutable<v.InferOutput<typeof BackendPolicies>>;

/** What is done to requests to models, as it is written. */
export type AiPolicyWritten = Immutable<v.InferOutput<typeof AiPolicy>>;
