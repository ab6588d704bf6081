import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";

/** Answers a message with a message; a `GrpcRefusal` that it throws is a status other than OK. */
export type GrpcHandler = (
  message: Uint8Array,
  call: GrpcCall,
) => Uint8Array | Promise<Uint8Array>;

/** What a server knows of a call beside its message. */
export interface GrpcCall {
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client gives up. */
  readonly gone: AbortSignal;
}

/** A status other than OK. */
export class GrpcRefusal extends Error {
  readonly code: number;

  constructor(message: string, code = INVALID_ARGUMENT) {
    super(message);
    this.code = code;
  }
}

const INVALID_ARGUMENT = 3;

interface GrpcServerOptions {
  readonly port?: number;
  /** TLS, with certificates in PEM. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** A gRPC server of one method, over plain HTTP/2, which knows nothing of its messages. */
export class GrpcServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  #sessionsAccepted = 0;

  private constructor(server: Http2Server, method: string, handler: GrpcHandler) {
    const address = server.address();
    assert.ok(address !== null && typeof address !== "string");
    this.port = address.port;
    this.#server = server;
    server.on("session", (session) => {
      this.#sessions.add(session);
      this.#sessionsAccepted++;
      session.on("error", () => {});
      session.on("close", () => this.#sessions.delete(session));
    });
    server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on("error", () => {});
      serve(stream, headers, method, handler);
    });
  }

  static async listen(
    method: string,
    handler: GrpcHandler,
    { port = 0, tls }: GrpcServerOptions = {},
  ): Promise<GrpcServer> {
    const server = tls === undefined
      ? createServer()
      : createSecureServer({ cert: tls.certPem, key: tls.keyPem });
    server.on("tlsClientError", () => {});
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return new GrpcServer(server, method, handler);
  }

  get sessionsAccepted(): number {
    return this.#sessionsAccepted;
  }

  /** Cuts all connections, with what is under way on them, and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.destroy();
    await closed;
  }
}

function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  method: string,
  handler: GrpcHandler,
): void {
  const gone = new AbortController();
  const parts: Buffer[] = [];
  stream.on("aborted", () => gone.abort());
  stream.on("close", () => gone.abort());
  stream.on("data", (part: Buffer) => parts.push(part));
  stream.on("end", async () => {
    try {
      const message = messageIn(Buffer.concat(parts), headers, method);
      const answer = await handler(message, { headers, gone: gone.signal });
      if (stream.destroyed) return;
      stream.respond(HEAD, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(framed(answer));
    } catch (error) {
      if (stream.destroyed) return;
      const code = error instanceof GrpcRefusal ? error.code : UNKNOWN;
      const words = error instanceof Error ? error.message : String(error);
      stream.respond(
        { ...HEAD, "grpc-status": String(code), "grpc-message": encodeURIComponent(words) },
        { endStream: true },
      );
    }
  });
}

const UNKNOWN = 2;

const HEAD = { ":status": 200, "content-type": "application/grpc" };

/** The message of a call, which has to be as the protocol says. */
function messageIn(bytes: Buffer, headers: IncomingHttpHeaders, method: string): Uint8Array {
  assert.equal(headers[":method"], "POST");
  assert.equal(headers[":path"], method);
  assert.equal(headers["content-type"], "application/grpc");
  assert.equal(headers["te"], "trailers");
  assert.ok(bytes.length >= 5, "a message has a prefix");
  assert.equal(bytes[0], 0, "it is not compressed");
  assert.equal(bytes.readUInt32BE(1), bytes.length - 5, "and as long as it says");
  return new Uint8Array(bytes.subarray(5));
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
