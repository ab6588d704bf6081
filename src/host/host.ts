/**
 * What differs between runtimes, and nothing else; all other code is portable TypeScript on web
 * standards and `node:` modules.
 */
export interface Host {
  readonly runtime: Runtime;
  /** Whether clients heed their pool options; where not, the runtime has its own rule. */
  readonly hasPoolSettings: boolean;
  /** Binds and serves until drained; rejects when the address cannot be bound. */
  serve(address: Address, handler: Handler, purpose: Purpose): Promise<Server>;
  /** A client with its own connection pool. */
  client(options: ClientOptions): Client;
  /** A variable of the environment; throws where the program may not read it. */
  environmentVariable(name: string): string | undefined;
  /** Sets the process up before anything else runs; may replace it by a new image of itself. */
  prepareProcess(): void;
}

/** The runtime that the program was started on. */
export interface Runtime {
  readonly name: "deno" | "bun";
  readonly version: string;
}

/** Where to listen. */
export type Address =
  | { readonly hostname: string; readonly port: number }
  | { readonly path: string };

/** What a listener is for: requests of clients, or looking after the gateway itself. */
export type Purpose = "traffic" | "management";

/** Answers a request; must not throw or reject. */
export type Handler = (request: Request, arrival: Arrival) => Response | Promise<Response>;

/** What a listener knows of a request beside the request itself. */
export interface Arrival {
  readonly peer: Peer;
  /**
   * The request's headers by lower-case name, where the runtime has them at hand: a `Headers` would
   * be made only to be read once.
   */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Who is at the other end of a connection, as `ip:port`. */
export type Peer = string;

/** A bound listener. */
export interface Server {
  /** Stops accepting, closes idle connections; resolves when the last response has ended. */
  drain(): Promise<void>;
}

/** Settings of a client's connection pool. */
export interface ClientOptions {
  readonly poolIdleTimeoutMs: number;
  readonly poolIdleMax?: number | undefined;
}

/** Sends requests; redirects are answers like any other. */
export interface Client {
  /** The content codings, in lower case, that `fetch` unfolds when it is asked to decode. */
  readonly decodes: ReadonlySet<string>;
  fetch(url: string, init: ClientRequest): Promise<Response>;
  close(): void;
}

/** One request of a client. */
export interface ClientRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
  /** Whether a compressed answer is unfolded; false hands its bytes through. */
  readonly decode: boolean;
}

/** An address and port as logs show them; IPv4 in IPv6 form is shown as IPv4. */
export function peerName(ip: string, port: number): Peer {
  const bare = ip.startsWith("::ffff:") && ip.includes(".") ? ip.slice("::ffff:".length) : ip;
  return bare.includes(":") ? `[${bare}]:${port}` : `${bare}:${port}`;
}
