import process from "node:process";
import { serveTls } from "./bun_tls.ts";
import {
  type Address,
  type Client,
  type ClientOptions,
  type Handler,
  type Host,
  peerName,
  type Purpose,
  type Server,
  type ServerTls,
} from "./host.ts";
import { nodeClient } from "./node_client.ts";

/** The part of Bun's own API that is used here. */
declare const Bun: {
  readonly version: string;
  serve(options: {
    readonly hostname?: string;
    readonly port?: number;
    readonly unix?: string;
    readonly idleTimeout: number;
    readonly maxRequestBodySize: number;
    readonly development: boolean;
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
  }): BunServer;
};

interface BunServer {
  stop(): Promise<void>;
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
}

/** Bun. */
export const bunHost = (): Host => ({
  runtime: { name: "bun", version: Bun.version },
  hasPoolSettings: false,
  serve,
  client,
  environmentVariable: (name) => process.env[name],
  prepareProcess: raiseRequestCap,
});

/** A taken address throws here; the promise makes it a rejection, as on the other runtime. */
async function serve(
  address: Address,
  handler: Handler,
  _: Purpose,
  tls?: ServerTls,
): Promise<Server> {
  return tls === undefined ? start(address, handler) : await serveTls(address, handler, tls);
}

function start(address: Address, handler: Handler): Server {
  const place = "path" in address
    ? { unix: address.path }
    : { hostname: address.hostname, port: address.port };
  const server = Bun.serve({
    ...place,
    // Bun would cut streams after 10 s of silence, and bodies at 128 MB on its own.
    idleTimeout: 0,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch: (request, self) => handler(request, { peer: peerOf(self, request) }),
  });
  return { drain: () => server.stop() };
}

function peerOf(server: BunServer, request: Request): string {
  const peer = server.requestIP(request);
  if (peer === null) return "unix";
  return peerName(peer.address, peer.port);
}

const DECODES: ReadonlySet<string> = new Set(["gzip", "x-gzip", "deflate", "br", "zstd"]);

/** Bun's pool has no settings: the options are left to its own rule, and said so at the start. */
function client(options: ClientOptions): Client {
  if (options.connection !== undefined) return nodeClient(options, options.connection);
  return {
    decodes: DECODES,
    fetch: (url, { method, headers, body, signal, decode }) =>
      fetch(url, bunInit({ method, headers, body, signal, redirect: "manual" }, decode)),
    close: () => {},
  };
}

/** `decompress` is Bun's own option of `fetch`. */
function bunInit(init: RequestInit, decompress: boolean): RequestInit {
  return Object.assign(init, { decompress });
}

const REQUEST_CAP = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const REQUESTS_MAX = "65535";

/**
 * Bun carries 256 outgoing requests at once unless its environment says otherwise at the start of
 * the process. So the process replaces itself by its own image with that setting; its id, files and
 * supervisor stay the same.
 */
function raiseRequestCap(): void {
  if (process.env[REQUEST_CAP] !== undefined || process.execve === undefined) return;
  const environment = { ...process.env, [REQUEST_CAP]: REQUESTS_MAX };
  process.execve(process.execPath, [process.execPath, ...process.argv.slice(2)], environment);
}
