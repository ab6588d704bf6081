import { Buffer } from "node:buffer";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from "node:tls";
import { splitAltNames } from "./client_certificate.ts";
import type { ClientTls, ConnectionOptions } from "./host.ts";

/** Where a connection leads. */
export interface Destination {
  /** An IPv6 address is without its brackets. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** A connection could not be made; `code` is as in Node's errors. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Connects, through the proxy if there is one; leaves nothing open when it rejects. */
export async function connect(
  destination: Destination,
  { tls = {}, tunnel, connectMsMax, keepaliveMs }: ConnectionOptions,
): Promise<Socket> {
  const attempt = new Attempt(connectMsMax);
  try {
    await attempt.tcp(tunnel ?? destination, keepaliveMs);
    if (tunnel !== undefined) {
      if (tunnel.tls !== undefined) await attempt.secure(tunnel.host, tunnel.tls);
      await attempt.tunnel(destination, tunnel.headers);
    }
    if (destination.isTls) await attempt.secure(destination.host, tls);
    return attempt.done();
  } catch (cause) {
    attempt.fail();
    throw cause;
  }
}

/** The most bytes of a proxy's answer. */
const PROXY_HEAD_BYTES_MAX = 16_384;

/** Owns a connection until it can be used. */
class Attempt {
  #socket: Socket | undefined;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #late = Promise.withResolvers<never>();

  constructor(msMax: number | undefined) {
    this.#late.promise.catch(() => {});
    if (msMax === undefined) return;
    this.#timer = setTimeout(() => {
      this.#late.reject(new ConnectError("ETIMEDOUT", `not connected within ${msMax} ms`));
    }, msMax);
  }

  async tcp(
    { host, port }: { readonly host: string; readonly port: number },
    keepaliveMs: number | undefined,
  ): Promise<void> {
    const keepalive = keepaliveMs === undefined
      ? {}
      : { keepAlive: true, keepAliveInitialDelay: keepaliveMs };
    const socket = connectTcp({ host, port, noDelay: true, ...keepalive });
    await this.#ready(socket, "connect");
  }

  async secure(host: string, tls: ClientTls): Promise<void> {
    const name = tls.serverName ?? host;
    const secured = connectTls({
      socket: this.#current(),
      host: name,
      // An address is no name that could be asked for.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
      ...(tls.certPem === undefined ? {} : { cert: tls.certPem }),
      ...(tls.keyPem === undefined ? {} : { key: tls.keyPem }),
      ...(tls.alpn === undefined ? {} : { ALPNProtocols: [...tls.alpn] }),
      rejectUnauthorized: tls.insecure !== true,
      checkServerIdentity: (_, certificate) => identityProblem(name, certificate, tls),
    });
    await this.#ready(secured, "secureConnect");
  }

  /** Asks the proxy for a tunnel (RFC 9110, 9.3.6). */
  async tunnel(
    { host, port }: Destination,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const lines = Object.entries({ host: authority, ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    this.#current().write(`CONNECT ${authority} HTTP/1.1\r\n${lines.join("")}\r\n`);
    const head = await this.#proxyHead();
    const status = /^HTTP\/1\.[01] (\d{3})(?: |\r\n)/.exec(head)?.[1];
    if (status?.startsWith("2")) return;
    throw new ConnectError(
      "ERR_PROXY",
      status === undefined
        ? "the proxy did not answer in HTTP"
        : `the proxy answered CONNECT with status ${status}`,
    );
  }

  /** Hands the connection over. */
  done(): Socket {
    clearTimeout(this.#timer);
    return this.#current();
  }

  fail(): void {
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #current(): Socket {
    if (this.#socket === undefined) throw new ConnectError("ENOTCONN", "not connected");
    return this.#socket;
  }

  async #ready(socket: Socket, event: string): Promise<void> {
    this.#socket = socket;
    // An error between two steps shows in the next one.
    socket.on("error", () => {});
    await this.#race(socket, (resolve) => {
      socket.once(event, resolve);
      return () => socket.off(event, resolve);
    });
  }

  /** The head of the proxy's answer; nothing may follow it until we have spoken again. */
  async #proxyHead(): Promise<string> {
    const socket = this.#current();
    let received = Buffer.alloc(0);
    return await this.#race(socket, (resolve, reject) => {
      const read = (chunk: Uint8Array) => {
        received = Buffer.concat([received, chunk]);
        const end = received.indexOf("\r\n\r\n");
        if (end < 0) {
          if (received.length <= PROXY_HEAD_BYTES_MAX) return;
          return reject(new ConnectError("ERR_PROXY", "the head of the proxy's answer has no end"));
        }
        if (received.length > end + 4) {
          return reject(new ConnectError("ERR_PROXY", "the proxy spoke out of turn"));
        }
        resolve(received.toString("latin1", 0, end + 2));
      };
      socket.on("data", read);
      return () => socket.off("data", read);
    });
  }

  /** Waits for a step; ends with the socket, or when the time is over. */
  async #race<Value>(
    socket: Socket,
    step: (resolve: (value: Value) => void, reject: (cause: Error) => void) => () => void,
  ): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const closed = () => reject(new ConnectError("ECONNRESET", "connection closed"));
    socket.once("error", reject);
    socket.once("close", closed);
    const end = step(resolve, reject);
    try {
      return await Promise.race([promise, this.#late.promise]);
    } finally {
      end();
      socket.off("error", reject);
      socket.off("close", closed);
    }
  }
}

function identityProblem(
  name: string,
  certificate: PeerCertificate,
  { insecure, insecureHost, subjectAltNames = [] }: ClientTls,
): Error | undefined {
  if (insecure === true || insecureHost === true) return undefined;
  const problem = checkServerIdentity(name, certificate);
  if (problem === undefined || subjectAltNames.length === 0) return problem;
  const own = splitAltNames(certificate.subjectaltname ?? "").map((one) => one.toLowerCase());
  return subjectAltNames.some((one) => own.includes(one.toLowerCase())) ? undefined : problem;
}
