import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import process, { argv, exit, stderr, stdout, versions } from "node:process";
import { bufferedRequest } from "./load/request_body.ts";
import { hasWrk } from "./load/wrk.ts";
import { measureBuffered } from "./measure/buffered.ts";
import { measureMemory } from "./measure/memory.ts";
import { measureStart } from "./measure/start.ts";
import { measureStreams } from "./measure/streams.ts";
import { type Column, table } from "./report/table.ts";
import { bufferedColumns, memoryColumns, startColumns, streamColumns } from "./report/tables.ts";
import * as verdicts from "./report/verdicts.ts";
import { interleave, type Row } from "./rounds.ts";
import { readSettings, type Section, type Settings, usage } from "./settings.ts";
import { findTargets, startUpstream, type Target } from "./targets.ts";

/** The benchmark as a command: measures, prints tables and what was reached. */
async function main(): Promise<void> {
  const settings = readSettings(argv.slice(2));
  if (settings === "help") return print(usage);
  if (!existsSync("/proc/self/stat")) return print("CPU time is read from Linux's /proc: skipped");
  if (!(await hasWrk())) {
    return print("wrk is not installed: skipped (on Debian: apt-get install wrk)");
  }
  // Leaving by `exit` lets the programs that were started be ended too.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => exit(130));
  const directory = mkdtempSync(join(tmpdir(), "agentgateway-bench-"));
  const upstream = await startUpstream(settings.streams.paceMs);
  try {
    const { targets, skipped } = findTargets(upstream, settings.forms, directory);
    const machine = describeMachine();
    print(Object.values(machine).join(", "), ...skipped);
    const results = new Array<[Section, SectionResult]>();
    for (const section of settings.sections) {
      const result = await measureSection[section](targets, settings, directory);
      print("", result.title, "", result.table, ...result.verdicts.map(verdictLine));
      results.push([section, result]);
    }
    if (settings.jsonFile !== undefined) {
      const figures = { machine, settings, ...Object.fromEntries(results) };
      writeFileSync(settings.jsonFile, `${JSON.stringify(figures, undefined, 2)}\n`);
    }
  } finally {
    await upstream.stop();
    rmSync(directory, { recursive: true });
  }
}

interface SectionResult {
  readonly title: string;
  readonly rows: readonly Row<unknown>[];
  readonly table: string;
  readonly verdicts: readonly verdicts.Verdict[];
}

type MeasureSection = (
  targets: readonly Target[],
  settings: Settings,
  directory: string,
) => Promise<SectionResult>;

const measureSection: Readonly<Record<Section, MeasureSection>> = {
  async buffered(targets, settings, directory) {
    const bodyFile = writeBody(directory);
    const { connections, ratePerSecond } = settings.buffered;
    const rows = await interleave(targets, settings.runs, (running) => {
      return measureBuffered(running, settings.buffered, bodyFile);
    }, progress);
    const title = `Buffered requests: closed loop of ${connections} connections (\`loop\`), and ` +
      `${ratePerSecond} arrivals a second (\`rate\`); runs: ${settings.runs}`;
    return section(title, rows, bufferedColumns, verdicts.bufferedVerdicts);
  },
  async streams(targets, settings) {
    const { streams, paceMs } = settings.streams;
    const rows = await interleave(targets, settings.runs, (running) => {
      return measureStreams(running, settings.streams);
    }, progress);
    const title =
      `Streams: ${streams} at once, an event every ${paceMs} ms; runs: ${settings.runs}`;
    return section(title, rows, streamColumns, verdicts.streamVerdicts);
  },
  async start(targets, settings) {
    const rows = await measureStart(targets, settings, progress);
    return section(`Start; runs: ${settings.starts}`, rows, startColumns, verdicts.startVerdicts);
  },
  async memory(targets, settings, directory) {
    const bodyFile = writeBody(directory);
    const judged = targets.filter(({ name }) => name === "floor" || name === "gateway");
    const rows = await interleave(judged, 1, (running) => {
      return measureMemory(running, settings.memory, bodyFile);
    }, progress);
    const { seconds, warmSeconds } = settings.memory;
    const title = `Memory over ${seconds} s of load, after ${warmSeconds} s of warm-up`;
    return section(title, rows, memoryColumns, verdicts.memoryVerdicts);
  },
};

function section<Figures>(
  title: string,
  rows: readonly Row<Figures>[],
  columns: readonly Column<Figures>[],
  judge: (rows: readonly Row<Figures>[]) => readonly verdicts.Verdict[],
): SectionResult {
  return { title, rows, table: table(rows, columns), verdicts: judge(rows) };
}

function writeBody(directory: string): string {
  const file = join(directory, "request.json");
  writeFileSync(file, bufferedRequest());
  return file;
}

function describeMachine() {
  const processors = cpus();
  return {
    processor: `${processors.length} x ${processors[0]?.model ?? "unknown processor"}`,
    kernel: `Linux ${release()}`,
    deno: `Deno ${versions["deno"] ?? "unknown"}`,
  };
}

function verdictLine(verdict: verdicts.Verdict): string {
  return `${verdict.reached ? "reached" : "missed "}  ${verdict.claim}`;
}

function print(...lines: readonly string[]): void {
  stdout.write(`${lines.join("\n")}\n`);
}

function progress(text: string): void {
  stderr.write(`... ${text}\n`);
}

main().catch((error: unknown) => {
  stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  exit(1);
});
