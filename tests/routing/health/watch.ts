import { type Health, health } from "../../../src/routing/health/health.ts";
import type { Outcome } from "../../../src/routing/health/outcome.ts";
import type { SharedEviction } from "../../../src/routing/health/health.ts";
import {
  type EvictionRules,
  type HealthRules,
  isServerFailure,
} from "../../../src/routing/health/rules.ts";
import { type HealthState, newHealthState } from "../../../src/routing/health/state.ts";

/** The wall clock where the fake one is 0: a whole second. */
export const EPOCH_MS = 1_700_000_000_000;

/** A target on a clock that the test moves. */
export interface Watched {
  readonly health: Health;
  readonly state: HealthState;
  readonly warned: readonly string[];
  nowMs: number;
  /** Calls the target, and has it answer with a status, or not at all. */
  call(status: number | undefined, more?: Partial<Outcome>): void;
}

/** A target with rules, or with the default failures and such an eviction. */
export function watch(
  rules: HealthRules | EvictionRules = {},
  shared?: SharedEviction,
): Watched {
  const state = newHealthState();
  const warned: string[] = [];
  const watched: Watched = {
    state,
    warned,
    nowMs: 0,
    call: (status, more = {}) => watched.health.begin()(outcome(status, more)),
    health: health({
      name: "a",
      rules: "eviction" in rules ? rules : { isFailure: isServerFailure, eviction: rules },
      state,
      surroundings: {
        now: () => watched.nowMs,
        epochMs: () => EPOCH_MS + watched.nowMs,
        warn: (scope, message) => void warned.push(`${scope}: ${message}`),
      },
      shared,
    }),
  };
  return watched;
}

/** How a call ended that took no time. */
export function outcome(status: number | undefined, more: Partial<Outcome> = {}): Outcome {
  return { status, durationMs: 0, variables: () => ({}), ...more };
}
