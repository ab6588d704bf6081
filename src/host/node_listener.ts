import type { IncomingMessage, Server as NodeServer, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Gatekeeper } from "./gatekeeper.ts";
import { type Handler, peerName } from "./host.ts";

/** How long a client's connection may be idle, in milliseconds; the reference's default. */
const IDLE_MS_MAX = 600_000;

/** Settings of a `node:http` server for traffic; an answer may rightly take hours. */
export const TRAFFIC_OPTIONS = { keepAliveTimeout: IDLE_MS_MAX, requestTimeout: 0 };

/** Answers the requests of a `node:http` server with a handler, through Hono's adapter. */
export function nodeListener(handler: Handler, gatekeeper?: Gatekeeper) {
  const answer = getRequestListener(
    (request, { incoming: { socket, headers } }) =>
      handler(request, {
        peer: peerName(socket.remoteAddress ?? "unix", socket.remotePort ?? 0),
        headers,
        tls: gatekeeper?.arrivalOf(socket),
      }),
    { overrideGlobalObjects: false },
  );
  if (gatekeeper === undefined) return answer;
  return async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    // A connection that was not admitted is closed before it can ask for anything.
    if (gatekeeper.arrivalOf(incoming.socket) === undefined) incoming.socket.destroy();
    else await answer(incoming, outgoing);
  };
}

/** How often a drain looks for connections that have become idle. */
const IDLE_CHECK_MS = 50;

/**
 * Stops accepting, and closes connections as they become idle; a connection that answers its last
 * request stays open unless it is told to go.
 */
export function drain(
  http: NodeServer,
  listening: { close(done: () => void): unknown },
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => http.closeIdleConnections(), IDLE_CHECK_MS);
    listening.close(() => {
      clearInterval(timer);
      resolve();
    });
    http.closeIdleConnections();
  });
}
