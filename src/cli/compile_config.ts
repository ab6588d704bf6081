import { join } from "node:path";
import type { Problem } from "../config/diagnostic.ts";
import { modelNamesIn } from "../config/model_names.ts";
import { normalise } from "../config/normalise.ts";
import type { Config } from "../config/schema/index.ts";
import type { Snapshot } from "../routing/snapshot.ts";
import { compile } from "../runtime/compile.ts";
import type { PolicyEnvironment } from "../runtime/compile_context.ts";
import { createLimits, type Limits } from "../runtime/limits.ts";
import { secretReader } from "../runtime/policy_context.ts";
import { compileRedis } from "../runtime/redis.ts";
import type { Surroundings } from "./surroundings.ts";

interface Source extends Surroundings {
  readonly startedAtS: number;
  readonly readFile: (path: string) => string;
}

/** What a configuration comes to; there is no snapshot where there are problems. */
export interface CompiledConfig {
  readonly snapshot?: Snapshot | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly modelNames: readonly string[];
  /** To be called when it is in force: what only its forerunner knew is forgotten. */
  inForce(): void;
}

/** Puts the parts of a configuration together and compiles them. */
export function compileConfig(config: Config, source: Source): CompiledConfig {
  const { kept, serving, startedAtS, readFile } = source;
  const { normalised, problems, warnings } = normalise(config);
  const generation = kept.begin();
  const outside = {
    now: () => performance.now(),
    epochMs: () => Date.now(),
    random: () => Math.random(),
    warn: (scope: string, message: string) => serving.log?.warn(scope, message),
  };
  const wrong: Problem[] = [];
  serving.limits ??= limitsOf(config, source, wrong, outside);
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
  return {
    snapshot: "snapshot" in compiled ? compiled.snapshot : undefined,
    problems: [...problems, ...wrong, ...("problems" in compiled ? compiled.problems : [])],
    warnings: [...warnings, ...compiled.warnings],
    modelNames: modelNamesIn(normalised),
    inForce() {
      generation.commit();
      const { clients } = serving;
      if (clients === undefined || !("connections" in compiled)) return;
      clients.release(compiled.connections.map((connection) => clients.clientFor(connection)));
    },
  };
}

const STATE_FILE = "agentgateway-state.jsonl";

/** What limits and budgets count with, as the first configuration of the process says. */
function limitsOf(
  { config }: Config,
  { readFile, get }: Source,
  problems: Problem[],
  environment: PolicyEnvironment,
): Limits {
  const secret = secretReader(readFile, problems);
  const redis = config.redis === undefined
    ? undefined
    : compileRedis(config.redis, ["config", "redis"], { problems, warnings: [], secret });
  const stateFile = config.state.file ?? join(get("STATE_DIRECTORY") ?? ".", STATE_FILE);
  return createLimits({ redis, stateFile }, environment);
}
