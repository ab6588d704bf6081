import type { AuthEnvironment } from "./authorizer.ts";

/** Something that is fetched when it is first needed, kept, and renewed before it expires. */
export interface Renewed<Value> {
  /** Waits only where there is no valid one; rejects with the signal's reason when it aborts. */
  get(signal: AbortSignal): Promise<Value>;
}

/** What was fetched, and until when it is good. */
export interface Grant<Value> {
  readonly value: Value;
  /** Milliseconds since 1970; undefined where it does not expire. */
  readonly expiresAtMs: number | undefined;
}

/** How long before its end a grant is renewed: so long, or the last quarter of its life. */
const AHEAD_MAX_MS = 5 * 60_000;
const LIFE_PART_AHEAD = 1 / 4;
/** After this much of waiting, a renewal that failed is tried again. */
const PAUSE_MS = 10_000;

/** Fetches one at a time; while it renews ahead of the end, the old value serves. */
export function renewed<Value>(
  fetchGrant: () => Promise<Grant<Value>>,
  environment: AuthEnvironment,
): Renewed<Value> {
  let kept: Kept<Value> | undefined;
  let pending: Promise<Value> | undefined;
  let pausedUntilMs = 0;

  async function renew(): Promise<Value> {
    try {
      // Not before `pending` is set, even if it throws at once.
      const grant = await Promise.resolve().then(fetchGrant);
      kept = { grant, renewAtMs: renewalOf(grant, environment.epochMs()) };
      return grant.value;
    } catch (error) {
      pausedUntilMs = environment.epochMs() + PAUSE_MS;
      throw error;
    } finally {
      pending = undefined;
    }
  }

  return {
    async get(signal) {
      const nowMs = environment.epochMs();
      if (kept === undefined || nowMs >= (kept.grant.expiresAtMs ?? Infinity)) {
        return await orAborted(pending ??= renew(), signal);
      }
      if (nowMs >= kept.renewAtMs && nowMs >= pausedUntilMs && pending === undefined) {
        pending = renew();
        pending.catch(() => {});
      }
      return kept.grant.value;
    },
  };
}

interface Kept<Value> {
  readonly grant: Grant<Value>;
  readonly renewAtMs: number;
}

function renewalOf({ expiresAtMs }: Grant<unknown>, nowMs: number): number {
  if (expiresAtMs === undefined) return Infinity;
  return expiresAtMs - Math.min(AHEAD_MAX_MS, (expiresAtMs - nowMs) * LIFE_PART_AHEAD);
}

/** Stops waiting when the signal aborts; others may go on waiting for the same promise. */
async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
