import {
  type Address,
  type Client,
  type ClientOptions,
  type Handler,
  type Host,
  peerName,
  type Server,
} from "./host.ts";

/** Deno; runs with the `no-legacy-abort` feature, else requests look aborted after success. */
export const denoHost = (): Host => ({
  runtime: { name: "deno", version: Deno.version.deno },
  serve,
  client,
  prepareProcess: () => {},
});

function serve(address: Address, handler: Handler): Server {
  const server = "path" in address
    ? Deno.serve({ path: address.path, onListen: () => {} }, (request) => handler(request, "unix"))
    : Deno.serve(
      { hostname: address.hostname, port: address.port, onListen: () => {} },
      (request, { remoteAddr }) => handler(request, peerName(remoteAddr.hostname, remoteAddr.port)),
    );
  return { drain: () => server.shutdown() };
}

function client({ poolIdleTimeoutMs, poolIdleMax }: ClientOptions): Client {
  const pool = Deno.createHttpClient({
    poolIdleTimeout: poolIdleTimeoutMs,
    ...(poolIdleMax === undefined ? {} : { poolMaxIdlePerHost: poolIdleMax }),
  });
  return {
    // An `accept-encoding` among the headers is what turns decoding off here.
    fetch: (url, { method, headers, body, signal }) =>
      fetch(url, { method, headers, body, signal, client: pool, redirect: "manual" }),
    close: () => pool.close(),
  };
}
