import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { parseRequest, type ReceivedRequest } from "./http_request.ts";

/**
 * How an answer ends before its end: by a TCP reset, by closing the connection within the HTTP
 * body, by ending that body in good order, or not at all.
 */
export type BreakOff = "reset" | "close" | "end" | "stall";

/** Answers one request; may take as long as it likes. */
export type ExchangeHandler = (exchange: Exchange) => void | Promise<void>;

/**
 * An HTTP/1.1 server that owns its sockets, so that a test can reset one in the middle of an
 * answer, write an event in two halves, and know to the millisecond when the client let go.
 */
export class SocketHttpServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #socketsMax = 0;
  #accepted = 0;

  private constructor(handler: ExchangeHandler) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      this.#accepted++;
      this.#socketsMax = Math.max(this.#socketsMax, this.#sockets.size);
      socket.on("close", () => this.#sockets.delete(socket));
      serveConnection(socket, this.#accepted, handler);
    });
  }

  static listen(handler: ExchangeHandler): Promise<SocketHttpServer> {
    const made = new SocketHttpServer(handler);
    return new Promise((resolve) => {
      made.#server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => resolve(made));
    });
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return address.port;
  }

  get socketsOpen(): number {
    return this.#sockets.size;
  }

  /** The most sockets that were open at once. */
  get socketsMax(): number {
    return this.#socketsMax;
  }

  get socketsAccepted(): number {
    return this.#accepted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** One request and the answer to it. */
export class Exchange {
  readonly request: ReceivedRequest;
  /** Aborted when the client closes its connection before the answer has ended. */
  readonly gone: AbortSignal;
  /** The instant of that, on the clock of `performance.now()`. */
  goneMs: number | undefined;

  readonly #socket: Socket;
  readonly #gone = new AbortController();
  readonly #ended: () => void;
  #state: "waiting" | "begun" | "ended" = "waiting";

  constructor(socket: Socket, request: ReceivedRequest, ended: () => void) {
    this.#socket = socket;
    this.request = request;
    this.gone = this.#gone.signal;
    this.#ended = ended;
  }

  get open(): boolean {
    return this.#state !== "ended";
  }

  /** Sends a whole answer with its length. */
  respond(status: number, headers: HeadersInit, body: Uint8Array | string): void {
    const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.from(body);
    const fields = new Headers(headers);
    fields.set("content-length", String(bytes.length));
    const sent = this.request.method === "HEAD" ? [] : [bytes];
    this.raw(Buffer.concat([Buffer.from(head(status, fields)), ...sent]));
    this.#finish();
  }

  /** Sends the head of a chunked answer. */
  begin(status: number, headers: HeadersInit): void {
    const fields = new Headers(headers);
    fields.set("transfer-encoding", "chunked");
    this.raw(Buffer.from(head(status, fields)));
    this.#state = "begun";
  }

  /** Sends one chunk in one write. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
    this.raw(Buffer.concat([size, bytes, Buffer.from("\r\n")]));
  }

  end(): void {
    this.raw(Buffer.from("0\r\n\r\n"));
    this.#finish();
  }

  /** Writes to the socket as it is, past all framing. */
  raw(bytes: Uint8Array): void {
    if (this.open && !this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    this.#finish();
    this.#socket.resetAndDestroy();
  }

  /** Closes the connection in good order, wherever the answer stands. */
  close(): void {
    this.#finish();
    this.#socket.destroySoon();
  }

  /** Ends or stalls in the middle, when what was sent before has had the time to be read. */
  async breakOff(how: BreakOff): Promise<void> {
    await this.wait(readPauseMs);
    if (how === "reset") this.reset();
    else if (how === "close") this.close();
    else if (how === "end") this.end();
    else await this.wait(Infinity);
  }

  /** Waits, but not longer than the client does. */
  wait(delayMs: number): Promise<void> {
    if (delayMs === 0 || this.gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = delayMs === Infinity ? undefined : setTimeout(done, delayMs);
      this.gone.addEventListener("abort", done);
      const { gone } = this;
      function done() {
        clearTimeout(timer);
        gone.removeEventListener("abort", done);
        resolve();
      }
    });
  }

  /** Is told by the connection that the client has let go. */
  leave(): void {
    if (!this.open) return;
    this.goneMs = performance.now();
    this.#state = "ended";
    this.#gone.abort();
  }

  #finish(): void {
    this.#state = "ended";
    this.#ended();
  }
}

/** A reset throws away what the other side has not read yet, and some clients do so at a close. */
const readPauseMs = 25;

function serveConnection(socket: Socket, connection: number, handler: ExchangeHandler): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let neededBytes = 1;
  let current: Exchange | undefined;

  const advance = () => {
    if (current !== undefined || pendingBytes < neededBytes) return;
    const bytes = pending.length === 1 ? pending[0] ?? Buffer.alloc(0) : Buffer.concat(pending);
    pending = [bytes];
    const parsed = parseRequest(bytes, connection);
    if ("neededBytes" in parsed) {
      neededBytes = parsed.neededBytes;
      return;
    }
    pending = [bytes.subarray(parsed.bytesUsed)];
    pendingBytes -= parsed.bytesUsed;
    neededBytes = 1;
    current = new Exchange(socket, parsed.request, () => {
      current = undefined;
      queueMicrotask(advance);
    });
    Promise.resolve(handler(current)).catch((error) => socket.destroy(error));
  };

  socket.on("data", (chunk: Buffer) => {
    pending.push(chunk);
    pendingBytes += chunk.length;
    advance();
  });
  const leave = () => current?.leave();
  socket.on("end", leave);
  socket.on("close", leave);
  socket.on("error", leave);
}

function head(status: number, headers: Headers): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reasonPhrases[status] ?? "Status"}\r\n${lines.join("")}\r\n`;
}

const reasonPhrases: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
