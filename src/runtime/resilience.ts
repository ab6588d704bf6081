import type { Written } from "../config/normalised.ts";
import type { RoutePoliciesConfig } from "../config/schema/policies.ts";
import type { RetryConfig } from "../config/schema/retry.ts";
import { parseDurationMs } from "../lib/duration.ts";
import type { RetryPlan, Timeouts } from "../routing/retry.ts";
import type { CompileContext } from "./compile_context.ts";
import { lastWritten } from "./last_written.ts";

/** When requests of a route are given up and sent again. */
export function resilience(
  written: readonly Written<RoutePoliciesConfig>[],
  context: CompileContext,
): { readonly timeouts: Timeouts; readonly retry: RetryPlan | undefined } {
  const timeout = lastWritten(written, "timeout")?.settings ?? {};
  const retry = lastWritten(written, "retry");
  return {
    timeouts: {
      requestMsMax: ms(timeout.requestTimeout),
      headMsMax: ms(timeout.backendRequestTimeout),
      firstContentMsMax: ms(timeout.firstTokenTimeout),
      idleMsMax: ms(timeout.streamIdleTimeout),
    },
    retry: retry === undefined ? undefined : retryPlan(retry, context),
  };
}

/** The word `attempts` counts what comes after the first try. */
function retryPlan({ settings, at }: Written<RetryConfig>, context: CompileContext): RetryPlan {
  const { attempts, codes, backoff, retryAfterMax, precondition, condition } = settings;
  const expression = (key: string, source: string | undefined) =>
    source === undefined ? undefined : context.expression(source, [...at, key]);
  return {
    triesMax: attempts + 1,
    codes: new Set(codes),
    backoffMs: ms(backoff) ?? 0,
    retryAfterMsMax: ms(retryAfterMax) ?? 0,
    precondition: expression("precondition", precondition),
    condition: expression("condition", condition),
  };
}

function ms(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDurationMs(duration);
}
