import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Diagnostic, type Problem, sortDiagnostics } from "../config/diagnostic.ts";
import type { Environment } from "../config/expand.ts";
import { loadConfig } from "../config/load.ts";
import { modelNamesIn } from "../config/model_names.ts";
import { normalise } from "../config/normalise.ts";
import type { Config } from "../config/schema/index.ts";
import type { Snapshot } from "../routing/snapshot.ts";
import { didYouMean } from "../lib/did_you_mean.ts";
import { compile } from "../runtime/compile.ts";
import type { PolicyEnvironment } from "../runtime/compile_context.ts";
import { createLimits, type Limits } from "../runtime/limits.ts";
import { secretReader } from "../runtime/policy_context.ts";
import { compileRedis } from "../runtime/redis.ts";
import { listsMetric, METRIC_NAMES } from "../telemetry/metric_names.ts";
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
  { get, kept, serving }: Surroundings,
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
  const loaded = loadConfig({ name: source.name, text }, { get });
  if ("diagnostics" in loaded) return { diagnostics: loaded.diagnostics, inputs };

  const { normalised, problems, warnings } = normalise(loaded.config);
  const generation = kept.begin();
  const outside = {
    now: () => performance.now(),
    epochMs: () => Date.now(),
    random: () => Math.random(),
    warn: (scope: string, message: string) => serving.log?.warn(scope, message),
  };
  const readFile = (path: string) => remember(resolve(path), () => readFileSync(path, "utf8"));
  const wrong: Problem[] = [];
  serving.limits ??= limitsOf(loaded.config, { readFile, problems: wrong, get }, outside);
  const compiled = compile(normalised, {
    ...outside,
    limits: serving.limits,
    client(connection) {
      if (serving.clients === undefined) throw new Error("nothing is served yet");
      return serving.clients.clientFor(connection);
    },
    keep: generation.keep,
    startedAtS,
    readFile,
  });
  const all = [
    ...problems,
    ...wrong,
    ...("problems" in compiled ? compiled.problems : []),
    ...unknownMetrics(loaded.config),
  ];
  if (all.length === 0 && "snapshot" in compiled) {
    const modelNames = modelNamesIn(normalised);
    return {
      config: loaded.config,
      snapshot: compiled.snapshot,
      modelNames,
      inputs,
      warnings: sortDiagnostics(
        [...warnings, ...compiled.warnings].map((warning) => loaded.locate(warning)),
      ),
      inForce() {
        generation.commit();
        const { clients } = serving;
        clients?.release(compiled.connections.map((connection) => clients.clientFor(connection)));
      },
    };
  }
  return { diagnostics: sortDiagnostics(all.map((problem) => loaded.locate(problem))), inputs };
}

interface LimitsSource {
  readonly readFile: (path: string) => string;
  readonly problems: Problem[];
  readonly get: Environment["get"];
}

/** What limits and budgets count with, as the first configuration of the process says. */
function limitsOf(
  { config }: Config,
  { readFile, problems, get }: LimitsSource,
  environment: PolicyEnvironment,
): Limits {
  const secret = secretReader(readFile, problems);
  const redis = config.redis === undefined
    ? undefined
    : compileRedis(config.redis, ["config", "redis"], { problems, warnings: [], secret });
  const stateFile = config.state.file ?? join(get("STATE_DIRECTORY") ?? ".", STATE_FILE);
  return createLimits({ redis, stateFile }, environment);
}

const STATE_FILE = "agentgateway-state.jsonl";

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
