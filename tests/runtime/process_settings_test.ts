import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import {
  PROCESS_VARIABLES,
  processSettings,
  VariableError,
} from "../../src/runtime/process_settings.ts";

type Variables = Partial<Record<typeof PROCESS_VARIABLES[number], string>>;

function settings(variables: Variables = {}, config: object = {}) {
  const text = JSON.stringify({ config });
  const loaded = loadConfig({ name: "c", text }, { get: () => undefined });
  if ("diagnostics" in loaded) throw new Error(JSON.stringify(loaded.diagnostics));
  return processSettings(loaded.config.config, (name) => variables[name]);
}

Deno.test("processSettings() has the reference's defaults", () => {
  const found = settings();
  assert.deepEqual(found, {
    admin: [[{ hostname: "127.0.0.1", port: 15_000 }], [{ hostname: "::1", port: 15_000 }]],
    stats: [[{ hostname: "::", port: 15_020 }, { hostname: "0.0.0.0", port: 15_020 }]],
    readiness: [[{ hostname: "::", port: 15_021 }, { hostname: "0.0.0.0", port: 15_021 }]],
    ipv6: true,
    drainTimes: { minMs: 0, maxMs: 5_000 },
    logLevels: "info",
    logFormat: "text",
    removedMetrics: [],
    connectTimeoutMs: 10_000,
    poolIdleTimeoutMs: 90_000,
    poolIdleMax: undefined,
    keepaliveMs: undefined,
  });
});

Deno.test("processSettings() lets the environment win over the file", () => {
  const config = {
    adminAddr: "off",
    statsAddr: "1.1.1.1:1",
    enableIpv6: true,
    connectionTerminationDeadline: "1s",
    connectionMinTerminationDeadline: "2s",
    logging: { level: "debug", format: "json" },
  };
  const found = settings({
    ADMIN_ADDR: "unix:/run/admin",
    READINESS_ADDR: "off",
    IPV6_ENABLED: "false",
    CONNECTION_TERMINATION_DEADLINE: "1m30s",
    RUST_LOG: "warn",
    LOG_FORMAT: "text",
  }, config);
  assert.deepEqual(found.admin, [[{ path: "/run/admin" }]]);
  assert.deepEqual(found.stats, [[{ hostname: "1.1.1.1", port: 1 }]]);
  assert.deepEqual([found.readiness, found.ipv6], ["off", false]);
  assert.deepEqual(found.drainTimes, { minMs: 2_000, maxMs: 90_000 });
  assert.deepEqual([found.logLevels, found.logFormat], ["warn", "text"]);
});

Deno.test("processSettings() takes an empty variable for none", () => {
  const config = { adminAddr: "off", logging: { level: "debug", format: "json" } };
  const empty = Object.fromEntries(PROCESS_VARIABLES.map((name) => [name, ""]));
  assert.deepEqual(settings(empty, config), settings({}, config));
});

const WRONG: readonly [typeof PROCESS_VARIABLES[number], string][] = [
  ["ADMIN_ADDR", "here"],
  ["STATS_ADDR", "1.1.1.1:99999"],
  ["READINESS_ADDR", "15021"],
  ["IPV6_ENABLED", "yes please"],
  ["CONNECTION_TERMINATION_DEADLINE", "-1s"],
  ["CONNECTION_MIN_TERMINATION_DEADLINE", "soon"],
  ["TERMINATION_GRACE_PERIOD_SECONDS", "1.5"],
];

for (const [name, value] of WRONG) {
  Deno.test(`processSettings() refuses ${name}=${value}, naming both`, () => {
    assert.throws(() => settings({ [name]: value }), (error) => {
      assert.ok(error instanceof VariableError);
      assert.ok(error.message.includes(name) && error.message.includes(value));
      return true;
    });
  });
}

Deno.test("processSettings() takes any LOG_FORMAT but json for text", () => {
  const formats = ["json", "text", "yaml", "JSON"].map((LOG_FORMAT) =>
    settings({ LOG_FORMAT }, { logging: { format: "json" } }).logFormat
  );
  assert.deepEqual(formats, ["json", "text", "text", "text"]);
});

const GRACES: readonly [string, number][] = [
  ["30", 25_000],
  ["11", 6_000],
  ["10", 9_000],
  ["2", 1_000],
  ["1", 1_000],
  ["0", 1_000],
];

for (const [grace, maxMs] of GRACES) {
  Deno.test(`processSettings() drains ${maxMs} ms within a grace period of ${grace} s`, () => {
    assert.equal(settings({ TERMINATION_GRACE_PERIOD_SECONDS: grace }).drainTimes.maxMs, maxMs);
    const config = { connectionTerminationDeadline: "1s" };
    const explicit = settings({ TERMINATION_GRACE_PERIOD_SECONDS: grace }, config);
    assert.equal(explicit.drainTimes.maxMs, 1_000);
  });
}
