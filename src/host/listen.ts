import type { Server } from "node:net";
import type { Address } from "./host.ts";

/** Connections that may wait to be accepted, so that a burst is not refused; the system's cap. */
const BACKLOG = 4_096;

/** Binds a server of `node:net`; rejects when the address cannot be bound. */
export function listen(server: Server, address: Address): Promise<void> {
  const place = "path" in address
    ? { path: address.path, backlog: BACKLOG }
    : { host: address.hostname, port: address.port, backlog: BACKLOG };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
