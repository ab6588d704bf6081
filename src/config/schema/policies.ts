import * as v from "valibot";
import type { RouteType } from "../../apis/route_types.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { BackendAuth } from "./auth.ts";
import { HeaderModifier } from "./headers.ts";
import { BodyMembers } from "./text.ts";

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
}, later("Policy"));

/** Turns on TLS to the upstream, with the system's trusted certificates. */
export const BackendTls = v.pipe(
  closedObject({}, later("LocalBackendTLS")),
  v.description("TLS to the upstream, trusting the system's certificates: `{}`."),
);

const shared = {
  ai: v.exactOptional(v.pipe(AiPolicy, v.description("What is done to requests to models."))),
  backendAuth: v.exactOptional(BackendAuth),
  requestHeaderModifier: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of requests."),
  )),
  responseHeaderModifier: v.exactOptional(v.pipe(
    HeaderModifier,
    v.description("Changes to the headers of responses."),
  )),
};

/** Policies of a route. */
export const RoutePolicies = closedObject(shared, later("FilterOrPolicy"));

/** Policies of a backend; they win over those of the route. */
export const BackendPolicies = closedObject({
  ...shared,
  backendTLS: v.exactOptional(BackendTls),
}, later("LocalBackendPolicies"));
