import { readFileSync } from "node:fs";
import { formatDiagnostic } from "../config/diagnostic.ts";
import type { FileWatch, watchFiles } from "../config/watch.ts";
import type { DataPlane } from "../runtime/data_plane.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { ConfigSource } from "./config_source.ts";
import { type Inputs, type Loaded, loadSnapshot } from "./load_snapshot.ts";
import { putInForce } from "./put_in_force.ts";
import type { Surroundings } from "./surroundings.ts";

interface ReloaderOptions {
  readonly source: ConfigSource;
  readonly first: Loaded;
  readonly startedAtS: number;
  readonly surroundings: Surroundings;
  readonly dataPlane: DataPlane;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly watch: typeof watchFiles;
}

const SCOPE = "config";

/** Keeps the gateway on the newest configuration that holds; owns the watch on its files. */
export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #watch: FileWatch | undefined;
  #current: Loaded;
  #inputs: Inputs = new Map();
  #last = Promise.resolve();
  #isClosed = false;

  constructor(options: ReloaderOptions) {
    const { source, first, log, watch } = options;
    this.#options = options;
    this.#current = first;
    if (source.file === undefined) return;
    this.#watch = watch(
      () => this.#noticed(),
      (error) => log.warn(SCOPE, `cannot watch for changes: ${error.message}`),
    );
    this.#follow(first.inputs);
  }

  /** What is in force. */
  get current(): Loaded {
    return this.#current;
  }

  /** Loads the configuration anew; one load after the other, so that the newest one stays. */
  reload(why: string): void {
    this.#last = this.#last.then(() => this.#load(why)).catch((cause) => {
      this.#failed([messageOf(cause)]);
    });
  }

  /** Loads nothing more, not even what is queued. */
  close(): void {
    this.#isClosed = true;
    this.#watch?.close();
  }

  async #load(why: string): Promise<void> {
    if (this.#isClosed) return;
    const { source, startedAtS, surroundings, dataPlane, metrics, log } = this.#options;
    const next = loadSnapshot(source, startedAtS, surroundings);
    this.#follow(next.inputs);
    if ("diagnostics" in next) return this.#failed(next.diagnostics.map(formatDiagnostic));
    await putInForce(next, dataPlane, surroundings);
    warnOfRestart(this.#current, next, log);
    warnOf(next, log);
    this.#current = next;
    metrics.reserveModels(next.modelNames);
    metrics.setConfigSynchronized(true);
    log.info(SCOPE, `loaded config from ${source.name}`, { reason: why });
  }

  #failed(reasons: readonly string[]): void {
    this.#options.metrics.setConfigSynchronized(false);
    for (const reason of reasons) {
      this.#options.log.error(SCOPE, `Failed to reload config: ${reason}`);
    }
  }

  #follow(inputs: Inputs): void {
    this.#inputs = inputs;
    this.#watch?.follow([...inputs.keys()]);
  }

  /** Whole folders are watched, so most of what is noticed concerns other files. */
  #noticed(): void {
    const isOld = [...this.#inputs].some(([file, text]) => contentOf(file) !== text);
    if (isOld) this.reload("file changed");
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Says what holds in a configuration, but may not be what was meant. */
export function warnOf({ warnings }: Loaded, log: Logger): void {
  for (const warning of warnings) log.warn(SCOPE, formatDiagnostic(warning));
}

/** The `config` section is read at the start only; silence about that would be a guess. */
function warnOfRestart(before: Loaded, after: Loaded, log: Logger): void {
  const settings = ({ config: { config: { modelCatalog: _, ...rest } } }: Loaded) =>
    JSON.stringify(rest);
  if (settings(before) === settings(after)) return;
  log.warn(SCOPE, "changes to the config section take effect after a restart");
}
