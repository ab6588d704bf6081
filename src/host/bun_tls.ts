import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:tls";
import { contextOptions, gatekeeper } from "./gatekeeper.ts";
import type { Address, Handler, Server, ServerTls } from "./host.ts";
import { listen } from "./listen.ts";
import { drain, nodeListener, TRAFFIC_OPTIONS } from "./node_listener.ts";

/**
 * Serves TLS on Bun: `node:tls` takes the connections and `node:http` their requests.
 *
 * Bun 1.4's own server cannot change its certificates while it runs, nor tell a client's; its
 * `node:https` does not ask which certificate a name has.
 */
export async function serveTls(
  address: Address,
  handler: Handler,
  tls: ServerTls,
): Promise<Server> {
  const keeper = gatekeeper(tls);
  const http = createServer(TRAFFIC_OPTIONS, nodeListener(handler, keeper));
  const server = createTlsServer({ ...keeper.options, ...unnamed(tls) }, (socket) => {
    // What goes wrong on a connection is seen by its request, if there is one.
    socket.on("error", () => {});
    if (keeper.admit(socket)) http.emit("connection", socket);
    else socket.destroy();
  });
  server.on("tlsClientError", (_, socket) => socket.destroy());
  await listen(server, address);
  return {
    drain: () => drain(http, server),
    useCertificates(next) {
      keeper.useCertificates(next);
      server.setSecureContext({ ...keeper.options, ...unnamed(next) });
    },
  };
}

/** Clients that name no server are not asked about, so theirs is the certificate of the server. */
function unnamed(tls: ServerTls) {
  const certificate = tls.certificateFor("");
  return certificate === undefined ? {} : contextOptions(tls, certificate);
}
