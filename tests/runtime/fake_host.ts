import type { Address, Handler, Host, ServerTls } from "../../src/host/host.ts";

/** One listener that a fake host has bound. */
export interface FakeServer {
  readonly place: string;
  readonly handler: Handler;
  /** As it was bound, and as it was told since. */
  readonly tls: (ServerTls | undefined)[];
  draining: boolean;
  /** Lets `drain` come to its end. */
  end(): void;
  /** Lets `drain` reject. */
  fail(cause: Error): void;
}

/** A host that binds nothing; `refuse` says which places cannot be bound, and why. */
export function fakeHost(refuse: Readonly<Record<string, Error>> = {}) {
  const servers: FakeServer[] = [];
  const host: Host = {
    runtime: { name: "deno", version: "0" },
    hasPoolSettings: true,
    environmentVariable: () => undefined,
    prepareProcess() {},
    client: () => ({
      decodes: new Set(),
      fetch: () => Promise.reject(new Error("no client")),
      close() {},
    }),
    serve(address, handler, _, tls) {
      const place = shown(address);
      const failure = refuse[place];
      if (failure !== undefined) return Promise.reject(failure);
      const ended = Promise.withResolvers<void>();
      const server: FakeServer = {
        place,
        handler,
        tls: [tls],
        draining: false,
        end: () => ended.resolve(),
        fail: (cause) => ended.reject(cause),
      };
      servers.push(server);
      return Promise.resolve({
        useCertificates: (next) => void server.tls.push(next),
        drain() {
          server.draining = true;
          return ended.promise;
        },
      });
    },
  };
  return {
    host,
    servers,
    places: () => servers.filter(({ draining }) => !draining).map(({ place }) => place),
  };
}

export const inUse = () =>
  Object.assign(new Error("Address already in use"), { code: "EADDRINUSE" });
export const noFamily = () => new Error("Address family not supported by protocol");

function shown(address: Address): string {
  return "path" in address ? address.path : `${address.hostname}:${address.port}`;
}
