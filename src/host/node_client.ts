import {
  Agent as HttpAgent,
  type ClientRequest as Request,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect } from "./connect.ts";
import type { Client, ClientOptions, ClientRequest, ConnectionOptions } from "./host.ts";
import { responseOf } from "./node_response.ts";
import { upload } from "./upload.ts";

/**
 * A client over `node:http`, for connections that a runtime's `fetch` cannot make: Deno's knows no
 * other server name and no untrusted certificate, and neither runtime's knows all the rest.
 */
export function nodeClient(options: ClientOptions, connection: ConnectionOptions): Client {
  const pool = poolOptions(options);
  const http = agent(new HttpAgent(pool), connection, false);
  const https = agent(new HttpsAgent(pool), connection, true);
  const used = new WeakSet<object>();
  const begin = (url: URL, { method, headers }: ClientRequest): Request =>
    url.protocol === "https:"
      ? httpsRequest(url, { method, headers, agent: https })
      : httpRequest(url, { method, headers, agent: http });
  return {
    // Nothing is unfolded here; whoever wants that sees what the answer says of itself.
    decodes: new Set(),
    async fetch(url, init) {
      const target = new URL(url);
      for (let tries = 1;; tries++) {
        init.signal.throwIfAborted();
        try {
          return await exchange(begin(target, init), init, used);
        } catch (cause) {
          const isRepeatable = !(init.body instanceof ReadableStream) && tries < TRIES_MAX;
          if (!(cause instanceof StaleConnection)) throw cause;
          if (!isRepeatable) throw cause.cause;
        }
      }
    },
    close() {
      for (const one of [http, https]) {
        one.maxFreeSockets = 0;
        for (const sockets of Object.values(one.freeSockets)) {
          for (const socket of sockets ?? []) socket.destroy();
        }
      }
    },
  };
}

/** How often a connection may turn out to have been closed while it was idle. */
const TRIES_MAX = 3;

/** How soon that shows after a request is sent, in milliseconds; later it means something else. */
const STALE_MS_MAX = 1_000;

/** A connection was closed without an answer, and had been idle before. */
class StaleConnection extends Error {
  override readonly name = "StaleConnection";
}

const IDLE_PROBE_MS = 60_000;

function poolOptions({ poolIdleTimeoutMs, poolIdleMax, connection }: ClientOptions) {
  return {
    keepAlive: poolIdleTimeoutMs > 0 && poolIdleMax !== 0,
    // Node probes idle connections anyway, by default every second.
    keepAliveMsecs: connection?.keepaliveMs ?? IDLE_PROBE_MS,
    maxFreeSockets: poolIdleMax ?? Number.MAX_SAFE_INTEGER,
    ...(poolIdleTimeoutMs > 0 ? { timeout: poolIdleTimeoutMs } : {}),
  };
}

/** Makes an agent connect in our way. */
function agent<Kind extends HttpAgent>(made: Kind, connection: ConnectionOptions, isTls: boolean) {
  return Object.assign(made, {
    createConnection(
      { host, port }: { host?: string | null; port?: string | number | null },
      done: (error: Error | null, socket?: Socket) => void,
    ) {
      const destination = {
        host: (host ?? "").replace(/^\[|\]$/g, ""),
        port: Number(port ?? (isTls ? 443 : 80)),
        isTls,
      };
      connect(destination, connection).then((socket) => done(null, socket), done);
      return undefined;
    },
  });
}

/** Sends a request and waits for the head of its answer. */
function exchange(
  request: Request,
  { body, signal }: ClientRequest,
  used: WeakSet<object>,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    let isReused = false;
    const leave = () => {
      reject(signal.reason);
      request.destroy();
    };
    signal.addEventListener("abort", leave, { once: true });
    request.on("socket", (socket) => {
      isReused = used.has(socket);
      used.add(socket);
      // Deno would send it again by itself, and even one that has just been given up.
      request.reusedSocket = false;
    });
    request.on("error", (cause) => {
      signal.removeEventListener("abort", leave);
      const isStale = isReused && performance.now() - startedMs < STALE_MS_MAX && isClosed(cause);
      reject(isStale ? new StaleConnection("closed while idle", { cause }) : cause);
    });
    request.once("response", (incoming) => {
      try {
        const ended = () => signal.removeEventListener("abort", leave);
        resolve(responseOf(incoming, { signal, ended, abandon: () => request.destroy() }));
      } catch (cause) {
        request.destroy();
        reject(cause);
      }
    });
    upload(body, request);
  });
}

function isClosed(cause: Error): boolean {
  return "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
}
