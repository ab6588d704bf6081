import type { BufferedFigures } from "../measure/buffered.ts";
import type { MemoryFigures } from "../measure/memory.ts";
import type { StartFigures } from "../measure/start.ts";
import type { StreamingFigures } from "../measure/streams.ts";
import type { Row } from "../rounds.ts";
import { type Form } from "../settings.ts";
import { median } from "../statistics.ts";
import { spread } from "./table.ts";

/** A target value and whether it was reached. */
export interface Verdict {
  readonly claim: string;
  readonly reached: boolean;
}

const requestRatioMax = 1.4;
const chunkRatioMax = 1.2;
const readyMsMax = { deno: 400, executable: 150 };
const growthMax = 1.05;

/** CPU time per buffered request, against the floor of the same form. */
export function bufferedVerdicts(rows: readonly Row<BufferedFigures>[]): readonly Verdict[] {
  const cpu = (figures: BufferedFigures) => figures.cpuUsPerRequest;
  return ratioVerdicts(rows, cpu, "CPU per buffered request", requestRatioMax);
}

/** CPU time per forwarded chunk, against the floor of the same form. */
export function streamVerdicts(rows: readonly Row<StreamingFigures>[]): readonly Verdict[] {
  const cpu = (figures: StreamingFigures) => figures.cpuUsPerChunk;
  const verdicts = ratioVerdicts(rows, cpu, "CPU per forwarded chunk", chunkRatioMax);
  const late = rows.some((row) => row.rounds.some(isLate));
  const doubt = "; some targets fell behind, so repeat with a higher --pace-ms";
  return late
    ? verdicts.map((verdict) => ({ ...verdict, claim: verdict.claim + doubt }))
    : verdicts;
}

/** A server that is late joins events, and then a chunk seems to cost less than it does. */
function isLate(figures: StreamingFigures): boolean {
  return figures.chunksPerArrival > 1.05;
}

function ratioVerdicts<Figures extends { readonly failed: number }>(
  rows: readonly Row<Figures>[],
  cpu: (figures: Figures) => number,
  what: string,
  limit: number,
): readonly Verdict[] {
  return gateways(rows).flatMap((gateway) => {
    const floor = rows.find((row) => row.name === "floor" && row.form === gateway.form);
    if (!floor) return [];
    // Each round is compared with the floor of the same round, which ran just before it.
    const ratios = gateway.rounds.map((figures, round) => {
      const base = floor.rounds[round];
      return base === undefined ? NaN : cpu(figures) / cpu(base);
    });
    const failed = gateway.rounds.reduce((sum, figures) => sum + figures.failed, 0);
    return [{
      claim: `gateway on ${gateway.form}: ${what} ${spread(ratios, 2)} times the floor's, ` +
        `at most ${limit}${failed === 0 ? "" : `; failed: ${failed}, so the figure is void`}`,
      reached: median(ratios) <= limit && failed === 0,
    }];
  });
}

/** The time from the start of the program to ready. */
export function startVerdicts(rows: readonly Row<StartFigures>[]): readonly Verdict[] {
  return gateways(rows).map(({ form, rounds }) => {
    const readyMs = rounds.map((figures) => figures.readyMs);
    return {
      claim: `gateway on ${form}: ready in ${spread(readyMs, 0)} ms, under ${readyMsMax[form]}`,
      reached: median(readyMs) < readyMsMax[form],
    };
  });
}

/** Memory is flat when the last third of the time needs no more than 5 % above the first. */
export function memoryVerdicts(rows: readonly Row<MemoryFigures>[]): readonly Verdict[] {
  return gateways(rows).map(({ form, rounds }) => {
    const growth = rounds.map((figures) => figures.lastThirdMb / figures.firstThirdMb);
    return {
      claim:
        `gateway on ${form}: memory in the last third of the load ${spread(growth, 3)} times ` +
        `the first third's, at most ${growthMax}`,
      reached: median(growth) <= growthMax,
    };
  });
}

function gateways<Figures>(rows: readonly Row<Figures>[]) {
  return rows.flatMap((
    { name, form, rounds },
  ): readonly { form: Form; rounds: readonly Figures[] }[] =>
    name === "gateway" && form !== undefined ? [{ form, rounds }] : []
  );
}
