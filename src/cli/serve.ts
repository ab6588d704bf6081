import process from "node:process";
import { prometheus } from "@hono/prometheus";
import { Registry } from "prom-client";
import { watchFiles } from "../config/watch.ts";
import { watchConnects } from "../gateway/connect_watchdog.ts";
import type { Services } from "../gateway/exchange.ts";
import { createClientPool } from "../runtime/client_pool.ts";
import type { Client, Host } from "../host/host.ts";
import { anyAddress } from "../runtime/addresses.ts";
import { createDataPlane } from "../runtime/data_plane.ts";
import { probe } from "../runtime/probe.ts";
import type { ProcessSettings } from "../runtime/process_settings.ts";
import { accessLog } from "../telemetry/access_log.ts";
import type { Logger } from "../telemetry/log.ts";
import type { LogLevels } from "../telemetry/log_levels.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import type { Output } from "../telemetry/output.ts";
import type { ConfigSource } from "./config_source.ts";
import { httpMetricOptions } from "./http_metrics.ts";
import type { Loaded } from "./load_snapshot.ts";
import { startManagement } from "./management.ts";
import { putInForce } from "./put_in_force.ts";
import { Reloader, warnOf } from "./reloader.ts";
import type { Surroundings } from "./surroundings.ts";
import { VERSION, type VersionInfo } from "./version.ts";

/** How long the head of a stream waits for its first content; see `Services`. */
const STREAM_HELD_MS_MAX = 10_000;

/** What a gateway is started with. */
export interface ServeOptions {
  readonly host: Host;
  readonly source: ConfigSource;
  readonly first: Loaded;
  readonly startedAtS: number;
  readonly settings: ProcessSettings;
  readonly levels: LogLevels;
  readonly log: Logger;
  readonly output: Output;
  readonly info: VersionInfo;
  readonly surroundings: Surroundings;
}

/** A gateway that serves; `stopped` resolves when it has drained after a signal. */
export interface Gateway {
  readonly stopped: Promise<void>;
}

/** Starts everything; rejects with `BindError` when an address is taken. */
export async function serve(options: ServeOptions): Promise<Gateway> {
  const { settings, log, first } = options;
  warnOfPool(options);
  const registry = new Registry();
  const metrics = createMetrics({ registry, version: VERSION, removed: settings.removedMetrics });
  const clients = createClientPool(options.host, settings);
  const services = createServices(options, metrics, clients.clientFor(undefined));
  const dataPlane = createDataPlane({
    host: options.host,
    services,
    addressesOf: (port) => anyAddress(port, settings.ipv6),
    middleware: prometheus(httpMetricOptions(registry, settings.removedMetrics)).registerMetrics,
    drainTimes: settings.drainTimes,
  });
  const stopWatchdog = watchConnects({
    inFlight: services.inFlight,
    connectTimeoutMs: settings.connectTimeoutMs,
    now: services.clock.now,
    probe,
    failed: services.internalError,
  });
  const { promise: asked, resolve: shutDown } = Promise.withResolvers<string>();
  Object.assign(options.surroundings.serving, { clients, log });
  const reloader = new Reloader({ ...options, dataPlane, metrics, watch: watchFiles });
  onSignals(shutDown, () => reloader.reload("SIGHUP"), options.output);
  const management = await startManagement({
    ...options,
    registry,
    config: () => reloader.current.config,
    shutDown: () => shutDown("request to /quitquitquit"),
  });
  warnOf(first, log);
  metrics.reserveModels(first.modelNames);
  await putInForce(first, dataPlane, options.surroundings);
  management.readiness.done("agentgateway");
  log.info("gateway", "ready", { ports: [...first.snapshot.ports.keys()].join(",") });

  async function stopWhenAsked(): Promise<void> {
    log.info("gateway", "shutting down", { reason: await asked });
    management.readiness.begin("drain");
    reloader.close();
    await dataPlane.stop();
    stopWatchdog();
    await management.stop();
    await options.surroundings.serving.limits?.close();
    clients.close();
    log.info("gateway", "stopped");
  }
  return { stopped: stopWhenAsked() };
}

function createServices(
  { settings, levels, log, output }: ServeOptions,
  metrics: Metrics,
  client: Client,
) {
  const lines = accessLog({ format: settings.logFormat, levels, write: output.write });
  const services: Services = {
    client,
    observer: {
      settled(facts) {
        metrics.observer.settled(facts);
        lines.settled(facts);
      },
    },
    clock: { now: () => performance.now(), epochMs: () => Date.now() },
    random: () => Math.random(),
    heldMsMax: STREAM_HELD_MS_MAX,
    inFlight: new Set(),
    internalError: (cause) =>
      log.error("gateway", "internal error", {
        error: cause instanceof Error ? cause.stack ?? cause.message : String(cause),
      }),
  };
  return services;
}

/** A setting without effect has to be told, as it cannot be refused on one runtime only. */
function warnOfPool({ host, first, log }: ServeOptions): void {
  const { poolIdleTimeout, poolMaxSize } = first.config.config.backend;
  const isSet = poolMaxSize !== undefined || poolIdleTimeout !== "90s";
  if (host.hasPoolSettings || !isSet) return;
  log.warn("config", "config.backend.poolIdleTimeout and poolMaxSize have no effect on this build");
}

/** A second interrupt means that the user does not want to wait. */
function onSignals(shutDown: (why: string) => void, reload: () => void, output: Output): void {
  let interrupts = 0;
  process.on("SIGTERM", () => shutDown("SIGTERM"));
  process.on("SIGHUP", reload);
  process.on("SIGINT", () => {
    if (++interrupts > 1) {
      output.flush();
      process.exit(0);
    }
    shutDown("SIGINT");
  });
}
