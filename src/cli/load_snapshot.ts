import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { type Diagnostic, type Problem, sortDiagnostics } from "../config/diagnostic.ts";
import { loadConfig } from "../config/load.ts";
import { normalise } from "../config/normalise.ts";
import type { Config } from "../config/schema/index.ts";
import type { Snapshot } from "../routing/snapshot.ts";
import { didYouMean } from "../lib/did_you_mean.ts";
import { compile } from "../runtime/compile.ts";
import { listsMetric, METRIC_NAMES } from "../telemetry/metric_names.ts";
import type { ConfigSource } from "./config_source.ts";

/** A configuration that holds, ready to serve. */
export interface Loaded {
  readonly config: Config;
  readonly snapshot: Snapshot;
  /** Files that the configuration refers to. */
  readonly files: readonly string[];
}

/** Why a configuration does not hold; `files` may mend it when they change. */
export interface NotLoaded {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[];
}

/** Reads, checks and compiles a configuration; all its mistakes are told at once. */
export function loadSnapshot(source: ConfigSource, startedAtS: number): Loaded | NotLoaded {
  let text: string;
  try {
    text = source.read();
  } catch (cause) {
    const message = `cannot read the configuration: ${messageOf(cause)}`;
    return {
      diagnostics: [{ file: source.name, line: 1, column: 1, path: "", message }],
      files: [],
    };
  }
  const loaded = loadConfig({ name: source.name, text }, { get: (name) => process.env[name] });
  if ("diagnostics" in loaded) return { diagnostics: loaded.diagnostics, files: [] };

  const { normalised, problems } = normalise(loaded.config);
  const compiled = compile(normalised, {
    now: () => performance.now(),
    startedAtS,
    resolveFile: (path) => resolve(path),
    readFile: (path) => readFileSync(path, "utf8"),
  });
  const all = [
    ...problems,
    ...("problems" in compiled ? compiled.problems : []),
    ...unknownMetrics(loaded.config),
  ];
  if (all.length === 0 && "snapshot" in compiled) return { config: loaded.config, ...compiled };
  const diagnostics = sortDiagnostics(all.map((problem) => loaded.locate(problem)));
  return { diagnostics, files: compiled.files };
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
