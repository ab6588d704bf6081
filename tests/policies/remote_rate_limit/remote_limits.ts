import assert from "node:assert/strict";
import * as v from "valibot";
import type { Variables } from "../../../src/cel/expression.ts";
import type { Usage } from "../../../src/chat/usage.ts";
import { RemoteRateLimit } from "../../../src/config/schema/remote_rate_limit.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { ModelEstimate, ModelPolicy, Policy } from "../../../src/policies/policy.ts";
import { Reports } from "../../../src/policies/rate_limit/reports.ts";
import { compileRemoteRateLimit } from "../../../src/runtime/policies/remote_rate_limit.ts";
import { compileContext } from "../../support/compile_context.ts";
import { rateLimitServer } from "../../support/rate_limit_service.ts";
import { subjectOf, type TestSubject } from "../../support/subject.ts";

/** A policy that is asked of a server, both of which end with the test. */
export async function remoteLimits(
  decide: Parameters<typeof rateLimitServer>[0],
  settings: Readonly<Record<string, unknown>>,
) {
  const server = await rateLimitServer(decide);
  const context = compileContext(undefined, {
    host: "127.0.0.1",
    port: server.port,
    headers: {},
  });
  const parsed = v.parse(RemoteRateLimit, { host: "limits.test:8081", domain: "d", ...settings });
  const reports = new Reports();
  const at = ["remoteRateLimit"];
  const compiled = compileRemoteRateLimit(parsed, at, context, { reports });
  assert.deepEqual(context.problems, []);
  return {
    server,
    context,
    reports,
    get policy(): Policy {
      assert.ok(compiled.policy, "has limits of requests");
      return compiled.policy;
    },
    get modelPolicy(): ModelPolicy {
      assert.ok(compiled.modelPolicy, "has limits of tokens");
      return compiled.modelPolicy;
    },
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A request of somebody. */
export function requestOf(variables: Variables = {}): TestSubject {
  const request = new Request("http://gateway.test/v1/chat/completions", {
    method: "POST",
    headers: { "x-user": "ann" },
    body: "{}",
  });
  return subjectOf(request, variables);
}

/** A call of so many tokens, which were counted or are guessed. */
export function callOf(inputTokens: number, isCounted: boolean, isCharged = true): ModelEstimate {
  return {
    ...{ provider: "p", model: "m", inputTokens, isCounted, isCharged },
    outputTokensMax: undefined,
    costUsd: () => undefined,
  };
}

/** What a call used. */
export function usageOf(inputTokens: number, outputTokens: number): Usage {
  return { inputTokens, outputTokens };
}

/** The error that something ends with. */
export async function errorOf(promise: Promise<unknown> | unknown): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail("nothing was thrown");
}
