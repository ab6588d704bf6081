import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { until, within } from "../support/until.ts";
import { ask, bytes, clientOf, hanging, noDelay, notLate } from "./asking.ts";
import { onHead, type Scenarios, serving, socketServer } from "./scenario.ts";

/** What clients do whose connections are not the runtime's own. */
export const clientScenarios: Scenarios = {
  async "fetch() sends methods, headers and bodies as they are"(host) {
    await using upstream = await serving(host, async (request) => {
      const { method, headers } = request;
      const sent = await request.text();
      return Response.json({ method, sent, headers: Object.fromEntries(headers) });
    });
    const client = clientOf(host, {});
    const url = `http://127.0.0.1:${upstream.port}/`;
    const stream = new Blob(["in ", "parts"]).stream();
    const cases = [
      ["tëxt", "tëxt", "5"],
      [bytes("bytes"), "bytes", "5"],
      [stream, "in parts", undefined],
      [null, "", "0"],
    ] as const;
    for (const [body, expected, length] of cases) {
      const headers = { "X-A": "1" };
      const answer = await ask(client, url, { method: "POST", body, headers });
      const { method, sent, headers: seen } = await answer.json();
      assert.deepEqual([method, sent, seen["x-a"]], ["POST", expected, "1"]);
      assert.equal(seen["content-length"], length);
      assert.equal(seen["accept-encoding"], undefined);
    }
    client.close();
  },

  async "fetch() gives answers as they are"(host) {
    const answers: Readonly<Record<string, () => Response>> = {
      "/moved": () => new Response(null, { status: 302, headers: MOVED }),
      "/none": () => new Response(null, { status: 204 }),
      "/gzip": () => new Response(new Uint8Array(gzipSync("text")), { headers: GZIP }),
      "/whole": () => new Response("whole"),
    };
    await using upstream = await serving(host, ({ url }) => {
      return answers[new URL(url).pathname]?.() ?? new Response(null, { status: 404 });
    });
    const client = clientOf(host, {});
    const url = `http://127.0.0.1:${upstream.port}`;
    const moved = await ask(client, `${url}/moved`);
    assert.equal(moved.status, 302);
    assert.deepEqual(moved.headers.getSetCookie(), ["a=1", "b=2"]);
    await moved.body?.cancel();
    assert.equal((await ask(client, `${url}/none`)).body, null);
    const head = await ask(client, `${url}/whole`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    const folded = await ask(client, `${url}/gzip`);
    assert.equal(folded.headers.get("content-encoding"), "gzip");
    assert.deepEqual(await folded.bytes(), new Uint8Array(gzipSync("text")));
    assert.equal(client.decodes.size, 0);
    client.close();
  },

  async "fetch() gives an answer piece by piece, no faster than it is read"(host) {
    let sent = 0;
    await using upstream = await serving(host, () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            sent += CHUNK.length;
            controller.enqueue(CHUNK);
            if (sent >= CHUNK.length * 512) controller.close();
          },
        }),
      ));
    const client = clientOf(host, {});
    const answer = await ask(client, `http://127.0.0.1:${upstream.port}/`);
    const reader = answer.body?.getReader();
    await reader?.read();
    let before = -1;
    await until("the server to stand still", () => {
      const stands = before === sent;
      before = sent;
      return stands;
    });
    assert.ok(sent < CHUNK.length * 256, `${sent} bytes are under way`);
    let received = 0;
    for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
      received += next.value.length;
    }
    assert.ok(received > CHUNK.length * 500);
    client.close();
  },

  async "fetch() ends its connection at once when its signal says so, or its body is cancelled"(
    host,
  ) {
    await using upstream = await hanging();
    const client = clientOf(host, {});
    const url = `http://127.0.0.1:${upstream.port}`;
    for (const isReused of [false, true]) {
      for (const path of ["/silent", "/begun"]) {
        if (isReused) await (await ask(client, `${url}/whole`)).text();
        const controller = new AbortController();
        const asked = ask(client, url + path, { signal: controller.signal });
        const reading = path === "/begun" ? asked.then((answer) => answer.text()) : asked;
        if (path === "/begun") await asked;
        else await until("the request", () => upstream.sockets.size === 1);
        await noDelay();
        controller.abort(new Error("enough"));
        const startedMs = performance.now();
        await assert.rejects(within<unknown>("the rejection", 1_000, reading), /enough/);
        await until("the end", () => upstream.sockets.size === 0);
        assert.ok(performance.now() - startedMs < 100, `${path}, reused: ${isReused}`);
      }
    }
    const answer = await ask(client, `${url}/begun`);
    const startedMs = performance.now();
    await answer.body?.cancel();
    await until("the end", () => upstream.sockets.size === 0);
    assert.ok(performance.now() - startedMs < 100);
    client.close();
  },

  async "fetch() tells an answer that is cut short from one that is whole"(host) {
    const heads = [
      "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\ncut\r\n",
    ];
    for (const head of heads) {
      await using upstream = await socketServer((socket) => onHead(socket, () => socket.end(head)));
      const client = clientOf(host, {});
      const answer = await ask(client, `http://127.0.0.1:${upstream.port}/`);
      await assert.rejects(within("the end", 2_000, answer.text()), notLate);
      client.close();
    }
    await using closing = await socketServer((socket) => onHead(socket, () => socket.end()));
    const client = clientOf(host, {});
    await assert.rejects(ask(client, `http://127.0.0.1:${closing.port}/`));
    client.close();
  },

  async "fetch() takes an answer that comes before the request has ended"(host) {
    await using upstream = await socketServer((socket) =>
      onHead(socket, () => {
        socket.end("HTTP/1.1 413 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno");
      })
    );
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(CHUNK),
      cancel: () => void (cancelled = true),
    });
    const client = clientOf(host, {});
    const url = `http://127.0.0.1:${upstream.port}/`;
    const answer = await within("an answer", 2_000, ask(client, url, { method: "POST", body }));
    assert.deepEqual([answer.status, await answer.text()], [413, "no"]);
    await until("the end of the upload", () => cancelled);
    client.close();
  },

  async "fetch() uses a connection again until it has been idle for too long"(host) {
    await using upstream = await hanging();
    const url = `http://127.0.0.1:${upstream.port}/whole`;
    const client = clientOf(host, {}, { poolIdleTimeoutMs: 100 });
    for (let index = 0; index < 3; index++) await (await ask(client, url)).text();
    assert.equal(upstream.accepted(), 1);
    await until("the idle connection to be closed", () => upstream.sockets.size === 0);
    await (await ask(client, url)).text();
    assert.equal(upstream.accepted(), 2);
    client.close();
    for (const pool of [{ poolIdleMax: 0 }, { poolIdleTimeoutMs: 0 }]) {
      const forgetful = clientOf(host, {}, pool);
      await (await ask(forgetful, url)).text();
      await until("the connection to be closed", () => upstream.sockets.size === 0);
      forgetful.close();
    }
  },

  async "fetch() asks again where a connection turns out to have been closed while it was idle"(
    host,
  ) {
    let requests = 0;
    await using upstream = await socketServer((socket) => {
      let mine = 0;
      const next = () =>
        onHead(socket, () => {
          requests++;
          if (mine++ > 0) return socket.destroy();
          socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", next);
        });
      next();
    });
    const url = `http://127.0.0.1:${upstream.port}/`;
    const client = clientOf(host, {});
    for (let index = 0; index < 3; index++) {
      const answer = await ask(client, url, { method: "POST", body: "x" });
      assert.equal(await answer.text(), "ok");
    }
    assert.deepEqual([requests, upstream.accepted()], [5, 3]);
    const body = new Blob(["x"]).stream();
    await assert.rejects(ask(client, url, { method: "POST", body }));
    client.close();
  },

  async "close() keeps no connection, and lets answers that are under way end"(host) {
    await using upstream = await hanging();
    const url = `http://127.0.0.1:${upstream.port}`;
    const client = clientOf(host, {});
    const answer = await ask(client, `${url}/begun`);
    await (await ask(client, `${url}/whole`)).text();
    assert.equal(upstream.sockets.size, 2);
    client.close();
    await until("the idle connection to be closed", () => upstream.sockets.size === 1);
    for (const socket of upstream.sockets) socket.end("3\r\nend\r\n0\r\n\r\n");
    assert.equal(await answer.text(), "beginend");
    assert.equal(await (await ask(client, `${url}/whole`)).text(), "ok");
    await until("all connections to be closed", () => upstream.sockets.size === 0);
  },

  async "fetch() tells why there is no connection"(host) {
    const client = clientOf(host, {});
    await assert.rejects(ask(client, "http://127.0.0.1:1/"), /ECONNREFUSED/);
    await assert.rejects(ask(client, "http://nowhere.invalid/"), /ENOTFOUND|EAI_AGAIN/);
    client.close();
  },
};

const MOVED: [string, string][] = [
  ["location", "/echo"],
  ["set-cookie", "a=1"],
  ["set-cookie", "b=2"],
];
const GZIP = { "content-encoding": "gzip" };
const CHUNK = new Uint8Array(65_536);
