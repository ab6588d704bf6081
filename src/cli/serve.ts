import process from "node:process";
import { prometheus } from "@hono/prometheus";
import { Registry } from "prom-client";
import { watchFiles } from "../config/watch.ts";
import { watchConnects } from "../gateway/connect_watchdog.ts";
import type { Services } from "../gateway/exchange.ts";
import type { Host } from "../host/host.ts";
import { anyAddress } from "../runtime/addresses.ts";
import { createDataPlane, type DataPlane } from "../runtime/data_plane.ts";
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
import { startReloader } from "./reloader.ts";
import { VERSION, type VersionInfo } from "./version.ts";

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
}

/** A gateway that serves; `stopped` resolves when it has drained after a signal. */
export interface Gateway {
  readonly stopped: Promise<void>;
}

/** Starts everything; throws `BindError` when an address is taken. */
export function serve(options: ServeOptions): Gateway {
  const { host, settings, log, output, first } = options;
  const registry = new Registry();
  const metrics = createMetrics({
    registry,
    version: VERSION,
    removed: settings.removedMetrics,
  });
  const { registerMetrics } = prometheus(httpMetricOptions(registry));
  const services = createServices(options, metrics);
  const stopWatchdog = watchConnects({
    inFlight: services.inFlight,
    connectTimeoutMs: settings.connectTimeoutMs,
    now: services.clock.now,
    probe,
  });
  const dataPlane = createDataPlane({
    host,
    services,
    addressesOf: (port) => anyAddress(port, settings.ipv6),
    middleware: registerMetrics,
    drainTimes: settings.drainTimes,
  });

  const reloader = startReloader({ ...options, dataPlane, metrics, watch: watchFiles });
  const management = startManagement({
    ...options,
    registry,
    config: () => reloader.current.config,
    shutDown: () => stop("request to /quitquitquit"),
  });
  dataPlane.apply(first.snapshot);
  log.info("gateway", "listening", { ports: [...first.snapshot.ports.keys()].join(",") });
  management.readiness.done("agentgateway");
  log.info("gateway", "ready");

  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let isStopping = false;
  function stop(why: string): void {
    if (isStopping) return;
    isStopping = true;
    log.info("gateway", "shutting down", { reason: why });
    management.readiness.begin("drain");
    reloader.close();
    void end(dataPlane).then(resolve);
  }
  async function end(dataPlane: DataPlane): Promise<void> {
    await dataPlane.stop();
    stopWatchdog();
    await management.stop();
    services.client.close();
    log.info("gateway", "stopped");
    output.flush();
  }
  onSignals(stop, () => reloader.reload("SIGHUP"), output);
  return { stopped };
}

function createServices({ host, settings, levels, log, output }: ServeOptions, metrics: Metrics) {
  const lines = accessLog({ format: settings.logFormat, levels, write: output.write });
  const services: Services = {
    client: host.client(settings),
    observer: {
      settled(facts) {
        metrics.observer.settled(facts);
        lines.settled(facts);
      },
    },
    clock: { now: () => performance.now(), epochMs: () => Date.now() },
    random: () => Math.random(),
    inFlight: new Set(),
    internalError: (cause) =>
      log.error("gateway", "internal error", {
        error: cause instanceof Error ? cause.stack ?? cause.message : String(cause),
      }),
  };
  return services;
}

/** A second interrupt means that the user does not want to wait. */
function onSignals(stop: (why: string) => void, reload: () => void, output: Output): void {
  let interrupts = 0;
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGHUP", reload);
  process.on("SIGINT", () => {
    if (++interrupts > 1) {
      output.flush();
      process.exit(0);
    }
    stop("SIGINT");
  });
}
