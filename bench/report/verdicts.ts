import type { BufferedFigures } from "../measure/buffered.ts";
import type { ImageFigures } from "../measure/images.ts";
import type { MemoryFigures } from "../measure/memory.ts";
import type { StartFigures } from "../measure/start.ts";
import type { StreamingFigures } from "../measure/streams.ts";
import type { MicroRow } from "../micro/cases.ts";
import type { Row } from "../rounds.ts";
import type { Form } from "../settings.ts";
import { median } from "../statistics.ts";
import type { TargetName } from "../targets.ts";
import { spread } from "./table.ts";

/** A target value and whether it was reached. */
export interface Verdict {
  readonly claim: string;
  readonly reached: boolean;
}

const requestRatioMax = 1.4;
const forwardedRatioMax = 1.2;
const translatedRatioMax = 1.25;
const imageMsMax = 30;
const readyMsMax = { deno: 400, executable: 150 };
const growthMax = 1.05;

/** CPU time per buffered request, against the floor of the same form. */
export function bufferedVerdicts(rows: readonly Row<BufferedFigures>[]): readonly Verdict[] {
  const cpu = (figures: BufferedFigures) => figures.cpuUsPerRequest;
  return ratioVerdicts(rows, forwarding, cpu, "CPU per buffered request", requestRatioMax);
}

/** CPU time per forwarded chunk, against the floor of the same form. */
export function forwardedVerdicts(rows: readonly Row<StreamingFigures>[]): readonly Verdict[] {
  const claim = "CPU per forwarded chunk";
  return doubted(rows, ratioVerdicts(rows, forwarding, cpuPerChunk, claim, forwardedRatioMax));
}

/** CPU time per translated chunk, against the floor that translates on the same form. */
export function translatedVerdicts(rows: readonly Row<StreamingFigures>[]): readonly Verdict[] {
  const claim = "CPU per translated chunk";
  return doubted(rows, ratioVerdicts(rows, translating, cpuPerChunk, claim, translatedRatioMax));
}

function cpuPerChunk(figures: StreamingFigures): number {
  return figures.cpuUsPerChunk;
}

function doubted(
  rows: readonly Row<StreamingFigures>[],
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  if (!rows.some((row) => row.rounds.some(isLate))) return verdicts;
  const doubt = "; some targets fell behind, so repeat with a higher --pace-ms";
  return verdicts.map((verdict) => ({ ...verdict, claim: verdict.claim + doubt }));
}

/** A server that is late joins events, and then a chunk seems to cost less than it does. */
function isLate(figures: StreamingFigures): boolean {
  return figures.chunksPerArrival > 1.05;
}

/** What is compared: a gateway with a floor that does the same for the same upstream. */
interface Pair {
  readonly gateway: TargetName;
  readonly floor: TargetName;
}

const forwarding: Pair = { gateway: "gateway", floor: "floor" };
const translating: Pair = { gateway: "translating gateway", floor: "translating floor" };

function ratioVerdicts<Figures extends { readonly failed: number }>(
  rows: readonly Row<Figures>[],
  pair: Pair,
  cpu: (figures: Figures) => number,
  what: string,
  limit: number,
): readonly Verdict[] {
  return gateways(rows, pair.gateway).flatMap((gateway) => {
    const floor = rows.find((row) => row.name === pair.floor && row.form === gateway.form);
    if (!floor) return [];
    // Each round is compared with the floor of the same round, which ran just before it.
    const ratios = gateway.rounds.map((figures, round) => {
      const base = floor.rounds[round];
      return base === undefined ? NaN : cpu(figures) / cpu(base);
    });
    const failed = failures(gateway.rounds);
    return [{
      claim: `gateway on ${gateway.form}: ${what} ${spread(ratios, 2)} times the floor's, ` +
        `at most ${limit}${voidBy(failed)}`,
      reached: median(ratios) <= limit && failed === 0,
    }];
  });
}

/** Time that a large image takes longer than straight to the upstream. */
export function imageVerdicts(rows: readonly Row<ImageFigures>[]): readonly Verdict[] {
  const direct = rows.find((row) => row.name === "direct");
  const verdict = (name: TargetName, how: string) =>
    gateways(rows, name).map(({ form, rounds }) => {
      const addedMs = rounds.map(({ p50Ms }, round) =>
        p50Ms - (direct?.rounds[round]?.p50Ms ?? NaN)
      );
      const failed = failures(rounds);
      return {
        claim: `gateway on ${form}: an image of 5 MB ${how} adds ${spread(addedMs, 1)} ms at ` +
          `p50, under ${imageMsMax}${voidBy(failed)}`,
        reached: median(addedMs) < imageMsMax && failed === 0,
      };
    });
  return [...verdict("gateway", "forwarded"), ...verdict("translating gateway", "translated")];
}

function failures(rounds: readonly { readonly failed: number }[]): number {
  return rounds.reduce((sum, figures) => sum + figures.failed, 0);
}

function voidBy(failed: number): string {
  return failed === 0 ? "" : `; failed: ${failed}, so the figure is void`;
}

/** The time from the start of the program to ready. */
export function startVerdicts(rows: readonly Row<StartFigures>[]): readonly Verdict[] {
  return gateways(rows, "gateway").map(({ form, rounds }) => {
    const readyMs = rounds.map((figures) => figures.readyMs);
    return {
      claim: `gateway on ${form}: ready in ${spread(readyMs, 0)} ms, under ${readyMsMax[form]}`,
      reached: median(readyMs) < readyMsMax[form],
    };
  });
}

/** Memory is flat when the last third of the time needs no more than 5 % above the first. */
export function memoryVerdicts(rows: readonly Row<MemoryFigures>[]): readonly Verdict[] {
  return gateways(rows, "gateway").map(({ form, rounds }) => {
    const growth = rounds.map((figures) => figures.lastThirdMb / figures.firstThirdMb);
    return {
      claim:
        `gateway on ${form}: memory in the last third of the load ${spread(growth, 3)} times ` +
        `the first third's, at most ${growthMax}`,
      reached: median(growth) <= growthMax,
    };
  });
}

/** What each thing may take that is measured by itself. */
export function microVerdicts(rows: readonly MicroRow[]): readonly Verdict[] {
  return rows.flatMap(({ name, usMax, rounds }) => {
    if (usMax === undefined) return [];
    const us = rounds.map((figures) => figures.us);
    return [{
      claim: `${name}: ${spread(us, 2)} us, at most ${usMax}`,
      reached: median(us) <= usMax,
    }];
  });
}

function gateways<Figures>(rows: readonly Row<Figures>[], called: TargetName) {
  return rows.flatMap((
    { name, form, rounds },
  ): readonly { form: Form; rounds: readonly Figures[] }[] =>
    name === called && form !== undefined ? [{ form, rounds }] : []
  );
}
