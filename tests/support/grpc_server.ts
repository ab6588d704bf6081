import { Buffer } from "node:buffer";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";

/** Answers a message with a message; a `GrpcRefusal` that it throws is a status other than OK. */
export type GrpcHandler = (
  message: Uint8Array,
  call: GrpcCall,
) => Uint8Array | Promise<Uint8Array>;

/** What a server knows of a call beside its message. */
export interface GrpcCall {
  /** Metadata by lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Aborted when the client gives up. */
  readonly gone: AbortSignal;
}

/** A status other than OK. */
export class GrpcRefusal extends Error {
  readonly code: number;

  constructor(message: string, code: number = status.INVALID_ARGUMENT) {
    super(message);
    this.code = code;
  }
}

interface GrpcServerOptions {
  readonly port?: number;
  /** TLS, with certificates in PEM. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** A gRPC server of one method, which knows nothing of its messages. */
export class GrpcServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async listen(
    method: string,
    handler: GrpcHandler,
    { port = 0, tls }: GrpcServerOptions = {},
  ): Promise<GrpcServer> {
    const server = new Server();
    server.addService({
      method: {
        path: method,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    }, {
      method(
        call: {
          readonly request: Buffer;
          readonly metadata: { getMap(): Record<string, unknown> };
          on(event: "cancelled", listener: () => void): void;
        },
        done: (error: { code: number; details: string } | null, value?: Buffer) => void,
      ) {
        const gone = new AbortController();
        call.on("cancelled", () => gone.abort());
        Promise.resolve()
          .then(() =>
            handler(new Uint8Array(call.request), {
              headers: call.metadata.getMap(),
              gone: gone.signal,
            })
          )
          .then((answer) => done(null, Buffer.from(answer)))
          .catch((error) =>
            done({
              code: error instanceof GrpcRefusal ? error.code : status.UNKNOWN,
              details: String(error.message),
            })
          );
      },
    });
    const credentials = tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{
        cert_chain: Buffer.from(tls.certPem),
        private_key: Buffer.from(tls.keyPem),
      }]);
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) => {
        if (error === null) resolve(found);
        else reject(error);
      });
    });
    return new GrpcServer(server, bound);
  }

  /** Cuts all connections and stops listening. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
