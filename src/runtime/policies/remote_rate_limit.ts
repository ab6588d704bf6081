import type { ProblemPath } from "../../config/normalised.ts";
import type { RemoteRateLimitConfig } from "../../config/schema/remote_rate_limit.ts";
import {
  type RemoteLimitOptions,
  remoteRequestLimits,
  remoteTokenLimits,
} from "../../policies/remote_rate_limit/remote_rate_limit.ts";
import type { DescriptorRule } from "../../policies/remote_rate_limit/descriptors.ts";
import { rateLimitService } from "../../policies/remote_rate_limit/service.ts";
import type { CompileContext } from "../compile_context.ts";
import { grpcChannel } from "../grpc_channel.ts";
import type { Limits } from "../limits.ts";
import type { LimitPolicies } from "./local_rate_limit.ts";
import { serviceFailures } from "./service_failures.ts";

/** How long the service may take; it stands in the way of every request. */
const TIMEOUT_MS = 1_000;

/** Compiles the policy: its limits of requests, and those of tokens. */
export function compileRemoteRateLimit(
  settings: RemoteRateLimitConfig,
  at: ProblemPath,
  context: CompileContext,
  { reports }: Pick<Limits, "reports">,
): LimitPolicies {
  const { domain, descriptors, failureMode } = settings;
  const caller = grpcChannel(settings, at, context);
  const rules = descriptors.map((descriptor, index) => ({
    type: descriptor.type,
    rule: compileDescriptor(descriptor, [...at, "descriptors", index], context),
  }));
  if (caller === undefined) return {};
  const failsOpen = failureMode === "failOpen" || failureMode === "FailOpen";
  const service = rateLimitService({
    caller,
    domain,
    timeoutMs: TIMEOUT_MS,
    failsOpen,
    failed: serviceFailures("remoteRateLimit", at, failsOpen, context),
  });
  const options = (type: "requests" | "tokens"): RemoteLimitOptions => ({
    rules: rules.flatMap((one) => one.type === type && one.rule !== undefined ? [one.rule] : []),
    service,
    reports,
  });
  const [requests, tokens] = [options("requests"), options("tokens")];
  return {
    ...requests.rules.length > 0 && { policy: remoteRequestLimits(requests) },
    ...tokens.rules.length > 0 && { modelPolicy: remoteTokenLimits(tokens) },
  };
}

type DescriptorConfig = RemoteRateLimitConfig["descriptors"][number];

function compileDescriptor(
  { entries, cost, limitOverride }: DescriptorConfig,
  at: ProblemPath,
  context: CompileContext,
): DescriptorRule | undefined {
  const compiled = entries.flatMap(({ key, value }, index) => {
    const expression = context.expression(value, [...at, "entries", index, "value"]);
    return expression === undefined ? [] : [{ key, value: expression }];
  });
  const optional = (source: string | undefined, key: string) =>
    source === undefined ? undefined : context.expression(source, [...at, key]);
  const rule = {
    entries: compiled,
    cost: optional(cost, "cost"),
    limitOverride: optional(limitOverride, "limitOverride"),
  };
  return compiled.length < entries.length ? undefined : rule;
}
