import type { ProblemPath } from "../../config/normalised.ts";
import type { ExtAuthzConfig } from "../../config/schema/ext_authz.ts";
import type { Check } from "../../policies/ext_authz/check.ts";
import type { CacheSettings } from "../../policies/ext_authz/decision_cache.ts";
import { extAuthz, type FailureMode } from "../../policies/ext_authz/ext_authz.ts";
import { grpcCheck } from "../../policies/ext_authz/grpc_check.ts";
import { httpCheck } from "../../policies/ext_authz/http_check.ts";
import type { Policy } from "../../policies/policy.ts";
import { isForeignName } from "../../policies/shared/foreign_headers.ts";
import type { CompileContext } from "../compile_context.ts";
import { grpcChannel } from "../grpc_channel.ts";
import { namedExpressions } from "./named_expressions.ts";
import { serviceFailures } from "./service_failures.ts";

/** How long the service may take. */
const TIMEOUT_MS = 10_000;

/** Compiles the policy. */
export function compileExtAuthz(
  settings: ExtAuthzConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const check = settings.protocol.http === undefined
    ? compileGrpc(settings, at, context)
    : compileHttp(settings, settings.protocol.http, at, context);
  const failureMode = failureModeOf(settings.failureMode);
  const cache = settings.cache === undefined
    ? undefined
    : compileCache(settings.cache, [...at, "cache"], context);
  if (failureMode.type === "allow") {
    const message = "requests are let in while the service does not answer";
    context.warnings.push({ path: [...at, "failureMode"], message });
  }
  if (check === undefined) return undefined;
  const failed = serviceFailures("extAuthz", at, failureMode.type === "allow", context);
  return extAuthz({ check, failureMode, cache, failed });
}

function failureModeOf(mode: ExtAuthzConfig["failureMode"]): FailureMode {
  return typeof mode === "string"
    ? { type: mode }
    : { type: "denyWithStatus", status: mode.denyWithStatus };
}

type HttpConfig = NonNullable<ExtAuthzConfig["protocol"]["http"]>;

function compileHttp(
  settings: ExtAuthzConfig,
  http: HttpConfig,
  at: ProblemPath,
  context: CompileContext,
): Check | undefined {
  const { includeRequestBody: body, includeRequestHeaders = ["authorization"] } = settings;
  const below = [...at, "protocol", "http"];
  const optional = (key: "path" | "redirect" | "body") => {
    const source = http[key];
    return source === undefined ? undefined : context.expression(source, [...below, key]);
  };
  checkNames(includeRequestHeaders, [...at, "includeRequestHeaders"], context);
  checkNames(http.includeResponseHeaders, [...below, "includeResponseHeaders"], context);
  warnOfBody(settings, http, at, context);
  const callout = context.callout(settings, at);
  const compiled = {
    timeoutMs: TIMEOUT_MS,
    path: optional("path"),
    redirect: optional("redirect"),
    body: optional("body"),
    forwarded: lowerCase(includeRequestHeaders),
    added: namedExpressions(http.addRequestHeaders, [...below, "addRequestHeaders"], context)
      .map(({ name, expression }) => ({ name: name.toLowerCase(), expression })),
    returned: lowerCase(http.includeResponseHeaders),
    metadata: namedExpressions(http.metadata, [...below, "metadata"], context),
    includeBody: body === undefined ? undefined : bodyOptions(body),
  };
  return callout === undefined ? undefined : httpCheck({ callout, ...compiled });
}

function compileGrpc(
  settings: ExtAuthzConfig,
  at: ProblemPath,
  context: CompileContext,
): Check | undefined {
  const { protocol: { grpc = {} }, includeRequestHeaders, includeRequestBody: body } = settings;
  const place = [...at, "protocol", "grpc", "metadata"];
  const caller = grpcChannel(settings, at, context);
  const metadata = grpc.metadata === undefined
    ? undefined
    : namedExpressions(grpc.metadata, place, context);
  if (caller === undefined) return undefined;
  return grpcCheck({
    caller,
    timeoutMs: TIMEOUT_MS,
    context: Object.entries(grpc.context ?? {}),
    metadata,
    forwarded: includeRequestHeaders === undefined ? undefined : lowerCase(includeRequestHeaders),
    includeBody: body === undefined
      ? undefined
      : { ...bodyOptions(body), packAsBytes: body.packAsBytes },
    epochMs: context.environment.epochMs,
  });
}

type BodyConfig = NonNullable<ExtAuthzConfig["includeRequestBody"]>;

function bodyOptions({ maxRequestBytes, allowPartialMessage }: BodyConfig) {
  return { bytesMax: maxRequestBytes, mayBePartial: allowPartialMessage };
}

/** Headers that say how a message is framed belong to one message alone. */
function checkNames(
  names: readonly string[],
  at: ProblemPath,
  { problems }: CompileContext,
): void {
  for (const [index, name] of names.entries()) {
    if (isForeignName(name.toLowerCase())) continue;
    problems.push({ path: [...at, index], message: "the gateway writes this header itself" });
  }
}

function warnOfBody(
  { includeRequestBody: body }: ExtAuthzConfig,
  http: HttpConfig,
  at: ProblemPath,
  { warnings }: CompileContext,
): void {
  if (body === undefined) return;
  const path = [...at, "includeRequestBody"];
  if (http.body !== undefined) {
    warnings.push({ path, message: "has no effect beside protocol.http.body" });
  } else if (body.packAsBytes) {
    warnings.push({ path: [...path, "packAsBytes"], message: "has an effect with grpc alone" });
  }
}

function compileCache(
  { key, ttl, maxEntries }: NonNullable<ExtAuthzConfig["cache"]>,
  at: ProblemPath,
  context: CompileContext,
): CacheSettings | undefined {
  const keys = key.flatMap((source, index) =>
    context.expression(source, [...at, "key", index]) ?? []
  );
  const life = context.expression(ttl, [...at, "ttl"]);
  if (life === undefined || keys.length < key.length) return undefined;
  const { epochMs } = context.environment;
  return { key: keys, ttl: life, entriesMax: maxEntries, epochMs };
}

function lowerCase(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}
