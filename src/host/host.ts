/**
 * What differs between runtimes, and nothing else; all other code is portable TypeScript on web
 * standards and `node:` modules.
 */
export interface Host {
  readonly runtime: Runtime;
  /** Whether clients heed their pool options; where not, the runtime has its own rule. */
  readonly hasPoolSettings: boolean;
  /** Binds and serves until drained; rejects when the address cannot be bound. */
  serve(address: Address, handler: Handler, purpose: Purpose, tls?: ServerTls): Promise<Server>;
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
  /** The connection's TLS; absent on one that has none. */
  readonly tls?: ArrivalTls | undefined;
}

/** What a TLS connection tells of its client. */
export interface ArrivalTls {
  /** The name that the client asked for, in lower case; empty if it named none. */
  readonly serverName: string;
  /** There only where a certificate is required, and then verified. */
  readonly clientCertificate: ClientCertificate | undefined;
}

/** A verified certificate of a client. */
export interface ClientCertificate {
  /** As in `C=US, O=Example, CN=client`. */
  readonly subject: string;
  readonly issuer: string;
  readonly subjectAltNames: readonly string[];
  readonly pem: string;
}

/** Who is at the other end of a connection, as `ip:port`. */
export type Peer = string;

/** A version of TLS, as in Node's API. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How a listener speaks TLS. */
export interface ServerTls {
  /** How long a handshake may take, in milliseconds. */
  readonly handshakeMsMax: number;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Whether any of its certificates is for clients that have one too. */
  readonly asksForCertificate: boolean;
  /**
   * The certificate for the name that a client asks for, which is empty if it names none; clients
   * that ask for anything else are refused.
   */
  certificateFor(serverName: string): ServerCertificate | undefined;
}

/** A certificate with its key; the same object as before is the same certificate as before. */
export interface ServerCertificate {
  /** The certificate, and those between it and its root. */
  readonly certPem: string;
  readonly keyPem: string;
  /** Clients have to show a certificate that one of these has issued. */
  readonly clientCaPem?: string | undefined;
}

/** A bound listener. */
export interface Server {
  /** Shows these certificates on new connections; all else of the TLS stays as it was bound. */
  useCertificates?(tls: ServerTls): void;
  /** Stops accepting, closes idle connections; resolves when the last response has ended. */
  drain(): Promise<void>;
}

/** Settings of a client's connection pool. */
export interface ClientOptions {
  readonly poolIdleTimeoutMs: number;
  readonly poolIdleMax?: number | undefined;
  /** How its connections are made, where the runtime's own way is not the one that is meant. */
  readonly connection?: ConnectionOptions | undefined;
}

/** How connections to an upstream are made. */
export interface ConnectionOptions {
  /** For `https:`; without it the runtime's own roots are trusted. */
  readonly tls?: ClientTls | undefined;
  /** The proxy that they go through. */
  readonly tunnel?: Tunnel | undefined;
  /** How long one may take until it can be used, in milliseconds; its TLS is part of that. */
  readonly connectMsMax?: number | undefined;
  /** After how long a silence the other side is asked for a sign of life, in milliseconds. */
  readonly keepaliveMs?: number | undefined;
}

/** TLS to a server. */
export interface ClientTls {
  /** The only roots that are trusted. */
  readonly caPem?: string | undefined;
  /** The client's own certificate and its key. */
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** The name that is asked for and verified, in place of the URL's. */
  readonly serverName?: string | undefined;
  /** Whether any certificate will do. */
  readonly insecure?: boolean | undefined;
  /** Whether a trusted certificate will do, whatever its names. */
  readonly insecureHost?: boolean | undefined;
  readonly alpn?: readonly string[] | undefined;
  /** Names that will do beside the one that is asked for. */
  readonly subjectAltNames?: readonly string[] | undefined;
}

/** An HTTP proxy that connects to where it is told. */
export interface Tunnel {
  readonly host: string;
  readonly port: number;
  /** TLS to the proxy itself. */
  readonly tls?: ClientTls | undefined;
  /** Sent to the proxy, and to nobody else. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends requests; redirects are answers like any other. */
export interface Client {
  /** The content codings, in lower case, that `fetch` unfolds when it is asked to decode. */
  readonly decodes: ReadonlySet<string>;
  fetch(url: string, init: ClientRequest): Promise<Response>;
  /** Keeps no connection any more; what is under way ends by itself. */
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
