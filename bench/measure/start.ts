import type { Running } from "../processes.ts";
import type { Settings } from "../settings.ts";
import type { Target } from "../targets.ts";
import { interleave, type Row } from "../rounds.ts";

/** Milliseconds from the start of the program to the first good answer to a readiness probe. */
export async function measureStart(
  targets: readonly Target[],
  settings: Settings,
  progress: (text: string) => void,
): Promise<readonly Row<StartFigures>[]> {
  const ready = (running: Running) => Promise.resolve({ readyMs: running.readyMs });
  // The first start fills the caches of the disk and of the compiler.
  await interleave(targets, 1, ready, () => progress("first start of each, not counted"));
  return await interleave(targets, settings.starts, ready, progress);
}

export interface StartFigures {
  readonly readyMs: number;
}
