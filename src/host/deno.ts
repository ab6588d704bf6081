import { createServer, type Server as NodeServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import {
  type Address,
  type Client,
  type ClientOptions,
  type Handler,
  type Host,
  peerName,
  type Purpose,
  type Server,
} from "./host.ts";

/** Deno; runs with the `no-legacy-abort` feature, else requests look aborted after success. */
export const denoHost = (): Host => ({
  runtime: { name: "deno", version: Deno.version.deno },
  hasPoolSettings: true,
  serve,
  client,
  environmentVariable,
  prepareProcess: () => {},
});

/** What may not be read looks like what is not set, lest libraries fail that look around. */
function environmentVariable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  if (state !== "granted") throw new Deno.errors.NotCapable(`no access to ${name}`);
  return Deno.env.get(name);
}

function serve(address: Address, handler: Handler, purpose: Purpose): Promise<Server> {
  return purpose === "traffic"
    ? serveTraffic(address, handler)
    : Promise.resolve(serveManagement(address, handler));
}

/** How long a client's connection may be idle, in milliseconds; the reference's default. */
const IDLE_MS_MAX = 600_000;

/**
 * Serves over `node:http`, with Hono's adapter.
 *
 * Deno 2.9's own server does not notice that a client has left before the head of its answer is
 * out, unless head and body arrived in one small packet; a buffered request would go on upstream,
 * and be paid for. `tests/host/disconnect_test.ts` tells when that has changed.
 */
async function serveTraffic(address: Address, handler: Handler): Promise<Server> {
  const listener = getRequestListener(
    (request, { incoming: { socket, headers } }) =>
      handler(request, {
        peer: peerName(socket.remoteAddress ?? "unix", socket.remotePort ?? 0),
        headers,
      }),
    { overrideGlobalObjects: false },
  );
  const server = createServer({ keepAliveTimeout: IDLE_MS_MAX, requestTimeout: 0 }, listener);
  await listen(server, address);
  return { drain: () => drain(server) };
}

/** How often a drain looks for connections that have become idle. */
const IDLE_CHECK_MS = 50;

/** A connection that answers its last request stays open unless it is told to go. */
function drain(server: NodeServer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    server.close(() => {
      clearInterval(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listen(server: NodeServer, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen("path" in address ? { path: address.path } : placeOf(address), () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function placeOf({ hostname, port }: { readonly hostname: string; readonly port: number }) {
  return { host: hostname, port };
}

function serveManagement(address: Address, handler: Handler): Server {
  const place = "path" in address
    ? { path: address.path }
    : { hostname: address.hostname, port: address.port };
  const server = Deno.serve(
    { ...place, onListen: () => {} },
    (request) => handler(request, { peer: "" }),
  );
  return { drain: () => server.shutdown() };
}

const DECODES: ReadonlySet<string> = new Set(["gzip", "br"]);

function client({ poolIdleTimeoutMs, poolIdleMax }: ClientOptions): Client {
  const pool = Deno.createHttpClient({
    poolIdleTimeout: poolIdleTimeoutMs,
    ...(poolIdleMax === undefined ? {} : { poolMaxIdlePerHost: poolIdleMax }),
  });
  return {
    decodes: DECODES,
    // An `accept-encoding` among the headers is what turns decoding off here.
    fetch: (url, { method, headers, body, signal }) =>
      fetch(url, { method, headers, body, signal, client: pool, redirect: "manual" }),
    close: () => pool.close(),
  };
}
