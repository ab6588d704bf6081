import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Diagnostic, type Problem, sortDiagnostics } from "../config/diagnostic.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema/index.ts";
import { didYouMean } from "../lib/did_you_mean.ts";
import type { Snapshot } from "../routing/snapshot.ts";
import { listsMetric, METRIC_NAMES } from "../telemetry/metric_names.ts";
import { compileConfig } from "./compile_config.ts";
import type { ConfigSource } from "./config_source.ts";
import type { Surroundings } from "./surroundings.ts";

/** What was read from each file, null where that failed; a change makes a reload worth while. */
export type Inputs = ReadonlyMap<string, string | null>;

/** A configuration that holds, ready to serve. */
export interface Loaded {
  readonly config: Config;
  readonly snapshot: Snapshot;
  /** Models that the configuration names. */
  readonly modelNames: readonly string[];
  readonly inputs: Inputs;
  /** What holds, but may not be what was meant. */
  readonly warnings: readonly Diagnostic[];
  /** To be called when it is in force: what only its forerunner knew is forgotten. */
  inForce(): void;
}

/** Why a configuration does not hold. */
export interface NotLoaded {
  readonly diagnostics: readonly Diagnostic[];
  readonly inputs: Inputs;
}

/** Reads, checks and compiles a configuration; all its mistakes are told at once. */
export function loadSnapshot(
  source: ConfigSource,
  startedAtS: number,
  around: Surroundings,
): Loaded | NotLoaded {
  const inputs = new Map<string, string | null>();
  const remember = (path: string, read: () => string): string => {
    inputs.set(path, null);
    const text = read();
    inputs.set(path, text);
    return text;
  };
  let text: string;
  try {
    text = source.file === undefined ? source.read() : remember(source.file, source.read);
  } catch (cause) {
    const message = `cannot read the configuration: ${messageOf(cause)}`;
    const diagnostic = { file: source.name, line: 1, column: 1, path: "", message };
    return { diagnostics: [diagnostic], inputs };
  }
  const loaded = loadConfig({ name: source.name, text }, around);
  if ("diagnostics" in loaded) return { diagnostics: loaded.diagnostics, inputs };

  const readFile = (path: string) => remember(resolve(path), () => readFileSync(path, "utf8"));
  const compiled = compileConfig(loaded.config, { ...around, startedAtS, readFile });
  const problems = [...compiled.problems, ...unknownMetrics(loaded.config)];
  const { snapshot } = compiled;
  if (problems.length > 0 || snapshot === undefined) {
    const diagnostics = sortDiagnostics(problems.map((problem) => loaded.locate(problem)));
    return { diagnostics, inputs };
  }
  return {
    config: loaded.config,
    snapshot,
    modelNames: compiled.modelNames,
    inputs,
    warnings: sortDiagnostics(compiled.warnings.map((warning) => loaded.locate(warning))),
    inForce: compiled.inForce,
  };
}

/** A metric that is misspelt would go on being collected. */
function unknownMetrics({ config }: Config): Problem[] {
  return config.metrics.remove.flatMap((name, index) =>
    METRIC_NAMES.some((known) => listsMetric([name], known)) ? [] : [{
      path: ["config", "metrics", "remove", index],
      message: `no metric named ${JSON.stringify(name)}${didYouMean(name, METRIC_NAMES)}`,
    }]
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
