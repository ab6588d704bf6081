/** A clock that a test moves. */
export class Clock {
  #nowMs: number;

  constructor(start = "2026-01-02T03:04:05Z") {
    this.#nowMs = Date.parse(start);
  }

  epochMs = (): number => this.#nowMs;

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

export const SECOND_MS = 1_000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS;

/** Lets promises that are settled be seen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
