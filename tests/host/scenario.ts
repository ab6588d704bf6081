import { Buffer } from "node:buffer";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import type {
  Arrival,
  Handler,
  Host,
  Server,
  ServerCertificate,
  ServerTls,
} from "../../src/host/host.ts";

/** Something that has to hold on every runtime; runs on each with its own host. */
export type Scenario = (host: Host) => Promise<void>;

/** Scenarios by what they claim. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** The TLS of a listener with certificates by name; the empty name is for all others. */
export function serverTls(
  certificates: Readonly<Record<string, ServerCertificate>>,
  settings: Partial<ServerTls> = {},
): ServerTls {
  const every = Object.values(certificates);
  return {
    handshakeMsMax: 5_000,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    asksForCertificate: every.some(({ clientCaPem }) => clientCaPem !== undefined),
    certificateFor: (name) => certificates[name] ?? certificates[""],
    ...settings,
  };
}

/** A listener on a port of its own. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
}

/** Serves traffic on a free port of loopback. */
export async function serving(host: Host, handler: Handler, tls?: ServerTls): Promise<Listening> {
  const port = await freePort();
  const server = await host.serve({ hostname: "127.0.0.1", port }, handler, "traffic", tls);
  return {
    port,
    server,
    [Symbol.asyncDispose]: () => server.drain(),
  };
}

/** Tells what the listener knows of a request. */
export function tellArrival(request: Request, { peer, tls }: Arrival): Response {
  const seen = { url: request.url, peer, tls, headers: Object.fromEntries(request.headers) };
  return Response.json(seen);
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const port = portOf(server);
      server.close(() => resolve(port));
    });
  });
}

function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not bound to a port");
  return address.port;
}

/** A server of bare sockets, which are gone with it. */
export interface SocketServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  readonly accepted: () => number;
}

/** Serves sockets on a free port of loopback. */
export function socketServer(serve: (socket: Socket) => void): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({
        port: portOf(server),
        sockets,
        accepted: () => accepted,
        [Symbol.asyncDispose]: () =>
          new Promise<void>((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

/** Calls back with every request head, and what of its body came with it. */
export function onHead(socket: Socket, answer: (head: string, rest: Buffer) => void): void {
  let received = Buffer.alloc(0);
  const read = (chunk: Uint8Array) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    socket.off("data", read);
    const head = received.toString("latin1", 0, end);
    const rest = received.subarray(end + 4);
    received = Buffer.alloc(0);
    answer(head, rest);
  };
  socket.on("data", read);
}

interface Hello {
  readonly serverName?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
  readonly session?: Buffer | undefined;
  readonly alpn?: readonly string[];
}

/** What a client sees of a TLS connection that it does not judge. */
export interface Shown {
  /** The whole answer to a request for `/`; empty if the server hung up. */
  readonly answer: string;
  /** Of the server's certificate. */
  readonly commonName: string | undefined;
  readonly session: Buffer | undefined;
  readonly error: string | undefined;
  readonly alpn: string | false | null;
}

/** Makes a TLS connection and asks for `/` on it, in the name of a host. */
export function knock(port: number, hello: Hello = {}, host = "host.test"): Promise<Shown> {
  return new Promise((resolve) => {
    let answer = "";
    let session: Buffer | undefined;
    let error: string | undefined;
    let commonName: string | undefined;
    const socket = tlsConnect(port, hello, () => {
      commonName = commonNameOf(socket);
      socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    });
    socket.on("session", (next: Buffer) => session = next);
    socket.on("data", (chunk: Uint8Array) => answer += Buffer.from(chunk).toString());
    socket.on("error", (cause) => error = cause.message);
    socket.on("close", () => {
      resolve({ answer, commonName, session, error, alpn: socket.alpnProtocol });
    });
  });
}

/** A TLS connection whose server may have any certificate. */
export function tlsConnect(port: number, hello: Hello, connected: () => void): TLSSocket {
  const { serverName, certPem, keyPem, maxVersion, session, alpn } = hello;
  return connect({
    host: "127.0.0.1",
    port,
    rejectUnauthorized: false,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(certPem === undefined ? {} : { cert: certPem }),
    ...(keyPem === undefined ? {} : { key: keyPem }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(session === undefined ? {} : { session }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
  }, connected);
}

function commonNameOf(socket: TLSSocket): string | undefined {
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === "string" ? name : undefined;
}

/** The JSON body of an answer as `knock` gives it. */
export function bodyOf(answer: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1));
}
