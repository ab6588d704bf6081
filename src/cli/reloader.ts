import { readFileSync } from "node:fs";
import { formatDiagnostic } from "../config/diagnostic.ts";
import type { FileWatch, watchFiles } from "../config/watch.ts";
import type { DataPlane } from "../runtime/data_plane.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { ConfigSource } from "./config_source.ts";
import { type Loaded, loadSnapshot } from "./load_snapshot.ts";

interface ReloaderOptions {
  readonly source: ConfigSource;
  readonly first: Loaded;
  readonly startedAtS: number;
  readonly dataPlane: DataPlane;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly watch: typeof watchFiles;
}

/** Keeps the gateway on the newest configuration that holds. */
export interface Reloader {
  /** What is in force. */
  readonly current: Loaded;
  reload(why: string): void;
  close(): void;
}

const SCOPE = "config";

/** Starts to watch the file of a configuration, and the files that it refers to. */
export function startReloader(options: ReloaderOptions): Reloader {
  const { source, dataPlane, metrics, log } = options;
  let current = options.first;
  let watch: FileWatch | undefined;
  let watched: readonly string[] = [];
  let seen = "";
  let last = Promise.resolve();

  async function load(why: string): Promise<void> {
    const next = loadSnapshot(source, options.startedAtS);
    follow(next.files);
    if ("diagnostics" in next) {
      return failed(next.diagnostics.map(formatDiagnostic));
    }
    try {
      await dataPlane.apply(next.snapshot);
    } catch (cause) {
      return failed([cause instanceof Error ? cause.message : String(cause)]);
    }
    warnOfRestart(current, next, log);
    current = next;
    metrics.setConfigSynchronized(true);
    log.info(SCOPE, `loaded config from ${source.name}`, { reason: why });
  }

  /** One after the other, so that the newest one is what stays. */
  function reload(why: string): void {
    last = last.then(() => load(why));
  }

  function failed(reasons: readonly string[]): void {
    metrics.setConfigSynchronized(false);
    for (const reason of reasons) log.error(SCOPE, `Failed to reload config: ${reason}`);
  }

  function follow(files: readonly string[]): void {
    if (source.file === undefined) return;
    watched = [source.file, ...files];
    seen = contentsOf(watched);
    watch?.follow(watched);
  }

  /** Whole folders are watched, so most of what is noticed concerns other files. */
  function noticed(): void {
    if (contentsOf(watched) !== seen) reload("file changed");
  }

  if (source.file !== undefined) {
    watch = options.watch(
      noticed,
      (error) => log.warn(SCOPE, `cannot watch for changes: ${error.message}`),
    );
    follow(current.files);
  }
  return {
    get current() {
      return current;
    },
    reload,
    close: () => watch?.close(),
  };
}

/** What files hold, to be compared; one that is away is told from one that is empty. */
function contentsOf(files: readonly string[]): string {
  return JSON.stringify(files.map((file) => {
    try {
      return readFileSync(file, "utf8");
    } catch {
      return null;
    }
  }));
}

/** The `config` section is read at the start only; silence about that would be a guess. */
function warnOfRestart(before: Loaded, after: Loaded, log: Logger): void {
  if (JSON.stringify(before.config.config) === JSON.stringify(after.config.config)) return;
  log.warn(SCOPE, "changes to the config section take effect after a restart");
}
