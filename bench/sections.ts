import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bufferedRequest } from "./load/request_body.ts";
import { measureBuffered } from "./measure/buffered.ts";
import { measureImages } from "./measure/images.ts";
import { measureMemory } from "./measure/memory.ts";
import { measureStart } from "./measure/start.ts";
import { measureStreams } from "./measure/streams.ts";
import { measureCases, type MicroCase } from "./micro/cases.ts";
import { celCases } from "./micro/cel.ts";
import { guardCases } from "./micro/guards.ts";
import { type Column, table, type TableRow } from "./report/table.ts";
import * as tables from "./report/tables.ts";
import * as verdicts from "./report/verdicts.ts";
import { interleave } from "./rounds.ts";
import type { Section, Settings } from "./settings.ts";
import type { Target, TargetName } from "./targets.ts";

/** What a section has to tell. */
export interface SectionResult {
  readonly title: string;
  readonly rows: readonly TableRow<unknown>[];
  readonly table: string;
  readonly verdicts: readonly verdicts.Verdict[];
}

/** What sections measure with. */
export interface Bench {
  readonly targets: readonly Target[];
  readonly settings: Settings;
  /** For files that live as long as the benchmark. */
  readonly directory: string;
  readonly progress: (text: string) => void;
}

/** How each section is measured, and what of. */
export const measureSection: Readonly<Record<Section, (bench: Bench) => Promise<SectionResult>>> = {
  async buffered({ targets, settings, directory, progress }) {
    const bodyFile = writeBody(directory);
    const { connections, ratePerSecond } = settings.buffered;
    const rows = await interleave(pick(targets, forwarding), settings.runs, (running) => {
      return measureBuffered(running, settings.buffered, bodyFile);
    }, progress);
    const title = `Buffered requests: closed loop of ${connections} connections (\`loop\`), and ` +
      `${ratePerSecond} arrivals a second (\`rate\`); runs: ${settings.runs}`;
    return section(title, rows, tables.bufferedColumns, verdicts.bufferedVerdicts);
  },
  async streams({ targets, settings, progress }) {
    const rows = await interleave(pick(targets, forwarding), settings.runs, (running) => {
      return measureStreams(running, settings.streams);
    }, progress);
    return section(
      `Streams: ${streamsOf(settings)}`,
      rows,
      tables.streamColumns,
      verdicts.forwardedVerdicts,
    );
  },
  async translated({ targets, settings, progress }) {
    const rows = await interleave(pick(targets, translating), settings.runs, (running) => {
      return measureStreams(running, settings.streams);
    }, progress);
    return section(
      `Translated streams, from messages to completions: ${streamsOf(settings)}`,
      rows,
      tables.streamColumns,
      verdicts.translatedVerdicts,
    );
  },
  async images({ targets, settings, progress }) {
    const rows = await interleave(pick(targets, carrying), settings.runs, (running) => {
      return measureImages(running, settings.images);
    }, progress);
    const title = `Images of 5 MB, ${settings.images.ratePerSecond} arrivals a second; ` +
      `runs: ${settings.runs}`;
    return section(title, rows, tables.imageColumns, verdicts.imageVerdicts);
  },
  async start({ targets, settings, progress }) {
    const rows = await measureStart(pick(targets, started), settings, progress);
    const title = `Start; runs: ${settings.starts}`;
    return section(title, rows, tables.startColumns, verdicts.startVerdicts);
  },
  async memory({ targets, settings, directory, progress }) {
    const bodyFile = writeBody(directory);
    const rows = await interleave(pick(targets, growing), 1, (running) => {
      return measureMemory(running, settings.memory, bodyFile);
    }, progress);
    const { seconds, warmSeconds } = settings.memory;
    const title = `Memory over ${seconds} s of load, after ${warmSeconds} s of warm-up`;
    return section(title, rows, tables.memoryColumns, verdicts.memoryVerdicts);
  },
  cel: (bench) => micro("Expressions, variables included", celCases(), bench),
  guards: (bench) => micro("Guards that mask", guardCases(), bench),
};

function micro(title: string, cases: readonly MicroCase[], bench: Bench): Promise<SectionResult> {
  const rows = measureCases(cases, bench.settings, bench.progress);
  const shown = `${title}; runs: ${bench.settings.runs}`;
  return Promise.resolve(section(shown, rows, tables.microColumns, verdicts.microVerdicts));
}

const forwarding = ["direct", "floor", "pass-through", "gateway"] as const;
const translating = ["translating floor", "translating gateway"] as const;
const carrying = ["direct", "floor", "gateway", "translating gateway"] as const;
const started = ["floor", "pass-through", "gateway"] as const;
const growing = ["floor", "gateway"] as const;

function pick(targets: readonly Target[], names: readonly TargetName[]): readonly Target[] {
  return targets.filter(({ name }) => names.includes(name));
}

function streamsOf({ streams: { streams, paceMs }, runs }: Settings): string {
  return `${streams} at once, an event every ${paceMs} ms; runs: ${runs}`;
}

function section<Figures, Measured extends TableRow<Figures>>(
  title: string,
  rows: readonly Measured[],
  columns: readonly Column<Figures>[],
  judge: (rows: readonly Measured[]) => readonly verdicts.Verdict[],
): SectionResult {
  return { title, rows, table: table(rows, columns), verdicts: judge(rows) };
}

function writeBody(directory: string): string {
  const file = join(directory, "request.json");
  writeFileSync(file, bufferedRequest());
  return file;
}
