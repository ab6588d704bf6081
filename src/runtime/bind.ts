import type { Address, Handler, Host, Purpose, Server, ServerTls } from "../host/host.ts";
import type { BindAddress } from "./addresses.ts";
import { removeStaleSocket } from "./stale_socket.ts";

/** A listener could not be bound; the message names the address and says why. */
export class BindError extends Error {
  override readonly name = "BindError";
}

/** Binds a listener in all its places; throws `BindError` and leaves nothing bound on failure. */
export async function bind(
  host: Host,
  address: BindAddress,
  handler: Handler,
  purpose: Purpose,
  tls?: ServerTls,
): Promise<readonly Server[]> {
  const servers: Server[] = [];
  for (const [index, choices] of address.entries()) {
    try {
      servers.push(await bindOne(choices, (place) => host.serve(place, handler, purpose, tls)));
    } catch (cause) {
      // The second family of `localhost` is welcome, not needed.
      if (index > 0 && !isTaken(cause)) continue;
      // What is told is why binding failed, not what closing came to.
      for (const server of servers) server.drain().catch(() => {});
      throw cause;
    }
  }
  return servers;
}

async function bindOne(
  choices: readonly Address[],
  serve: (address: Address) => Promise<Server>,
): Promise<Server> {
  let failure: BindError | undefined;
  for (const address of choices) {
    try {
      if ("path" in address) await removeStaleSocket(address.path);
      return await serve(address);
    } catch (cause) {
      failure = new BindError(`cannot listen on ${show(address)}: ${explain(cause)}`, { cause });
      if (isTaken(cause)) break;
    }
  }
  throw failure ?? new BindError("no address to listen on");
}

function show(address: Address): string {
  if ("path" in address) return `unix:${address.path}`;
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function explain(cause: unknown): string {
  if (isTaken(cause)) return "the address is already in use";
  return cause instanceof Error ? cause.message : String(cause);
}

function isTaken(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = "code" in cause ? cause.code : undefined;
  return cause.name === "AddrInUse" || code === "EADDRINUSE" || /in use/i.test(cause.message) ||
    isTaken(cause.cause);
}
