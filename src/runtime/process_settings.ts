import type { Config } from "../config/schema/index.ts";
import { parseDurationMs } from "../lib/duration.ts";
import { keepaliveMs } from "./connection.ts";
import { anyAddress, type BindAddress, parseAddress } from "./addresses.ts";
import type { DrainTimes } from "./data_plane.ts";

/** Settings of the process itself: the `config` section, with the environment over it. */
export interface ProcessSettings {
  readonly admin: BindAddress | "off";
  readonly stats: BindAddress | "off";
  readonly readiness: BindAddress | "off";
  readonly ipv6: boolean;
  readonly drainTimes: DrainTimes;
  readonly logLevels: string | readonly string[];
  readonly logFormat: "text" | "json";
  readonly removedMetrics: readonly string[];
  readonly connectTimeoutMs: number;
  readonly poolIdleTimeoutMs: number;
  readonly poolIdleMax?: number | undefined;
  readonly keepaliveMs?: number | undefined;
}

/** Names of the environment variables that set the process up; a sandbox has to allow them. */
export const PROCESS_VARIABLES = [
  "ADMIN_ADDR",
  "STATS_ADDR",
  "READINESS_ADDR",
  "IPV6_ENABLED",
  "RUST_LOG",
  "LOG_FORMAT",
  "CONNECTION_TERMINATION_DEADLINE",
  "CONNECTION_MIN_TERMINATION_DEADLINE",
  "TERMINATION_GRACE_PERIOD_SECONDS",
] as const;

type ProcessVariable = typeof PROCESS_VARIABLES[number];

/** An environment variable does not say what it should. */
export class VariableError extends Error {
  override readonly name = "VariableError";
}

/** Reads one variable; undefined when it is not set, and then the config decides. */
type Read = <Value>(
  name: ProcessVariable,
  parse: (text: string) => Value | undefined,
  expected: string,
) => Value | undefined;

/** Puts the settings together; throws `VariableError` naming the variable and its value. */
export function processSettings(
  config: Config["config"],
  variable: (name: ProcessVariable) => string | undefined,
): ProcessSettings {
  const read: Read = (name, parse, expected) => {
    const text = variable(name);
    if (text === undefined || text === "") return undefined;
    const value = parse(text);
    if (value === undefined) {
      throw new VariableError(`${name}: expected ${expected}, found ${text}`);
    }
    return value;
  };
  const { logging, metrics, backend } = config;
  const ipv6 = read("IPV6_ENABLED", boolean, "true or false") ?? config.enableIpv6;
  return {
    ...addresses(config, read, ipv6),
    ipv6,
    drainTimes: drainTimes(config, read),
    logLevels: read("RUST_LOG", (text) => text, "levels") ?? logging.level,
    // The reference's rule: any other word than json is text.
    logFormat: read("LOG_FORMAT", (text) => text === "json" ? "json" : "text", "json or text") ??
      logging.format,
    removedMetrics: metrics.remove,
    connectTimeoutMs: milliseconds(backend.connectTimeout) ?? CONNECT_MS,
    poolIdleTimeoutMs: milliseconds(backend.poolIdleTimeout) ?? POOL_IDLE_MS,
    poolIdleMax: backend.poolMaxSize,
    keepaliveMs: keepaliveMs(backend.keepalives),
  };
}

const CONNECT_MS = 10_000, POOL_IDLE_MS = 90_000;
const ADMIN_PORT = 15_000, STATS_PORT = 15_020, READINESS_PORT = 15_021;

function addresses(config: Config["config"], read: Read, ipv6: boolean) {
  const address = (name: ProcessVariable, configured: string | undefined, other: BindAddress) =>
    read(name, parseAddress, "ip:port, localhost:port, unix:/path or off") ??
      (configured === undefined ? undefined : parseAddress(configured)) ?? other;
  const admin = [[{ hostname: "127.0.0.1", port: ADMIN_PORT }]];
  return {
    admin: address("ADMIN_ADDR", config.adminAddr, admin),
    stats: address("STATS_ADDR", config.statsAddr, anyAddress(STATS_PORT, ipv6)),
    readiness: address("READINESS_ADDR", config.readinessAddr, anyAddress(READINESS_PORT, ipv6)),
  };
}

function drainTimes(config: Config["config"], read: Read): DrainTimes {
  const duration = (name: ProcessVariable, configured: string | undefined) =>
    read(name, parseDurationMs, "a duration such as 10s") ?? milliseconds(configured);
  const grace = read("TERMINATION_GRACE_PERIOD_SECONDS", wholeNumber, "a whole number");
  return {
    minMs: duration(
      "CONNECTION_MIN_TERMINATION_DEADLINE",
      config.connectionMinTerminationDeadline,
    ) ?? 0,
    maxMs: duration("CONNECTION_TERMINATION_DEADLINE", config.connectionTerminationDeadline) ??
      drainWithin(grace),
  };
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDurationMs(duration);
}

const DRAIN_MS = 5_000;

/** The reference's rule: leave some of the grace period for what comes after the drain. */
function drainWithin(graceSeconds: number | undefined): number {
  if (graceSeconds === undefined) return DRAIN_MS;
  return Math.max(1, graceSeconds > 10 ? graceSeconds - 5 : graceSeconds - 1) * 1_000;
}

function boolean(text: string): boolean | undefined {
  if (text === "true" || text === "1") return true;
  return text === "false" || text === "0" ? false : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
