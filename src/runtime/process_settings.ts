import type { Config } from "../config/schema/index.ts";
import { parseDurationMs } from "../lib/duration.ts";
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

/** Puts the settings together; throws `VariableError` naming the variable and its value. */
export function processSettings(
  config: Config["config"],
  variable: (name: ProcessVariable) => string | undefined,
): ProcessSettings {
  const read = <Value>(
    name: ProcessVariable,
    parse: (text: string) => Value | undefined,
    expected: string,
  ): Value | undefined => {
    const text = variable(name);
    if (text === undefined || text === "") return undefined;
    const value = parse(text);
    if (value === undefined) {
      throw new VariableError(`${name}: expected ${expected}, found ${text}`);
    }
    return value;
  };
  const address = (name: ProcessVariable, configured: string | undefined, other: BindAddress) =>
    read(name, parseAddress, "ip:port, localhost:port, unix:/path or off") ??
      (configured === undefined ? undefined : parseAddress(configured)) ?? other;
  const duration = (name: ProcessVariable, configured: string | undefined) =>
    read(name, parseDurationMs, "a duration such as 10s") ??
      (configured === undefined ? undefined : parseDurationMs(configured));

  const { logging, metrics, backend } = config;
  const ipv6 = read("IPV6_ENABLED", boolean, "true or false") ?? config.enableIpv6;
  const grace = read("TERMINATION_GRACE_PERIOD_SECONDS", wholeNumber, "a whole number");
  return {
    admin: address("ADMIN_ADDR", config.adminAddr, [[{ hostname: "127.0.0.1", port: 15_000 }]]),
    stats: address("STATS_ADDR", config.statsAddr, anyAddress(15_020, ipv6)),
    readiness: address("READINESS_ADDR", config.readinessAddr, anyAddress(15_021, ipv6)),
    ipv6,
    drainTimes: {
      minMs: duration(
        "CONNECTION_MIN_TERMINATION_DEADLINE",
        config.connectionMinTerminationDeadline,
      ) ?? 0,
      maxMs: duration("CONNECTION_TERMINATION_DEADLINE", config.connectionTerminationDeadline) ??
        drainWithin(grace),
    },
    logLevels: variable("RUST_LOG") || logging.level,
    logFormat: variable("LOG_FORMAT") === undefined
      ? logging.format
      : variable("LOG_FORMAT") === "json"
      ? "json"
      : "text",
    removedMetrics: metrics.remove,
    connectTimeoutMs: parseDurationMs(backend.connectTimeout) ?? 10_000,
    poolIdleTimeoutMs: parseDurationMs(backend.poolIdleTimeout) ?? 90_000,
    poolIdleMax: backend.poolMaxSize,
  };
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
