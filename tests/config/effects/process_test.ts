/** Settings of the process reach what they are for. */
import assert from "node:assert/strict";
import { loadConfig } from "../../../src/config/load.ts";
import { denoHost } from "../../../src/host/deno.ts";
import { createClientPool } from "../../../src/runtime/client_pool.ts";
import { type ProcessSettings, processSettings } from "../../../src/runtime/process_settings.ts";
import { createLogLevels, parseDirectives } from "../../../src/telemetry/log_levels.ts";
import { startRecorder } from "../../support/recorder.ts";
import { delay } from "../../support/until.ts";

function settingsOf(config: object): ProcessSettings {
  const text = JSON.stringify({ config });
  const loaded = loadConfig({ name: "c", text }, { get: () => undefined });
  if ("diagnostics" in loaded) throw new Error(JSON.stringify(loaded.diagnostics));
  return processSettings(loaded.config.config, () => undefined);
}

Deno.test("the addresses of the servers are those that are named", () => {
  const { readiness, stats, admin } = settingsOf({
    adminAddr: "unix:/run/admin",
    statsAddr: "127.0.0.1:7",
    readinessAddr: "127.0.0.1:8",
  });
  assert.deepEqual(admin, [[{ path: "/run/admin" }]]);
  assert.deepEqual(stats, [[{ hostname: "127.0.0.1", port: 7 }]]);
  assert.deepEqual(readiness, [[{ hostname: "127.0.0.1", port: 8 }]]);
});

Deno.test("without IPv6 the servers listen on IPv4 alone", () => {
  const { ipv6, stats, readiness } = settingsOf({ enableIpv6: false });
  assert.equal(ipv6, false);
  const hosts = [stats, readiness].flat(2)
    .flatMap((one) => typeof one === "object" && "hostname" in one ? [one.hostname] : []);
  assert.deepEqual([...new Set(hosts)], ["0.0.0.0"]);
});

Deno.test("a list of log levels is what a text of them is", () => {
  for (const level of [["error", "request=debug"], "error,request=debug"]) {
    const directives = parseDirectives(settingsOf({ logging: { level } }).logLevels);
    if ("error" in directives) assert.fail(directives.error);
    const levels = createLogLevels(directives);
    assert.equal(levels.enabled("info", "config"), false);
    assert.equal(levels.enabled("debug", "request"), true);
  }
});

/** The connections that two requests come by, with a pause in between. */
async function connectionsOf(backend: object): Promise<readonly (number | undefined)[]> {
  await using recorder = await startRecorder();
  const pool = createClientPool(denoHost(), settingsOf({ backend }));
  for (let count = 0; count < 2; count++) {
    const { signal } = new AbortController();
    const call = { method: "GET", headers: {}, body: null, signal, decode: true };
    const response = await pool.clientFor(undefined).fetch(`http://${recorder.host}/`, call);
    await response.text();
    await delay(40);
  }
  pool.close();
  return recorder.requests.map(({ connection }) => connection);
}

Deno.test("connections are kept for as long, and as many, as the pool may have", async () => {
  assert.deepEqual(await connectionsOf({}), [1, 1]);
  assert.deepEqual(await connectionsOf({ poolIdleTimeout: "5ms" }), [1, 2]);
  assert.deepEqual(await connectionsOf({ poolMaxSize: 0 }), [1, 2]);
});

Deno.test("silent connections are probed after the time that is set, if they are at all", () => {
  const keepaliveOf = (keepalives?: object) =>
    settingsOf({ backend: { ...(keepalives && { keepalives }) } }).keepaliveMs;
  assert.equal(keepaliveOf(), undefined);
  assert.equal(keepaliveOf({ time: "70s" }), 70_000);
  assert.equal(keepaliveOf({ enabled: false, time: "70s" }), undefined);
});
