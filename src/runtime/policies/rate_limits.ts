import { parseDurationMs } from "../../lib/duration.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { RateLimitConfig } from "../../config/schema/local_rate_limit.ts";
import { Buckets, type Limit } from "../../policies/rate_limit/engine.ts";
import { shortHash } from "../../policies/shared/partition.ts";
import type { CompileContext } from "../compile_context.ts";
import { partitionExpression } from "./partition_expression.ts";

/** One limit to compile, with where it is written. */
export interface RateLimitPlace {
  readonly settings: RateLimitConfig;
  readonly at: ProblemPath;
  /** Tells the limit from all others; the settings need not be in it. */
  readonly identity: unknown;
}

/**
 * Compiles limits of one type. The buckets outlive a reload that changes nothing about them; other
 * gateways know them in Redis by the same name.
 */
export function compileLimits(
  places: readonly RateLimitPlace[],
  type: RateLimitConfig["type"],
  context: CompileContext,
): readonly Limit[] {
  return places.filter(({ settings }) => settings.type === type)
    .map((place) => compileLimit(place, context));
}

function compileLimit({ settings, at, identity }: RateLimitPlace, context: CompileContext): Limit {
  const { maxTokens, tokensPerFill, fillInterval, key } = settings;
  warnOf(settings, at, context);
  const spec = {
    id: shortHash(JSON.stringify([identity, settings])),
    capacity: maxTokens,
    perFill: tokensPerFill,
    intervalMs: parseDurationMs(fillInterval) ?? Infinity,
  };
  const { now, warn } = context.environment;
  const expression = key === undefined
    ? undefined
    : partitionExpression(key, [...at, "key"], context);
  return {
    spec,
    key: expression,
    buckets: context.keep(`rate limit ${spec.id}`, () => {
      const forgot = once(() => warn("limits", `${FORGOT} ${JSON.stringify(key)}`));
      return new Buckets(spec, now(), forgot);
    }),
  };
}

const FORGOT = "a rate limit has more keys than it can remember, and forgets the least used: key";

function warnOf({ maxTokens, tokensPerFill }: RateLimitConfig, at: ProblemPath, {
  warnings,
}: CompileContext): void {
  if (maxTokens === 0) {
    warnings.push({ path: at, message: "lets nothing through: maxTokens is 0" });
  } else if (tokensPerFill === 0) {
    warnings.push({ path: at, message: "is never refilled: tokensPerFill is 0" });
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
