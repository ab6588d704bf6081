interface WarningOptions {
  /** Monotonic, in milliseconds. */
  now(): number;
  /** Tells the operator; `times` is how often it has happened since it was last told. */
  tell(reason: string, times: number): void;
}

/** How often the operator is told of what may happen with every request. */
const EVERY_MS = 60_000;

/** Tells at once, and then at most once in a while, of all that has happened since. */
export function occasionalWarning({ now, tell }: WarningOptions): (reason: string) => void {
  let times = 0;
  let lastMs = -Infinity;
  return (reason) => {
    times++;
    const nowMs = now();
    if (nowMs - lastMs < EVERY_MS) return;
    tell(reason, times);
    times = 0;
    lastMs = nowMs;
  };
}
