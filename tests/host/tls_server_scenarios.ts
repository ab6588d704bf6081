import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import type { Arrival } from "../../src/host/host.ts";
import { authority, selfSigned } from "../support/certificates.ts";
import { until, within } from "../support/until.ts";
import {
  bodyOf,
  knock,
  type Scenarios,
  serverTls,
  serving,
  tellArrival,
  tlsConnect,
} from "./scenario.ts";

const a = selfSigned("a.test");
const b = selfSigned("*.b.test");
const other = selfSigned("other.test");
const clients = authority("Clients");
const strangers = authority("Strangers");

/** What listeners with TLS do. */
export const tlsServerScenarios: Scenarios = {
  async "serve() shows the certificate of the name that is asked for"(host) {
    const byName = (name: string) => {
      if (name === "a.test") return a;
      return name.endsWith(".b.test") ? b : other;
    };
    const tls = serverTls({}, { certificateFor: byName });
    await using listening = await serving(host, tellArrival, tls);
    const cases = [
      ["a.test", "a.test"],
      ["A.TEST", "a.test"],
      ["x.b.test", "*.b.test"],
      ["elsewhere.test", "other.test"],
      [undefined, "other.test"],
    ] as const;
    for (const [serverName, expected] of cases) {
      const hello = serverName === undefined ? {} : { serverName };
      const { commonName, answer } = await knock(listening.port, hello);
      assert.equal(commonName, expected);
      const { tls, url } = bodyOf(answer);
      assert.equal(tls.serverName, serverName?.toLowerCase() ?? "");
      assert.equal(tls.clientCertificate, undefined);
      assert.equal(url, "https://host.test/");
    }
  },

  async "serve() refuses names that it has no certificate for"(host) {
    const tls = serverTls({ "a.test": a });
    await using listening = await serving(host, tellArrival, tls);
    for (const hello of [{ serverName: "b.test" }, {}]) {
      const { commonName, answer } = await knock(listening.port, hello);
      assert.deepEqual([commonName, answer], [undefined, ""]);
    }
    assert.equal((await knock(listening.port, { serverName: "a.test" })).commonName, "a.test");
  },

  async "serve() speaks HTTP/1.1 to clients that know newer versions"(host) {
    await using listening = await serving(host, tellArrival, serverTls({ "": a }));
    const { alpn } = await knock(listening.port, { alpn: ["h2", "http/1.1"] });
    assert.equal(alpn, "http/1.1");
  },

  async "serve() keeps to the versions of TLS that it was given"(host) {
    const tls = serverTls({ "": a }, { minVersion: "TLSv1.3" });
    await using listening = await serving(host, tellArrival, tls);
    assert.equal((await knock(listening.port, { maxVersion: "TLSv1.2" })).answer, "");
    assert.match((await knock(listening.port)).answer, /^HTTP\/1.1 200/);
  },

  async "useCertificates() shows new ones, and leaves connections as they are"(host) {
    const newA = selfSigned("new.a.test");
    const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
    const handler = () =>
      new Response(new ReadableStream({ start: (controller) => void streams.push(controller) }));
    await using listening = await serving(host, handler, serverTls({ "": other, "a.test": a }));
    let received = "";
    const socket = tlsConnect(listening.port, { serverName: "a.test" }, () => {
      socket.write("GET / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n");
    });
    const ended = Promise.withResolvers<void>();
    socket.on("data", (chunk: Uint8Array) => received += new TextDecoder().decode(chunk));
    socket.on("close", () => ended.resolve());
    const [stream] = await until("the request", () => streams.length > 0 && streams);
    const say = (text: string) => stream?.enqueue(new TextEncoder().encode(text));
    say("before ");
    await until("the first half", () => received.includes("before"));
    listening.server.useCertificates?.(serverTls({ "": newA }));
    for (const hello of [{ serverName: "a.test" }, {}]) {
      assert.equal(await nameShown(listening.port, hello), "new.a.test");
    }
    say("after");
    stream?.close();
    await ended.promise;
    assert.match(received, /before [^]*after/);
  },

  async "useCertificates() takes back what is not there any more"(host) {
    const tls = serverTls({ "": other, "a.test": a });
    await using listening = await serving(host, tellArrival, tls);
    listening.server.useCertificates?.(serverTls({ "b.test": b }));
    assert.equal((await knock(listening.port, { serverName: "a.test" })).answer, "");
    assert.equal((await knock(listening.port)).answer, "");
    assert.match((await knock(listening.port, { serverName: "b.test" })).answer, /^HTTP\/1.1 200/);
  },

  async "serve() lets in clients with a certificate of the listener's roots, and tells of it"(
    host,
  ) {
    const tls = serverTls({ "a.test": { ...a, clientCaPem: clients.pem }, "": other });
    await using listening = await serving(host, tellArrival, tls);
    const client = clients.issue({ commonName: "me", names: ["me.test", "spiffe://td/me"] });
    const { answer } = await knock(listening.port, { serverName: "a.test", ...client });
    const { serverName, clientCertificate }: NonNullable<Arrival["tls"]> = bodyOf(answer).tls;
    assert.equal(serverName, "a.test");
    assert.deepEqual(clientCertificate, {
      subject: "CN=me",
      issuer: "CN=Clients",
      subjectAltNames: ["me.test", "spiffe://td/me"],
      pem: client.certPem,
    });
    const elsewhere = await knock(listening.port, client);
    assert.equal(bodyOf(elsewhere.answer).tls.clientCertificate, undefined);
  },

  async "serve() hangs up on clients without such a certificate"(host) {
    const required = { ...a, clientCaPem: clients.pem };
    const tls = serverTls({ "a.test": required, "b.test": { ...b, clientCaPem: strangers.pem } });
    await using listening = await serving(host, tellArrival, tls);
    const refused = {
      none: {},
      expired: clients.issue({ toDays: -0.5 }),
      early: clients.issue({ fromDays: 1 }),
      stranger: strangers.issue(),
      "self-signed": selfSigned("me.test"),
    };
    for (const [name, shown] of Object.entries(refused)) {
      for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
        const hello = { serverName: "a.test", maxVersion, ...shown };
        const { answer, session } = await knock(listening.port, hello);
        assert.equal(answer, "", name);
        const again = await knock(listening.port, { ...hello, session });
        assert.equal(again.answer, "", `${name}, with the session of the first try`);
      }
    }
  },

  async "serve() resumes the sessions of clients that it has let in, and of no others"(host) {
    const required = { ...a, clientCaPem: clients.pem };
    const tls = serverTls({ "a.test": required, "b.test": { ...b, clientCaPem: strangers.pem } });
    await using listening = await serving(host, tellArrival, tls);
    const client = clients.issue({ commonName: "me" });
    const first = await knock(listening.port, { serverName: "a.test", ...client });
    assert.match(first.answer, /^HTTP\/1.1 200/);
    const resumed = { serverName: "a.test", session: first.session };
    const { answer } = await knock(listening.port, resumed);
    if (answer !== "") assert.equal(bodyOf(answer).tls.clientCertificate.subject, "CN=me");
    const moved = await knock(listening.port, { serverName: "b.test", session: first.session });
    assert.equal(moved.answer, "", "a session of another listener");
  },

  async "serve() hangs up on what is no TLS, and on silence"(host) {
    const tls = serverTls({ "": a }, { handshakeMsMax: 200 });
    await using listening = await serving(host, tellArrival, tls);
    for (const text of ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", ""]) {
      const startedMs = performance.now();
      await within("the end", 3_000, plainly(listening.port, text));
      assert.ok(performance.now() - startedMs < 1_500);
    }
    assert.match((await knock(listening.port)).answer, /^HTTP\/1.1 200/);
  },

  async "serve() tells at once, over TLS too, that a client has left"(host) {
    for (const bodyBytes of [0, 1_000, 100_000]) {
      const gone = Promise.withResolvers<number>();
      const arrived = Promise.withResolvers<void>();
      const handler = async (request: Request) => {
        request.signal.addEventListener("abort", () => gone.resolve(performance.now()));
        await request.text();
        arrived.resolve();
        await gone.promise;
        return new Response("too late");
      };
      await using listening = await serving(host, handler, serverTls({ "": a }));
      const socket = tlsConnect(listening.port, {}, () => {
        const head = `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
        socket.write(head + "b".repeat(bodyBytes));
      });
      socket.on("error", () => {});
      await arrived.promise;
      const leftMs = performance.now();
      socket.destroy();
      const noticedMs = await within("the abort", 2_000, gone.promise);
      assert.ok(noticedMs - leftMs < 100, `${bodyBytes} bytes: ${noticedMs - leftMs} ms`);
    }
  },

  async "drain() lets TLS answers end, and then closes their connections"(host) {
    const begun = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
    const handler = () =>
      new Response(new ReadableStream({ start: (controller) => begun.resolve(controller) }));
    const listening = await serving(host, handler, serverTls({ "": a }));
    let received = "";
    const socket = tlsConnect(listening.port, {}, () => {
      socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    });
    const ended = Promise.withResolvers<void>();
    socket.on("data", (chunk: Uint8Array) => received += new TextDecoder().decode(chunk));
    socket.on("error", () => {});
    socket.on("close", () => ended.resolve());
    const stream = await begun.promise;
    const drained = listening.server.drain();
    await assert.rejects(plainly(listening.port, ""), /ECONNREFUSED/);
    stream.enqueue(new TextEncoder().encode("the last words"));
    stream.close();
    await within("the drain", 3_000, drained);
    await ended.promise;
    assert.match(received, /the last words/);
  },
};

async function nameShown(port: number, hello: { readonly serverName?: string }) {
  const shown = Promise.withResolvers<string | undefined>();
  const socket = tlsConnect(port, hello, () => {
    const name: unknown = socket.getPeerCertificate().subject?.CN;
    shown.resolve(typeof name === "string" ? name : undefined);
    socket.destroy();
  });
  socket.on("error", shown.reject);
  return await shown.promise;
}

/** Sends a text without TLS and waits until the server hangs up. */
function plainly(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", () => {});
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}
