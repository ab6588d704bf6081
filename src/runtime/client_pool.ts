import type { Client, ClientOptions, ConnectionOptions, Host } from "../host/host.ts";
import { digestOf } from "./pem.ts";

/** The clients of all upstreams: one for each way to connect, which reloads go on with. */
export interface ClientPool {
  /** The client for a way to connect; the one that all others share, without any. */
  clientFor(connection: ConnectionOptions | undefined): Client;
  /** Closes the clients that nobody uses any more; what is under way ends by itself. */
  release(used: Iterable<Client>): void;
  close(): void;
}

/** What connections do where an upstream's own settings do not say. */
export interface ClientPoolDefaults extends Omit<ClientOptions, "connection"> {
  readonly connectTimeoutMs: number;
  readonly keepaliveMs?: number | undefined;
}

/** A pool with its shared client. */
export function createClientPool(
  host: Pick<Host, "client">,
  defaults: ClientPoolDefaults,
): ClientPool {
  const { poolIdleTimeoutMs, poolIdleMax, connectTimeoutMs, keepaliveMs } = defaults;
  const settings = { poolIdleTimeoutMs, poolIdleMax };
  const own = { connectMsMax: connectTimeoutMs, keepaliveMs };
  // A runtime's own client cannot keep silent connections alive.
  const shared = host.client(
    keepaliveMs === undefined ? settings : { ...settings, connection: own },
  );
  const clients = new Map<string, Client>();
  return {
    clientFor(connection) {
      if (connection === undefined) return shared;
      const whole = { ...own, ...connection };
      const key = keyOf(whole);
      const client = clients.get(key) ?? host.client({ ...settings, connection: whole });
      clients.set(key, client);
      return client;
    },
    release(used) {
      const kept = new Set(used);
      for (const [key, client] of [...clients]) {
        if (kept.has(client)) continue;
        clients.delete(key);
        client.close();
      }
    },
    close() {
      shared.close();
      for (const client of clients.values()) client.close();
      clients.clear();
    },
  };
}

/** The settings hold private keys, of which nothing may be kept in yet another place. */
function keyOf(connection: ConnectionOptions): string {
  return digestOf(JSON.stringify(connection, (_, value: unknown) => sorted(value)));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => left < right ? -1 : 1));
}
