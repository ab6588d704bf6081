import process from "node:process";
import { formatDiagnostic } from "../config/diagnostic.ts";
import type { Host } from "../host/host.ts";
import { processSettings } from "../runtime/process_settings.ts";
import { createLogger } from "../telemetry/log.ts";
import { createLogLevels, parseDirectives } from "../telemetry/log_levels.ts";
import { openOutput } from "../telemetry/output.ts";
import example from "../../config.example.yaml" with { type: "text" };
import schema from "../../schema/config.json" with { type: "text" };
import { type Command, HELP } from "./arguments.ts";
import { configSource } from "./config_source.ts";
import { loadSnapshot } from "./load_snapshot.ts";
import { serve } from "./serve.ts";
import { surroundings } from "./surroundings.ts";
import { type BuildInfo, VERSION, versionInfo } from "./version.ts";
import { waitReady } from "./wait_ready.ts";

/** Does what the command line asks for; resolves with the exit code. */
export async function run(
  command: Exclude<Command, { type: "wrong" }>,
  host: Host,
  build: BuildInfo,
): Promise<number> {
  const info = versionInfo(build, host.runtime, `${process.arch}-${process.platform}`);
  switch (command.type) {
    case "help":
      return print(HELP);
    case "version":
      return print(`${VERSION}\n`);
    case "version-json":
      return print(`${JSON.stringify(info, null, 2)}\n`);
    case "print-schema":
      return print(schema);
    case "print-example":
      return print(example);
    case "wait-ready":
      return await waitReady(command.address);
  }
  const startedAtS = Math.floor(Date.now() / 1_000);
  try {
    const source = configSource(command.config);
    const around = surroundings({ get: host.environmentVariable });
    const first = loadSnapshot(source, startedAtS, around);
    if ("diagnostics" in first) return fail(first.diagnostics.map(formatDiagnostic));
    const settings = processSettings(first.config.config, (name) => process.env[name]);
    if (command.type === "validate") {
      for (const warning of first.warnings) {
        process.stderr.write(`warning: ${formatDiagnostic(warning)}\n`);
      }
      return print("Configuration is valid!\n");
    }
    return await start({ host, source, first, settings, startedAtS, info, surroundings: around });
  } catch (cause) {
    return fail([messageOf(cause)]);
  }
}

type StartOptions = Omit<Parameters<typeof serve>[0], "levels" | "log" | "output">;

async function start(options: StartOptions): Promise<number> {
  const { settings } = options;
  const directives = parseDirectives(settings.logLevels);
  if ("error" in directives) return fail([directives.error]);
  const levels = createLogLevels(directives);
  const output = openOutput();
  const log = createLogger({
    levels,
    format: settings.logFormat,
    write: output.write,
    now: () => Date.now(),
  });
  process.on("exit", () => output.flush());
  log.info("gateway", "starting", {
    version: options.info.version,
    git_revision: options.info.git_revision,
    runtime: `${options.info.runtime} ${options.info.runtime_version}`,
  });
  const gateway = await serve({ ...options, levels, log, output });
  await gateway.stopped;
  return 0;
}

/** Errors that a user can mend are one line; anything else is a fault, and shows where it is. */
function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(lines: readonly string[]): number {
  for (const line of lines) process.stderr.write(`${line}\n`);
  return 1;
}
