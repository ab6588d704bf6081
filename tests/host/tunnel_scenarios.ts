import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ConnectionOptions } from "../../src/host/host.ts";
import { authority, type TestCertificate } from "../support/certificates.ts";
import { until, within } from "../support/until.ts";
import { ask, clientOf } from "./asking.ts";
import {
  onHead,
  type Scenarios,
  serverTls,
  serving,
  type SocketServer,
  socketServer,
  tellArrival,
} from "./scenario.ts";

const ours = authority("Ours");
const good = ours.issue({ names: ["localhost", "127.0.0.1"] });
const trusted = { caPem: ours.pem };
const CREDENTIAL = "Basic dXNlcjpwYXNzd29yZA==";
const headers = { "proxy-authorization": CREDENTIAL };

/** What clients do that go through a proxy, or set how they connect. */
export const tunnelScenarios: Scenarios = {
  async "fetch() goes through a proxy to servers with and without TLS"(host) {
    await using secure = await serving(host, tellArrival, serverTls({ "": good }));
    await using plain = await serving(host, tellArrival);
    await using proxy = await strictProxy();
    const client = clientOf(host, {
      tls: trusted,
      tunnel: { host: "127.0.0.1", port: proxy.server.port, headers },
    });
    for (const origin of [`https://localhost:${secure.port}`, `http://127.0.0.1:${plain.port}`]) {
      for (let index = 0; index < 2; index++) {
        const seen = await (await ask(client, `${origin}/path`)).json();
        assert.equal(seen.url, `${origin}/path`);
        assert.equal(seen.headers["proxy-authorization"], undefined);
        assert.equal(seen.tls?.serverName, origin.startsWith("https") ? "localhost" : undefined);
      }
    }
    const asked = [`localhost:${secure.port}`, `127.0.0.1:${plain.port}`];
    assert.deepEqual(proxy.asked, asked, "one tunnel for each origin, which is used again");
    client.close();
  },

  async "fetch() speaks TLS to the proxy itself"(host) {
    await using secure = await serving(host, tellArrival, serverTls({ "": good }));
    await using proxy = await strictProxy(good);
    const url = `https://127.0.0.1:${secure.port}/`;
    const place = { host: "127.0.0.1", port: proxy.server.port, headers };
    const client = clientOf(host, { tls: trusted, tunnel: { ...place, tls: trusted } });
    assert.equal((await ask(client, url)).status, 200);
    client.close();
    const distrustful = clientOf(host, { tls: trusted, tunnel: { ...place, tls: {} } });
    await assert.rejects(ask(distrustful, url), /certificate/i);
    distrustful.close();
  },

  async "fetch() judges the server behind a proxy as without one"(host) {
    const stranger = authority().issue({ names: ["127.0.0.1"] });
    await using secure = await serving(host, tellArrival, serverTls({ "": stranger }));
    await using proxy = await strictProxy();
    const client = clientOf(host, {
      tls: trusted,
      tunnel: { host: "127.0.0.1", port: proxy.server.port, headers },
    });
    await assert.rejects(ask(client, `https://127.0.0.1:${secure.port}/`), /certificate/i);
    await until("the tunnel to be closed", () => proxy.server.sockets.size === 0);
    client.close();
  },

  async "fetch() says so when the proxy does not open a tunnel"(host) {
    await using proxy = await strictProxy();
    const ill = [
      ["nothing", ""],
      ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
      ["no end", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}`],
      ["too much", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
      ["a redirect", "HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n"],
    ] as const;
    const tunnel = { host: "127.0.0.1", port: proxy.server.port, headers: {} };
    const anonymous = clientOf(host, { tunnel });
    await assert.rejects(ask(anonymous, "http://127.0.0.1:1/"), /proxy answered .* status 407/);
    const known = clientOf(host, { tunnel: { ...tunnel, headers } });
    await assert.rejects(ask(known, "http://127.0.0.1:1/"), /proxy answered .* status 502/);
    for (const [name, text] of ill) {
      await using other = await socketServer((socket) =>
        onHead(socket, () => text === "" ? socket.end() : socket.write(text))
      );
      const client = clientOf(host, { tunnel: { ...tunnel, port: other.port } });
      await assert.rejects(within("the end", 2_000, ask(client, "http://127.0.0.1:1/")), {
        name: "ConnectError",
      }, name);
    }
  },

  async "fetch() streams both ways through a tunnel"(host) {
    const handler = (request: Request) => new Response(request.body);
    await using secure = await serving(host, handler, serverTls({ "": good }));
    await using proxy = await strictProxy();
    const client = clientOf(host, {
      tls: trusted,
      tunnel: { host: "127.0.0.1", port: proxy.server.port, headers },
    });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const first = writer.write(new TextEncoder().encode("ping"));
    const answer = await ask(client, `https://127.0.0.1:${secure.port}/`, {
      method: "POST",
      body: readable,
    });
    const reader = answer.body?.getReader();
    for (const text of ["ping", "pong"]) {
      if (text === "pong") await writer.write(new TextEncoder().encode(text));
      await first;
      const { value } = await within("an echo", 2_000, reader?.read() ?? Promise.reject());
      assert.equal(new TextDecoder().decode(value), text);
    }
    await writer.close();
    assert.equal((await reader?.read())?.done, true);
    const large = new Uint8Array(5_000_000).fill(7);
    const echoed = await ask(client, `https://127.0.0.1:${secure.port}/`, {
      method: "POST",
      body: large,
    });
    assert.deepEqual((await echoed.bytes()).length, large.length);
    client.close();
  },

  async "fetch() closes its tunnel at once when its signal says so"(host) {
    const handler = () => new Promise<Response>(() => {});
    await using secure = await serving(host, handler, serverTls({ "": good }));
    await using proxy = await strictProxy();
    const client = clientOf(host, {
      tls: trusted,
      tunnel: { host: "127.0.0.1", port: proxy.server.port, headers },
    });
    const controller = new AbortController();
    const { signal } = controller;
    const asked = ask(client, `https://127.0.0.1:${secure.port}/`, { signal });
    await until("the request", () => proxy.tunnelled() > 0);
    const startedMs = performance.now();
    controller.abort(new Error("enough"));
    await assert.rejects(asked, /enough/);
    await until("the end", () => proxy.server.sockets.size === 0);
    assert.ok(performance.now() - startedMs < 100);
    client.close();
  },

  async "fetch() waits no longer for a connection than it is told to"(host) {
    await using silent = await socketServer((socket) => void socket.resume());
    const { port } = silent;
    const ways: readonly [string, ConnectionOptions][] = [
      ["https", {}],
      ["http", { tunnel: { host: "127.0.0.1", port, headers: {} } }],
      ["http", { tunnel: { host: "127.0.0.1", port, headers: {}, tls: {} } }],
    ];
    for (const [scheme, connection] of ways) {
      const client = clientOf(host, { ...connection, connectMsMax: 100 });
      const startedMs = performance.now();
      await assert.rejects(ask(client, `${scheme}://127.0.0.1:${port}/`), { code: "ETIMEDOUT" });
      const waitedMs = performance.now() - startedMs;
      assert.ok(waitedMs > 90 && waitedMs < 1_000, `${waitedMs}`);
      await until("the connection to be closed", () => silent.sockets.size === 0);
      client.close();
    }
    const client = clientOf(host, { connectMsMax: 100 });
    const late = ask(client, `http://127.0.0.1:${port}/`);
    await until("the request", () => silent.sockets.size === 1);
    await assert.rejects(within("the time for connecting to be over", 250, late), /not within/);
    for (const socket of silent.sockets) socket.end("HTTP/1.1 204 OK\r\n\r\n");
    assert.equal((await late).status, 204);
    client.close();
  },

  async "fetch() asks silent connections for a sign of life if it is told to"(host) {
    await using secure = await serving(host, tellArrival, serverTls({ "": good }));
    for (
      const [scheme, tls] of [["http", undefined], ["https", serverTls({ "": good })]] as const
    ) {
      await using upstream = await serving(host, tellArrival, tls);
      const client = clientOf(host, { tls: trusted, keepaliveMs: 70_000 });
      const answer = await ask(client, `${scheme}://127.0.0.1:${upstream.port}/`);
      const { peer } = await answer.json();
      const timer = keepaliveTimer(Number(peer.split(":").at(-1)), upstream.port);
      assert.ok(timer !== undefined && timer > 60_000 && timer <= 70_000, `${timer}`);
      client.close();
    }
    assert.ok(secure.port > 0);
  },
};

/** Milliseconds until the kernel probes a connection; undefined if it does not. */
function keepaliveTimer(localPort: number, remotePort: number): number | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, "0");
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  const line = lines.find((one) => {
    const [, local, remote] = one.trim().split(/\s+/);
    return local?.endsWith(`:${hex(localPort)}`) && remote?.endsWith(`:${hex(remotePort)}`);
  });
  const [kind, jiffies = ""] = line?.trim().split(/\s+/)[5]?.split(":") ?? [];
  return kind === "02" ? parseInt(jiffies, 16) * 10 : undefined;
}

interface StrictProxy extends AsyncDisposable {
  readonly server: SocketServer;
  /** Where tunnels were asked for with the right credential. */
  readonly asked: string[];
  /** Bytes that clients have sent through tunnels. */
  readonly tunnelled: () => number;
}

/** A proxy that only knows CONNECT, and only for those with its credential. */
async function strictProxy(tls?: TestCertificate): Promise<StrictProxy> {
  const asked: string[] = [];
  let tunnelled = 0;
  const serve = (socket: Socket) =>
    onHead(socket, (head, rest) => {
      const refuse = (status: string) =>
        socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      const authority = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1];
      const lines = head.split("\r\n").map((line) => line.toLowerCase());
      if (authority === undefined || rest.length > 0) return refuse("400 Bad Request");
      if (!lines.includes(`host: ${authority}`)) return refuse("400 Bad Request");
      if (!head.includes(`\r\nproxy-authorization: ${CREDENTIAL}`)) {
        return refuse("407 Proxy Authentication Required");
      }
      asked.push(authority);
      const [hostname = "", port] = authority.split(":");
      const target = connectTcp({ host: hostname, port: Number(port) }, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.on("data", (chunk: Uint8Array) => tunnelled += chunk.length);
        socket.pipe(target).pipe(socket);
      });
      target.on("error", () => refuse("502 Bad Gateway"));
      target.on("close", () => socket.destroy());
      socket.on("close", () => target.destroy());
    });
  const server = await socketServer((socket) => {
    if (tls === undefined) return serve(socket);
    const { certPem: cert, keyPem: key } = tls;
    const secured = new TLSSocket(socket, { isServer: true, cert, key });
    secured.on("error", () => {});
    serve(secured);
  });
  return {
    server,
    asked,
    tunnelled: () => tunnelled,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
