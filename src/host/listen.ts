import type { Server } from "node:net";
import type { Address } from "./host.ts";

/** Binds a server of `node:net`; rejects when the address cannot be bound. */
export function listen(server: Server, address: Address): Promise<void> {
  const place = "path" in address
    ? { path: address.path }
    : { host: address.hostname, port: address.port };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
