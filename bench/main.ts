import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import process, { argv, exit, stderr, stdout, versions } from "node:process";
import { hasWrk } from "./load/wrk.ts";
import type { Verdict } from "./report/verdicts.ts";
import { type Bench, measureSection, type SectionResult } from "./sections.ts";
import { isMicro, readSettings, type Section, usage } from "./settings.ts";
import { findTargets, startUpstream } from "./targets.ts";

/** The benchmark as a command: measures, prints tables and what was reached. */
async function main(): Promise<void> {
  const settings = readSettings(argv.slice(2));
  if (settings === "help") return print(usage);
  if (settings.sections.every(isMicro)) {
    print(Object.values(describeMachine()).join(", "));
    return await measure({ targets: [], settings, directory: tmpdir(), progress });
  }
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
    print(Object.values(describeMachine()).join(", "), ...skipped);
    await measure({ targets, settings, directory, progress });
  } finally {
    await upstream.stop();
    rmSync(directory, { recursive: true });
  }
}

async function measure(bench: Bench): Promise<void> {
  const { settings } = bench;
  const results = new Array<[Section, SectionResult]>();
  for (const section of settings.sections) {
    const result = await measureSection[section](bench);
    print("", result.title, "", result.table, ...result.verdicts.map(verdictLine));
    results.push([section, result]);
  }
  if (settings.jsonFile === undefined) return;
  const figures = { machine: describeMachine(), settings, ...Object.fromEntries(results) };
  writeFileSync(settings.jsonFile, `${JSON.stringify(figures, undefined, 2)}\n`);
}

function describeMachine() {
  const processors = cpus();
  return {
    processor: `${processors.length} x ${processors[0]?.model ?? "unknown processor"}`,
    kernel: `Linux ${release()}`,
    deno: `Deno ${versions["deno"] ?? "unknown"}`,
  };
}

function verdictLine(verdict: Verdict): string {
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
