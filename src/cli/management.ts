import type { Hono } from "hono";
import type { Registry } from "prom-client";
import { adminApp } from "../admin/admin.ts";
import { Readiness, readinessApp } from "../admin/readiness.ts";
import { statsApp } from "../admin/stats.ts";
import { maskSecrets } from "../config/mask.ts";
import type { Config } from "../config/schema/index.ts";
import type { Host, Server } from "../host/host.ts";
import type { BindAddress } from "../runtime/addresses.ts";
import { bind } from "../runtime/bind.ts";
import type { ProcessSettings } from "../runtime/process_settings.ts";
import { type LogLevels, parseDirectives } from "../telemetry/log_levels.ts";
import { renderMetrics } from "../telemetry/render_metrics.ts";
import type { VersionInfo } from "./version.ts";

interface ManagementOptions {
  readonly host: Host;
  readonly settings: ProcessSettings;
  readonly levels: LogLevels;
  readonly info: VersionInfo;
  readonly registry: Registry;
  readonly config: () => Config;
  readonly shutDown: () => void;
}

/** The listeners that are not for traffic: admin, metrics, readiness. */
export interface Management {
  readonly readiness: Readiness;
  stop(): Promise<void>;
}

/** Binds them; throws `BindError`. */
export async function startManagement(options: ManagementOptions): Promise<Management> {
  const { host, settings, registry } = options;
  const readiness = new Readiness(["agentgateway"]);
  const servers: Server[] = [];
  const start = async (address: BindAddress | "off", app: Hono) => {
    if (address === "off") return;
    servers.push(...await bind(host, address, (request) => app.fetch(request), "management"));
  };
  await start(settings.readiness, readinessApp(readiness));
  await start(settings.stats, statsApp((accept) => renderMetrics(registry, accept ?? null)));
  await start(settings.admin, admin(options));
  return {
    readiness,
    async stop() {
      await Promise.all(servers.map((server) => server.drain()));
    },
  };
}

function admin({ info, config, levels, shutDown }: ManagementOptions) {
  return adminApp({
    configDump: () => ({ version: info, config: maskSecrets(config()) }),
    runtimeInfo: () => ({
      build: {
        version: info.version,
        gitRevision: info.git_revision,
        runtime: info.runtime,
        runtimeVersion: info.runtime_version,
        buildTarget: info.build_target,
      },
      ui: { gatewayMode: "standalone", configStoreMode: "file" },
    }),
    levels: {
      current: () => levels.current(),
      reset: () => levels.reset(),
      add(text) {
        const directives = parseDirectives(text);
        if ("error" in directives) return directives.error;
        levels.add(directives);
        return undefined;
      },
    },
    shutDown,
  });
}
