/** What is known of a target; its owner changes it with every outcome. */
export interface HealthState {
  /** Moving average of successes (1) and failures (0). */
  health: number;
  /** Moving average of the durations of successful calls; 0 before the first. */
  latencyS: number;
  /** Calls in flight. */
  pending: number;
  failuresInARow: number;
  /** Since the last success. */
  timesEvicted: number;
  /** On the monotonic clock; undefined while it is active. */
  evictedUntilMs: number | undefined;
}

/** A target that nothing is known of. */
export function newHealthState(): HealthState {
  return {
    health: 1,
    latencyS: 0,
    pending: 0,
    failuresInARow: 0,
    timesEvicted: 0,
    evictedUntilMs: undefined,
  };
}

/** How much the newest sample counts. */
const ALPHA = 0.3;

/** How much a call in flight slows the next. */
const PENDING_PENALTY = 0.1;

/** From 0 to 1: healthy, fast and idle targets are the best. */
export function scoreOf({ health, latencyS, pending }: HealthState): number {
  return health / (1 + latencyS * (1 + PENDING_PENALTY * pending));
}

/** Counts a successful call. */
export function succeeded(state: HealthState, durationS: number): void {
  state.health = average(state.health, 1);
  state.latencyS = average(state.latencyS, Math.max(durationS, 0));
  state.failuresInARow = 0;
  state.timesEvicted = 0;
}

/** Counts a failed call; how long failing takes says nothing. */
export function failed(state: HealthState): void {
  state.health = average(state.health, 0);
  state.failuresInARow += 1;
}

/** As in the reference, 0 stands for "no sample yet". */
function average(stored: number, sample: number): number {
  return stored === 0 ? sample : ALPHA * sample + (1 - ALPHA) * stored;
}
