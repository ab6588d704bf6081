/** A wait that is under way. */
export interface Pause {
  /** Resolves when the time has passed, rejects with the signal's reason when that aborts. */
  readonly over: Promise<void>;
  /** Releases timer and listener; `over` then never settles. */
  stop(): void;
}

/** Waits, or for an infinite time until the signal aborts; leaves nothing behind when it ends. */
export function pause(durationMs: number, signal: AbortSignal): Pause {
  if (signal.aborted) return { over: Promise.reject(signal.reason), stop: () => {} };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = Number.isFinite(durationMs)
    ? setTimeout(finish, Math.min(durationMs, TIMER_MAX_MS))
    : undefined;
  signal.addEventListener("abort", abort);
  return { over: promise, stop };

  function finish(): void {
    stop();
    resolve();
  }
  function abort(): void {
    stop();
    reject(signal.reason);
  }
  function stop(): void {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** Timers hold 32-bit numbers; anything above would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;
