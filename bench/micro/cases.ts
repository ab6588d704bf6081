import type { Settings } from "../settings.ts";

/** One thing that is measured within the benchmark's own process. */
export interface MicroCase {
  readonly name: string;
  /** What it may take, where there is a target. */
  readonly usMax?: number;
  /** Does it once. */
  run(): unknown;
}

/** What one round found. */
export interface MicroFigures {
  readonly us: number;
}

/** All rounds of one case. */
export interface MicroRow {
  readonly name: string;
  readonly form: "deno";
  readonly usMax: number | undefined;
  readonly rounds: readonly MicroFigures[];
}

/** Measures all cases in turn, as many times as there are runs. */
export function measureCases(
  cases: readonly MicroCase[],
  { runs, micro }: Settings,
  progress: (text: string) => void,
): readonly MicroRow[] {
  const rows = cases.map((measured) => ({ measured, rounds: new Array<MicroFigures>() }));
  for (let round = 1; round <= runs; round++) {
    for (const { measured, rounds } of rows) {
      progress(`run ${round} of ${runs}: ${measured.name}`);
      usPerCall(measured, micro.warmMs);
      rounds.push({ us: usPerCall(measured, micro.windowMs) });
    }
  }
  return rows.map(({ measured: { name, usMax }, rounds }) => ({
    name,
    form: "deno",
    usMax,
    rounds,
  }));
}

/** Calls in batches, so that reading the clock costs nothing beside them. */
function usPerCall({ run }: MicroCase, windowMs: number): number {
  const batch = 100;
  const begin = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < windowMs) {
    for (let call = 0; call < batch; call++) run();
    calls += batch;
    elapsedMs = performance.now() - begin;
  }
  return elapsedMs * 1000 / calls;
}
