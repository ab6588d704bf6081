import { Buffer } from "node:buffer";
import type { Client, Metadata, ServiceError } from "@grpc/grpc-js";

/** Calls methods of a service: the bytes of a message there, those of another back. */
export interface GrpcCaller {
  /** Rejects with a `GrpcError`, or with the signal's reason when that aborts. */
  call(method: string, message: Uint8Array, options: GrpcCallOptions): Promise<Uint8Array>;
}

/** How long a call may take. */
export interface GrpcCallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Where a service is. */
export interface GrpcAddress {
  /** A name or an IP address, of version 6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** TLS to the service; plain text without. */
  readonly tls?: GrpcTls | undefined;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

/** TLS to a service; without a word on them, the runtime's own roots are trusted. */
export interface GrpcTls {
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** The name that is asked for and verified, in place of the host. */
  readonly serverName?: string | undefined;
  /** Whether any certificate will do. */
  readonly insecure?: boolean | undefined;
  /** Whether a trusted certificate will do, whatever its names. */
  readonly insecureHost?: boolean | undefined;
}

/** A service could not be asked, or refused to answer. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
}

/** The largest message that is taken. */
const MESSAGE_BYTES_MAX = 1024 * 1024;

/** Calls that have to be lost in a row until the connection is taken for one that leads nowhere. */
const LOST_MAX = 3;

const OPTIONS = {
  "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
  "grpc.initial_reconnect_backoff_ms": 250,
  "grpc.min_reconnect_backoff_ms": 250,
  "grpc.max_reconnect_backoff_ms": 5_000,
  "grpc.client_idle_timeout_ms": 300_000,
  // Neither the environment nor the service's DNS says how it is called, but the configuration.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

/**
 * Owns the connection to a service: it is made when it is first needed, made anew, with longer and
 * longer pauses, when it is lost, and given up when it is idle.
 */
export class GrpcChannel implements GrpcCaller {
  readonly #address: GrpcAddress;
  #connecting: Promise<Connection> | undefined;
  #lost = 0;

  constructor(address: GrpcAddress) {
    this.#address = address;
  }

  async call(
    method: string,
    message: Uint8Array,
    { signal, timeoutMs }: GrpcCallOptions,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const connection = await (this.#connecting ??= connect(this.#address));
    signal.throwIfAborted();
    const outcome = await exchange(connection, method, message, { signal, timeoutMs });
    if (outcome === "late") {
      // A machine that is gone leaves connections behind that nothing ever comes from.
      if (++this.#lost >= LOST_MAX) await this.#drop(connection);
      throw new GrpcError(`no answer within ${timeoutMs} ms`);
    }
    this.#lost = 0;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Ends what is under way; the next call would connect anew. */
  async close(): Promise<void> {
    const connection = await this.#connecting;
    if (connection !== undefined) await this.#drop(connection);
  }

  async #drop(connection: Connection): Promise<void> {
    if (await this.#connecting !== connection) return;
    this.#connecting = undefined;
    this.#lost = 0;
    connection.client.close();
  }
}

interface Connection {
  readonly client: Client;
  readonly metadata: Metadata;
}

/** The library is loaded by those who use it, for it takes longer than the rest of a start. */
async function connect({ host, port, tls, headers }: GrpcAddress): Promise<Connection> {
  const { Client, Metadata, credentials } = await import("@grpc/grpc-js");
  const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  if (tls === undefined) {
    return { client: new Client(target, credentials.createInsecure(), OPTIONS), metadata };
  }
  const secure = credentials.createSsl(
    pem(tls.caPem),
    pem(tls.keyPem),
    pem(tls.certPem),
    {
      rejectUnauthorized: tls.insecure !== true,
      ...(tls.insecure === true || tls.insecureHost === true
        ? { checkServerIdentity: () => undefined }
        : {}),
    },
  );
  const named = tls.serverName === undefined
    ? {}
    : { "grpc.ssl_target_name_override": tls.serverName };
  return { client: new Client(target, secure, { ...OPTIONS, ...named }), metadata };
}

function pem(text: string | undefined): Buffer | null {
  return text === undefined ? null : Buffer.from(text);
}

function exchange(
  { client, metadata }: Connection,
  method: string,
  message: Uint8Array,
  { signal, timeoutMs }: GrpcCallOptions,
): Promise<Uint8Array | GrpcError | "late"> {
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: Uint8Array) => {
      ended();
      if (error !== null) resolve(failure(error));
      else resolve(answer ?? new Uint8Array());
    };
    const call = client.makeUnaryRequest(method, buffer, same, message, metadata, {}, done);
    const leave = () => {
      ended();
      reject(signal.reason);
      call.cancel();
    };
    const timer = setTimeout(() => {
      ended();
      resolve("late");
      call.cancel();
    }, timeoutMs);
    signal.addEventListener("abort", leave, { once: true });
    function ended() {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    }
  });
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(bytes: Uint8Array): Uint8Array {
  return bytes;
}

function failure(error: ServiceError): GrpcError {
  return new GrpcError(`status ${error.code}: ${error.details}`, { cause: error });
}
