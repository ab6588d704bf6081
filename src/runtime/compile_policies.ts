import type { ProblemPath, Written } from "../config/normalised.ts";
import type { AuthorizationConfig } from "../config/schema/authorization.ts";
import type { GatewayPoliciesConfig } from "../config/schema/gateway_policies.ts";
import type { BackendPoliciesConfig, RoutePoliciesConfig } from "../config/schema/policies.ts";
import { authorization } from "../policies/auth/authorization.ts";
import type { Policy } from "../policies/policy.ts";
import type { Subject } from "../policies/subject.ts";
import type { CompileContext } from "./compile_context.ts";
import { compileApiKey } from "./policies/api_key.ts";
import { compileRules } from "./policies/authorization.ts";
import { compileBasicAuth } from "./policies/basic_auth.ts";
import { compileBuffer } from "./policies/buffer.ts";
import { compileConditional } from "./policies/conditional.ts";
import { compileCors } from "./policies/cors.ts";
import { compileCsrf } from "./policies/csrf.ts";
import { compileDelay } from "./policies/delay.ts";
import { compileDirectResponse } from "./policies/direct_response.ts";
import { compileExtAuthz } from "./policies/ext_authz.ts";
import { compileOidc } from "./policies/oidc.ts";
import { compileJwtAuth } from "./policies/jwt_auth.ts";
import { compileRequestMirror } from "./policies/request_mirror.ts";
import { compileRequestRedirect } from "./policies/request_redirect.ts";
import { compileTransformations } from "./policies/transformations.ts";
import { compileUrlRewrite } from "./policies/url_rewrite.ts";
import { lastWritten } from "./last_written.ts";
import type { Limits } from "./limits.ts";
import { type RouteLimits, routeLimits } from "./route_limits.ts";

/** What compiling the policies of one place needs beside them. */
export interface PolicyPlace {
  readonly context: CompileContext;
  readonly bodyBytesMax: number;
  readonly limits: Limits;
  /** What sessions are sealed with, where the configuration says. */
  readonly sessionKey: () => Uint8Array | undefined;
}

/** The policies before a route is found, in the order in which they run. */
export function gatewayPolicies(
  written: readonly Written<GatewayPoliciesConfig>[],
  place: PolicyPlace,
): readonly Policy[] {
  return present([...identity(written, place), transformations(written, place)]);
}

/** What the policies of a route may depend on beside themselves. */
export interface RouteSurroundings {
  /** The prefix by which the route was found for a request. */
  readonly matchedPrefixOf: (subject: Subject) => string;
  /** The policies that run before the route is found. */
  readonly before: readonly Written<GatewayPoliciesConfig>[];
}

/** The policies of a route, in the order in which they run, and its limits on models. */
export function routePolicies(
  written: readonly Written<RoutePoliciesConfig>[],
  place: PolicyPlace,
  { matchedPrefixOf, before }: RouteSurroundings,
): { readonly policies: readonly Policy[] } & Pick<RouteLimits, "modelPolicies"> {
  const { context, bodyBytesMax } = place;
  const keyed = [...before, ...written].flatMap(({ settings: { apiKey }, at }) =>
    apiKey === undefined ? [] : [{ settings: apiKey, at: [...at, "apiKey"] }]
  );
  const limits = routeLimits(written, keyed, context, place.limits);
  const policies = present([
    ...identity(written, place),
    ...limits.policies,
    compiled(written, "buffer", (it, at) => compileBuffer(it, at, context, bodyBytesMax)),
    transformations(written, place),
    compiled(written, "csrf", (it, at) => compileCsrf(it, at, context)),
    compiled(
      written,
      "urlRewrite",
      (it, at) => compileUrlRewrite(it, at, context, matchedPrefixOf),
    ),
    compiled(
      written,
      "requestRedirect",
      (it, at) => compileRequestRedirect(it, at, context, matchedPrefixOf),
    ),
    compiled(written, "delay", (it, at) => compileDelay(it, at, context)),
    compiled(
      written,
      "directResponse",
      (it, at) =>
        compileConditional(
          it,
          at,
          context,
          (entry, entryAt) => compileDirectResponse(entry, entryAt, context),
        ),
    ),
    compiled(
      written,
      "requestMirror",
      (it, at) => compileRequestMirror(it, at, context, bodyBytesMax),
    ),
  ]);
  return { policies, modelPolicies: limits.modelPolicies };
}

/** The policies of a backend, in the order in which they run. */
export function backendPolicies(
  written: readonly Written<BackendPoliciesConfig>[],
  { context, bodyBytesMax }: PolicyPlace,
): readonly Policy[] {
  return present([
    authorized(written, context),
    compiled(written, "extAuthz", (it, at) => compileExtAuthz(it, at, context)),
    compiled(
      written,
      "transformations",
      (it, at) => compileTransformations(it, at, context, bodyBytesMax),
    ),
  ]);
}

/** Who a client is, and whether it is let in. */
function identity(
  written: readonly Written<GatewayPoliciesConfig>[],
  { context, sessionKey }: PolicyPlace,
): (Policy | undefined)[] {
  return [
    compiled(written, "cors", (it, at) => compileCors(it, at, context)),
    compiled(written, "oidc", (it, at) => compileOidc(it, at, context, sessionKey())),
    compiled(written, "jwtAuth", (it, at) => compileJwtAuth(it, at, context)),
    compiled(written, "basicAuth", (it, at) => compileBasicAuth(it, at, context)),
    compiled(written, "apiKey", (it, at) => compileApiKey(it, at, context)),
    compiled(
      written,
      "extAuthz",
      (it, at) =>
        compileConditional(
          it,
          at,
          context,
          (entry, entryAt) => compileExtAuthz(entry, entryAt, context),
        ),
    ),
    authorized(written, context),
  ];
}

function transformations(
  written: readonly Written<GatewayPoliciesConfig>[],
  { context, bodyBytesMax }: PolicyPlace,
): Policy | undefined {
  return compiled(
    written,
    "transformations",
    (it, at) =>
      compileConditional(
        it,
        at,
        context,
        (entry, entryAt) => compileTransformations(entry, entryAt, context, bodyBytesMax),
      ),
  );
}

/** Rules of several levels are one set. */
function authorized(
  written: readonly Written<{ readonly authorization?: AuthorizationConfig }>[],
  context: CompileContext,
): Policy | undefined {
  const rules = written.flatMap(({ settings, at }) =>
    settings.authorization === undefined || settings.authorization.rules.length === 0
      ? []
      : [compileRules(settings.authorization, [...at, "authorization"], context)]
  );
  return rules.length === 0 ? undefined : authorization(rules);
}

/** Compiles the most specific policy under a key. */
function compiled<Settings extends object, Key extends keyof Settings & string>(
  written: readonly Written<Settings>[],
  key: Key,
  compile: (settings: NonNullable<Settings[Key]>, at: ProblemPath) => Policy | undefined,
): Policy | undefined {
  const found = lastWritten(written, key);
  return found === undefined ? undefined : compile(found.settings, found.at);
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}
