import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { gatekeeper } from "./gatekeeper.ts";
import type {
  Address,
  Client,
  ClientOptions,
  Handler,
  Host,
  Purpose,
  Server,
  ServerTls,
} from "./host.ts";
import { listen } from "./listen.ts";
import { nodeClient } from "./node_client.ts";
import { drain, nodeListener, TRAFFIC_OPTIONS } from "./node_listener.ts";

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

function serve(
  address: Address,
  handler: Handler,
  purpose: Purpose,
  tls?: ServerTls,
): Promise<Server> {
  return purpose === "traffic"
    ? serveTraffic(address, handler, tls)
    : Promise.resolve(serveManagement(address, handler));
}

/**
 * Serves over `node:http`.
 *
 * Deno 2.9's own server does not notice that a client has left before the head of its answer is
 * out, unless head and body arrived in one small packet; a buffered request would go on upstream,
 * and be paid for. `tests/host/disconnect_test.ts` tells when that has changed.
 */
async function serveTraffic(
  address: Address,
  handler: Handler,
  tls: ServerTls | undefined,
): Promise<Server> {
  if (tls !== undefined) return await serveTls(address, handler, tls);
  const server = createServer(TRAFFIC_OPTIONS, nodeListener(handler));
  await listen(server, address);
  return { drain: () => drain(server, server) };
}

async function serveTls(address: Address, handler: Handler, tls: ServerTls): Promise<Server> {
  const keeper = gatekeeper(tls);
  const options = { ...TRAFFIC_OPTIONS, ...keeper.options };
  const server = createTlsServer(options, nodeListener(handler, keeper));
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.on("secureConnection", (socket) => {
    if (!keeper.admit(socket)) socket.destroy();
  });
  await listen(server, address);
  return { drain: () => drain(server, server), useCertificates: keeper.useCertificates };
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

function client(options: ClientOptions): Client {
  const { poolIdleTimeoutMs, poolIdleMax, connection } = options;
  if (connection !== undefined) return nodeClient(options, connection);
  const pool = Deno.createHttpClient({
    allowHost: true,
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
