import assert from "node:assert/strict";
import { openExchange } from "../../src/gateway/open_exchange.ts";
import { hostTable } from "../../src/routing/hostname.ts";
import { portTls } from "../../src/routing/port_tls.ts";
import type { PortPlan, Snapshot } from "../../src/routing/snapshot.ts";
import { anyAddress } from "../../src/runtime/addresses.ts";
import { createDataPlane } from "../../src/runtime/data_plane.ts";
import { gateway, json } from "../gateway/harness.ts";
import { delay, until } from "../support/until.ts";
import { fakeHost, inUse } from "./fake_host.ts";

function plan(port: number, name = "g"): PortPlan {
  return {
    port,
    bind: `bind/${port}`,
    gateway: name,
    bodyBytesMax: 9,
    listeners: hostTable<never>([]),
  };
}

/** A plan for a port with TLS, whose certificates are named after their hosts. */
function tlsPlan(
  port: number,
  hostnames: readonly string[],
  settings: { minVersion?: "TLSv1.3" } = {},
) {
  const versions = { minVersion: "TLSv1.2", maxVersion: "TLSv1.3", ...settings } as const;
  const tls = portTls(
    { handshakeMsMax: 1, ...versions },
    hostnames.map((hostname) => ({ hostname, certificate: { certPem: hostname, keyPem: "" } })),
  );
  return { ...plan(port), tls };
}

function snapshot(...plans: readonly PortPlan[]): Snapshot {
  return { ports: new Map(plans.map((plan) => [plan.port, plan])) };
}

function start(refuse: Readonly<Record<string, Error>> = {}, drainTimes = { minMs: 0, maxMs: 50 }) {
  const fake = fakeHost(refuse);
  const it = gateway(() => json());
  const dataPlane = createDataPlane({
    host: fake.host,
    services: it.services,
    addressesOf: (port) => anyAddress(port, false),
    middleware: (_, next) => next(),
    drainTimes,
  });
  const ask = async (place: string) => {
    const server = fake.servers.findLast((one) => one.place === place);
    return await server?.handler(new Request("http://h/"), { peer: "1.2.3.4:5" });
  };
  return { ...fake, ...it, dataPlane, ask };
}

Deno.test("apply() adds, keeps and removes listeners", async () => {
  const it = start();
  await it.dataPlane.apply(snapshot(plan(1), plan(2)));
  assert.deepEqual(it.places(), ["0.0.0.0:1", "0.0.0.0:2"]);
  await it.dataPlane.apply(snapshot(plan(2), plan(3)));
  assert.deepEqual(it.places(), ["0.0.0.0:2", "0.0.0.0:3"]);
  assert.equal(it.servers.length, 3);
  await ended(it);
});

/** Lets all drains come to their end, so that nothing of them is left behind. */
async function ended(it: ReturnType<typeof start>): Promise<void> {
  for (const server of it.servers) server.end();
  await delay(0);
}

Deno.test("apply() serves new requests of a kept listener by the new snapshot", async () => {
  const it = start();
  await it.dataPlane.apply(snapshot(plan(1, "old")));
  await it.ask("0.0.0.0:1");
  await it.dataPlane.apply(snapshot(plan(1, "new")));
  await it.ask("0.0.0.0:1");
  assert.deepEqual(it.settled.map((facts) => [facts.gateway, facts.peer]), [
    ["old", "1.2.3.4:5"],
    ["new", "1.2.3.4:5"],
  ]);
});

Deno.test("apply() changes nothing when a new port cannot be bound", async () => {
  const it = start({ "0.0.0.0:3": inUse() });
  await it.dataPlane.apply(snapshot(plan(1, "old")));
  await assert.rejects(it.dataPlane.apply(snapshot(plan(1, "new"), plan(2), plan(3))), {
    name: "BindError",
  });
  assert.deepEqual(it.places(), ["0.0.0.0:1"]);
  await it.ask("0.0.0.0:1");
  assert.equal(it.settled[0]?.gateway, "old");
});

Deno.test(
  "apply() cuts what a removed port still serves at the deadline, and only that",
  async () => {
    const it = start();
    await it.dataPlane.apply(snapshot(plan(1), plan(2)));
    const [removed, kept] = [plan(1), plan(2)].map((plan) =>
      openExchange(new Request("http://h/"), { peer: "p" }, plan, it.services)
    );
    await it.dataPlane.apply(snapshot(plan(2)));
    assert.equal(removed?.signal.aborted, false);
    await until("the deadline", () => removed?.signal.aborted);
    assert.equal(removed?.signal.reason.code, "shutting_down");
    assert.equal(kept?.signal.aborted, false);
    await ended(it);
  },
);

Deno.test(
  "apply() spares requests of a port that came back while it drained",
  async () => {
    const it = start();
    await it.dataPlane.apply(snapshot(plan(1)));
    await it.dataPlane.apply(snapshot());
    const back = plan(1);
    await it.dataPlane.apply(snapshot(back));
    assert.deepEqual(it.places(), ["0.0.0.0:1"]);
    const exchange = openExchange(new Request("http://h/"), { peer: "p" }, back, it.services);
    await delay(80);
    assert.equal(exchange.signal.aborted, false);
    await ended(it);
  },
);

Deno.test("stop() ends as soon as the last response has ended", async () => {
  const it = start({}, { minMs: 0, maxMs: 60_000 });
  await it.dataPlane.apply(snapshot(plan(1)));
  const stopped = it.dataPlane.stop();
  await until("the drain", () => it.servers[0]?.draining);
  it.servers[0]?.end();
  await stopped;
});

Deno.test(
  "stop() serves everything for the minimum time, and cuts at the maximum",
  async () => {
    const it = start({}, { minMs: 40, maxMs: 80 });
    await it.dataPlane.apply(snapshot(plan(1)));
    const exchange = openExchange(new Request("http://h/"), { peer: "p" }, plan(1), it.services);
    const startMs = performance.now();
    const stopped = it.dataPlane.stop();
    await delay(20);
    assert.equal(it.servers[0]?.draining, false);
    await until("the cut", () => exchange.signal.aborted);
    const cutMs = performance.now() - startMs;
    assert.ok(cutMs >= 75 && cutMs < 400, `${cutMs}`);
    it.servers[0]?.end();
    await stopped;
  },
);

Deno.test("apply() cuts requests that still come on connections of a removed port", async () => {
  const it = start();
  const old = plan(1);
  await it.dataPlane.apply(snapshot(old));
  await it.dataPlane.apply(snapshot());
  const late = openExchange(new Request("http://h/"), { peer: "p" }, old, it.services);
  await until("the deadline", () => late.signal.aborted);
  await ended(it);
});

Deno.test("apply() reports a drain that fails", async () => {
  const it = start();
  await it.dataPlane.apply(snapshot(plan(1)));
  await it.dataPlane.apply(snapshot());
  it.servers[0]?.fail(new Error("cannot drain"));
  await until("the report", () => it.internal.length === 1);
});

Deno.test("stop() lets no port be opened any more, not even one that is under way", async () => {
  const it = start({}, { minMs: 20, maxMs: 20 });
  const underWay = it.dataPlane.apply(snapshot(plan(1)));
  const stopped = it.dataPlane.stop();
  await assert.rejects(underWay, /shutting down/);
  await assert.rejects(it.dataPlane.apply(snapshot(plan(2))), /shutting down/);
  assert.deepEqual(it.places(), []);
  await stopped;
  await ended(it);
});

Deno.test("apply() shows new certificates on a listener that stays", async () => {
  const it = start();
  const [first, second] = [tlsPlan(1, ["a.test"]), tlsPlan(1, ["b.test"])];
  await it.dataPlane.apply(snapshot(first));
  await it.dataPlane.apply(snapshot(second));
  assert.equal(it.servers.length, 1);
  assert.deepEqual(it.servers[0]?.tls, [first.tls, second.tls]);
  await ended(it);
});

Deno.test("apply() opens a port anew where another kind of connection is meant", async () => {
  const it = start();
  const kinds = [
    plan(1),
    tlsPlan(1, ["a.test"]),
    tlsPlan(1, ["a.test"], { minVersion: "TLSv1.3" }),
  ];
  for (const kind of [...kinds, plan(1)]) await it.dataPlane.apply(snapshot(kind));
  assert.equal(it.servers.length, 4);
  assert.deepEqual(it.servers.map(({ draining }) => draining), [true, true, true, false]);
  assert.deepEqual(it.servers.map(({ tls }) => tls[0]?.minVersion), [
    undefined,
    "TLSv1.2",
    "TLSv1.3",
    undefined,
  ]);
  await ended(it);
});

Deno.test("apply() changes nothing of a port when another cannot be bound", async () => {
  const it = start({ "0.0.0.0:2": inUse() });
  await it.dataPlane.apply(snapshot(tlsPlan(1, ["a.test"])));
  await assert.rejects(it.dataPlane.apply(snapshot(plan(1), plan(2))));
  assert.deepEqual(it.servers.map(({ tls, draining }) => [tls.length, draining]), [[1, false]]);
  await ended(it);
});

Deno.test("a request over a connection that was made for another listener is a 421", async () => {
  const it = start();
  await it.dataPlane.apply(snapshot(tlsPlan(1, ["a.test", "b.test"])));
  const ask = async (serverName: string, url: string) => {
    const tls = { serverName, clientCertificate: undefined };
    return await it.servers[0]?.handler(new Request(url), { peer: "p", tls });
  };
  assert.equal((await ask("a.test", "https://a.test/"))?.status, 404);
  const misdirected = await ask("a.test", "https://B.test:8443/v1/messages");
  assert.equal(misdirected?.status, 421);
  assert.deepEqual(await misdirected?.json(), {
    type: "error",
    error: { type: "invalid_request_error", message: "this connection is not for b.test" },
  });
  const [, facts] = it.settled;
  assert.deepEqual([facts?.status, facts?.path], [421, "/v1/messages"]);
  await ended(it);
});
