import type { Outcome } from "./outcome.ts";
import { evictionMs, type HealthRules } from "./rules.ts";
import { failed, type HealthState, scoreOf, succeeded } from "./state.ts";

/** How well a target has been doing, and whether it is left out for a while. */
export interface Health {
  /** Counts a call as in flight; the returned function ends it, once. */
  begin(): (outcome: Outcome) => void;
  /** Whether it is left out now; such targets serve only when no other can. */
  readonly isEvicted: boolean;
  /** From 0 to 1; the greater of two is the better one. */
  readonly score: number;
  /** Calls in flight. */
  readonly pending: number;
}

/** What a target's health is made of. */
export interface HealthParts {
  /** As the configuration names the target. */
  readonly name: string;
  readonly rules: HealthRules;
  /** Outlives the configuration, unlike the rules. */
  readonly state: HealthState;
  readonly surroundings: HealthSurroundings;
  /** What gateways tell each other of this target. */
  readonly shared?: SharedEviction | undefined;
}

/** What health takes from its surroundings. */
export interface HealthSurroundings {
  /** Monotonic clock, in milliseconds. */
  now(): number;
  epochMs(): number;
  /** Tells the operator. */
  warn(scope: string, message: string): void;
}

/** The evictions of one target at all gateways. */
export interface SharedEviction {
  announce(evictedUntilEpochMs: number): void;
  /** Until when some gateway has left it out; undefined where none has. */
  untilEpochMs(): number | undefined;
}

/** Watches a target by the outcomes of its calls. */
export function health(parts: HealthParts): Health {
  const { rules, state, surroundings, shared } = parts;
  const isEvicted = () => {
    const { evictedUntilMs } = state;
    if (evictedUntilMs !== undefined) {
      if (surroundings.now() < evictedUntilMs) return true;
      state.evictedUntilMs = undefined;
      state.health = rules.eviction.restoreHealth ?? state.health;
    }
    return (shared?.untilEpochMs() ?? 0) > surroundings.epochMs();
  };
  const end = (outcome: Outcome) => {
    state.pending -= 1;
    if (outcome.neutral === true) return;
    // An eviction that is over has to end before the outcome counts.
    const wasEvicted = isEvicted();
    if (!rules.isFailure(outcome)) return succeeded(state, outcome.durationMs / 1_000);
    const healthBefore = state.health;
    failed(state);
    if (!wasEvicted) evict(parts, outcome, healthBefore);
  };
  return {
    begin() {
      state.pending += 1;
      let isOver = false;
      return (outcome) => {
        if (isOver) return;
        isOver = true;
        end(outcome);
      };
    },
    get isEvicted() {
      return isEvicted();
    },
    get score() {
      isEvicted();
      return scoreOf(state);
    },
    get pending() {
      return state.pending;
    },
  };
}

function evict(parts: HealthParts, outcome: Outcome, healthBefore: number): void {
  const { name, rules, state, surroundings, shared } = parts;
  const epochMs = surroundings.epochMs();
  const lengthMs = evictionMs(rules.eviction, { outcome, state, healthBefore, epochMs });
  if (lengthMs === undefined) return;
  state.evictedUntilMs = surroundings.now() + lengthMs;
  state.timesEvicted += 1;
  shared?.announce(epochMs + lengthMs);
  const answer = outcome.status === undefined ? "no answer" : `status ${outcome.status}`;
  surroundings.warn(
    "health",
    `${JSON.stringify(name)} is left out for ${lengthMs / 1_000} s after ` +
      `${state.failuresInARow} failed calls in a row, the last with ${answer}`,
  );
}
