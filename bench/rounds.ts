import type { Running } from "./processes.ts";
import type { Target } from "./targets.ts";

/** What was measured of one target, one value for each round. */
export interface Row<Figures> {
  readonly name: Target["name"];
  readonly form: Target["form"];
  readonly rounds: readonly Figures[];
}

/**
 * Measures all targets in turn, then all of them again: what changes on the machine meanwhile
 * then falls on all alike. Each measurement has a fresh process.
 */
export async function interleave<Figures>(
  targets: readonly Target[],
  runs: number,
  measure: (running: Running) => Promise<Figures>,
  progress: (text: string) => void,
): Promise<readonly Row<Figures>[]> {
  const rows = targets.map((target) => ({ target, rounds: new Array<Figures>() }));
  for (let round = 1; round <= runs; round++) {
    for (const { target, rounds } of rows) {
      progress(`run ${round} of ${runs}: ${target.name} ${target.form ?? ""}`);
      const attempt = () => measureOnce(target, measure);
      rounds.push(
        await attempt().catch((error: unknown) => {
          progress(`${error instanceof Error ? error.message : error}: once more`);
          return attempt();
        }),
      );
    }
  }
  return rows.map(({ target, rounds }) => ({ name: target.name, form: target.form, rounds }));
}

async function measureOnce<Figures>(
  target: Target,
  measure: (running: Running) => Promise<Figures>,
): Promise<Figures> {
  const running = await target.start();
  try {
    const figures = await measure(running);
    // Figures of a program that was gone before their end would be of nothing.
    const end = running.endedBy();
    if (end !== undefined) throw new Error(`${target.name} ended by itself: ${end}`);
    return figures;
  } finally {
    await running.stop();
  }
}
