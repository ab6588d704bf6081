import assert from "node:assert/strict";
import type { Client, ClientOptions } from "../../src/host/host.ts";
import { createClientPool } from "../../src/runtime/client_pool.ts";

const DEFAULTS = { poolIdleTimeoutMs: 90_000, poolIdleMax: 5, connectTimeoutMs: 10_000 };

function fakeClients() {
  const made: ClientOptions[] = [];
  const closed: Client[] = [];
  const host = {
    client(options: ClientOptions): Client {
      made.push(options);
      const client: Client = {
        decodes: new Set(),
        fetch: () => Promise.reject(new Error("not here")),
        close: () => void closed.push(client),
      };
      return client;
    },
  };
  return { host, made, closed };
}

Deno.test("clientFor() shares a client among all who connect in the same way", () => {
  const { host, made } = fakeClients();
  const pool = createClientPool(host, DEFAULTS);
  const shared = pool.clientFor(undefined);
  assert.equal(pool.clientFor(undefined), shared);
  const one = pool.clientFor({ tls: { serverName: "a", caPem: "ca" } });
  assert.equal(pool.clientFor({ tls: { caPem: "ca", serverName: "a" } }), one);
  const others = [
    pool.clientFor({ tls: { serverName: "b", caPem: "ca" } }),
    pool.clientFor({ tls: { serverName: "a", caPem: "ca" }, connectMsMax: 1 }),
    pool.clientFor({ tunnel: { host: "p", port: 1, headers: {} } }),
    pool.clientFor({ tunnel: { host: "p", port: 1, headers: { a: "1" } } }),
  ];
  assert.equal(new Set([shared, one, ...others]).size, 6);
  assert.equal(made.length, 6);
});

Deno.test("clientFor() fills in what an upstream does not say", () => {
  const { host, made } = fakeClients();
  const pool = createClientPool(host, { ...DEFAULTS, keepaliveMs: 60_000 });
  const settings = { poolIdleTimeoutMs: 90_000, poolIdleMax: 5 };
  pool.clientFor({ tls: { insecure: true } });
  pool.clientFor({ connectMsMax: 1, keepaliveMs: 2 });
  assert.deepEqual(made, [
    { ...settings, connection: { connectMsMax: 10_000, keepaliveMs: 60_000 } },
    {
      ...settings,
      connection: { connectMsMax: 10_000, keepaliveMs: 60_000, tls: { insecure: true } },
    },
    { ...settings, connection: { connectMsMax: 1, keepaliveMs: 2 } },
  ]);
});

Deno.test("createClientPool() leaves the shared client to the runtime where it can", () => {
  const { host, made } = fakeClients();
  createClientPool(host, DEFAULTS);
  assert.deepEqual(made, [{ poolIdleTimeoutMs: 90_000, poolIdleMax: 5 }]);
});

Deno.test("release() closes what nobody uses any more, and never the shared client", () => {
  const { host, closed } = fakeClients();
  const pool = createClientPool(host, DEFAULTS);
  const shared = pool.clientFor(undefined);
  const kept = pool.clientFor({ connectMsMax: 1 });
  const gone = pool.clientFor({ connectMsMax: 2 });
  pool.release([kept]);
  assert.deepEqual(closed, [gone]);
  assert.equal(pool.clientFor({ connectMsMax: 1 }), kept);
  assert.notEqual(pool.clientFor({ connectMsMax: 2 }), gone);
  pool.release([]);
  assert.equal(closed.length, 3);
  assert.ok(!closed.includes(shared));
  pool.close();
  assert.ok(closed.includes(shared));
});
