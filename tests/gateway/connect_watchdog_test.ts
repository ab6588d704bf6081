import assert from "node:assert/strict";
import { type Probe, watchConnects } from "../../src/gateway/connect_watchdog.ts";
import type { Exchange } from "../../src/gateway/exchange.ts";
import { openExchange } from "../../src/gateway/open_exchange.ts";
import { until } from "../support/until.ts";
import { gateway, json } from "./harness.ts";
import { hostTable } from "../../src/routing/hostname.ts";

function watched(probe: Probe) {
  const { services } = gateway(() => json());
  const plan = {
    port: 1,
    bind: "bind/1",
    gateway: "g",
    bodyBytesMax: 1,
    listeners: hostTable<never>([]),
  };
  const state = { nowMs: 0, probes: 0, failures: new Array<unknown>() };
  const stop = watchConnects({
    inFlight: services.inFlight,
    connectTimeoutMs: 40,
    now: () => state.nowMs,
    probe(origin, timeoutMs) {
      state.probes++;
      assert.equal(timeoutMs, 20);
      return probe(origin, timeoutMs);
    },
    failed: (error) => void state.failures.push(error),
  });
  const open = (origin: string, sinceMs: number): Exchange => {
    const exchange = openExchange(new Request("http://x/"), { peer: "p" }, plan, services);
    exchange.waitingFor = { origin, sinceMs };
    return exchange;
  };
  return { state, open, [Symbol.dispose]: stop };
}

const sweeps = () => new Promise((resolve) => setTimeout(resolve, 40));

Deno.test("watchConnects() ends those who wait for an upstream that cannot be reached", async () => {
  using it = watched((origin) => Promise.resolve(origin !== "http://dead"));
  const dead = it.open("http://dead", 0);
  const alive = it.open("http://alive", 0);
  it.state.nowMs = 20;
  await until("the dead one is ended", () => dead.signal.aborted);
  assert.equal(dead.signal.reason.kind, "upstream-timeout");
  assert.equal(dead.signal.reason.status, 504);
  assert.equal(alive.signal.aborted, false);
});

Deno.test("watchConnects() asks nothing before half of the time", async () => {
  using it = watched(() => Promise.resolve(false));
  const exchange = it.open("http://dead", 0);
  it.state.nowMs = 19;
  await sweeps();
  assert.deepEqual([it.state.probes, exchange.signal.aborted], [0, false]);
});

Deno.test("watchConnects() asks once for all who wait for a reachable upstream", async () => {
  using it = watched(() => Promise.resolve(true));
  it.open("http://slow", 0);
  it.open("http://slow", 1);
  it.state.nowMs = 30;
  await until("a probe", () => it.state.probes > 0);
  it.state.nowMs = 10_000;
  await sweeps();
  assert.equal(it.state.probes, 1);
});

Deno.test("watchConnects() spares a request that began after the probe", async () => {
  const answer = Promise.withResolvers<boolean>();
  using it = watched(() => answer.promise);
  const early = it.open("http://dead", 0);
  it.state.nowMs = 20;
  await until("a probe", () => it.state.probes === 1);
  const late = it.open("http://dead", 25);
  answer.resolve(false);
  await until("the early one is ended", () => early.signal.aborted);
  assert.equal(late.signal.aborted, false);
});

Deno.test("watchConnects() leaves those alone whose answer has begun", async () => {
  using it = watched(() => Promise.resolve(false));
  const exchange = it.open("http://dead", 0);
  exchange.waitingFor = undefined;
  it.state.nowMs = 1_000;
  await sweeps();
  assert.deepEqual([it.state.probes, exchange.signal.aborted], [0, false]);
});

Deno.test("watchConnects() reports a probe that fails by itself, and asks again", async () => {
  using it = watched(() => {
    if (it.state.probes === 1) throw new Error("no sockets left");
    return Promise.resolve(false);
  });
  const exchange = it.open("http://dead", 0);
  it.state.nowMs = 20;
  await until("the second answer", () => exchange.signal.aborted);
  assert.deepEqual(it.state.failures.map(String), ["Error: no sockets left"]);
});
