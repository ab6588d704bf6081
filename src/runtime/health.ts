import type { ProblemPath } from "../config/normalised.ts";
import type { HealthConfig } from "../config/schema/health.ts";
import { parseDurationMs } from "../lib/duration.ts";
import type { Announcements } from "../routing/health/announcements.ts";
import { type Health, health } from "../routing/health/health.ts";
import {
  DEFAULT_RULES,
  failureBy,
  FALLBACK_MS,
  type HealthRules,
  isServerFailure,
} from "../routing/health/rules.ts";
import { newHealthState } from "../routing/health/state.ts";
import type { CompileContext } from "./compile_context.ts";

/** Compiles a health policy; undefined where there is none, or its expression is no CEL. */
export function compileHealth(
  settings: HealthConfig | undefined,
  at: ProblemPath,
  context: CompileContext,
): HealthRules | undefined {
  if (settings === undefined) return undefined;
  const { unhealthyExpression = "", eviction } = settings;
  const isFailure = unhealthyExpression.trim() === ""
    ? isServerFailure
    : failureByText(unhealthyExpression, [...at, "unhealthyExpression"], context);
  if (isFailure === undefined) return undefined;
  if (eviction === undefined) return { isFailure, eviction: {} };
  const { duration, ...thresholds } = eviction;
  return {
    isFailure,
    eviction: {
      durationMs: parseDurationMs(duration ?? ""),
      fallbackMs: FALLBACK_MS,
      ...thresholds,
    },
  };
}

function failureByText(text: string, at: ProblemPath, context: CompileContext) {
  const unhealthy = context.expression(text, at);
  return unhealthy === undefined ? undefined : failureBy(unhealthy);
}

/** A member of a group whose health is to be watched. */
export interface WatchedMember {
  /** As the configuration names it. */
  readonly name: string;
  /** Tells it apart from all others, here and at other gateways: who, where, which model. */
  readonly key: string;
  /** Without any, those that the gateway has for targets that have others beside them. */
  readonly rules?: HealthRules | undefined;
}

/** The health of a member; what is known of it outlives a reload, the rules do not. */
export function healthOf(
  { name, key, rules = DEFAULT_RULES }: WatchedMember,
  context: CompileContext,
  announced?: Announcements,
): Health {
  return health({
    name,
    rules,
    state: context.keep(`health ${key}`, newHealthState),
    surroundings: context.environment,
    shared: announced?.of(key),
  });
}
