import assert from "node:assert/strict";
import type { Callout, CalloutRequest } from "../../src/policies/callout.ts";
import { type MirrorSettings, requestMirror } from "../../src/policies/request_mirror.ts";
import { SocketHttpServer } from "../support/http_server.ts";
import { subjectOf } from "../support/subject.ts";
import { delay, until } from "../support/until.ts";

const BODY_BYTES_MAX = 16;

interface Mirror {
  readonly settings: MirrorSettings;
  readonly warned: readonly string[];
  readonly clock: { nowMs: number; random: number };
}

function mirror(callout: Callout, fraction = 1): Mirror {
  const warned: string[] = [];
  const clock = { nowMs: 0, random: 0.5 };
  const environment = {
    now: () => clock.nowMs,
    random: () => clock.random,
    warn: (scope: string, message: string) => void warned.push(`${scope}: ${message}`),
  };
  const settings = {
    callout,
    fraction,
    bodyBytesMax: BODY_BYTES_MAX,
    copyMsMax: 60_000,
    place: "routes[0]",
    environment,
  };
  return { settings, warned, clock };
}

function recorder() {
  const sent: CalloutRequest[] = [];
  const callout: Callout = (request) => {
    sent.push(request);
    return Promise.resolve(new Response("ignored", { status: 500 }));
  };
  return { sent, callout };
}

const post = (body: string, headers: HeadersInit = {}, query = "") =>
  subjectOf(
    new Request(`http://gateway.test/v1/chat${query}`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "content-length": `${body.length}`,
        ...headers,
      },
    }),
  );

Deno.test("requestMirror() copies method, path, headers and body", async () => {
  const { sent, callout } = recorder();
  const { settings, warned } = mirror(callout);
  const subject = post("{}", { "x-tier": "gold" }, "?a=1");
  assert.equal(requestMirror(settings).apply(subject), undefined);
  const { signal, body, ...copy } = await until("a copy", () => sent[0]);
  assert.equal(new TextDecoder().decode(body instanceof Uint8Array ? body : undefined), "{}");
  assert.deepEqual(copy, {
    method: "POST",
    path: "/v1/chat?a=1",
    headers: { "content-type": "application/json", "x-tier": "gold" },
  });
  assert.equal(signal.aborted, false);
  assert.deepEqual(warned, []);
});

Deno.test("requestMirror() copies nothing by which the client shows who it is", async () => {
  const { sent, callout } = recorder();
  const subject = post("{}", {
    authorization: "Bearer secret",
    "proxy-authorization": "Basic secret",
    cookie: "session=secret",
    "x-api-key": "secret",
    "api-key": "secret",
    "x-goog-api-key": "secret",
    "x-amz-security-token": "secret",
    connection: "x-hop, close",
    "x-hop": "secret",
  }, "?key=secret&a=1&api%5Fkey=secret&access_token=secret&token=secret&monkey=2&%zz");
  requestMirror(mirror(callout).settings).apply(subject);
  const { path, headers } = await until("a copy", () => sent[0]);
  assert.equal(path, "/v1/chat?a=1&monkey=2&%zz");
  assert.deepEqual(headers, { "content-type": "application/json" });
});

Deno.test("requestMirror() copies the wanted share", async () => {
  const { sent, callout } = recorder();
  const { settings, clock } = mirror(callout, 0.25);
  const policy = requestMirror(settings);
  for (clock.random = 0; clock.random < 1; clock.random += 1 / 16) policy.apply(post(""));
  await until("4 of 16 copies", () => sent.length === 4);
});

Deno.test("requestMirror() does not wait for body or mirror, and outlives the client", async () => {
  const { sent, callout } = recorder();
  const base = post("{}");
  const body = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  const subject = { ...base, body: () => body.promise };
  assert.equal(requestMirror(mirror(callout).settings).apply(subject), undefined);
  base.abort(new Error("gone"));
  body.resolve(new Uint8Array([1]));
  const { signal } = await until("a copy", () => sent[0]);
  assert.equal(signal.aborted, false);
});

Deno.test("requestMirror() leaves a request without a body unread", async () => {
  const { sent, callout } = recorder();
  const subject = { ...subjectOf("http://gateway.test/v1/models"), body: () => assert.fail() };
  requestMirror(mirror(callout).settings).apply(subject);
  assert.equal((await until("a copy", () => sent[0])).body, null);
});

const UNREADABLE: readonly HeadersInit[] = [
  { "content-length": String(BODY_BYTES_MAX + 1) },
  { "content-encoding": "gzip" },
  { "content-length": "x" },
];

for (const headers of UNREADABLE) {
  Deno.test(`requestMirror() leaves a body alone with ${JSON.stringify(headers)}`, () => {
    const { settings, warned } = mirror(() => assert.fail("was copied"));
    const subject = { ...post("{}", headers), body: () => assert.fail("was read") };
    assert.equal(requestMirror(settings).apply(subject), undefined);
    assert.match(warned.join(), /a body that is encoded, too large or of unknown length/);
  });
}

Deno.test("requestMirror() warns of failures at once, and then once a minute", async () => {
  let tried = 0;
  const { settings, warned, clock } = mirror(() => {
    tried++;
    return Promise.reject(new Error("refused"));
  });
  const policy = requestMirror(settings);
  const first = "requestMirror: routes[0]: a request was not mirrored: refused";
  policy.apply(post("{}"));
  await until("a warning", () => warned.length > 0);
  clock.nowMs = 59_999;
  for (let count = 0; count < 3; count++) policy.apply(post("{}"));
  await until("three more failures", () => tried === 4);
  await delay(0);
  assert.deepEqual(warned, [first]);
  clock.nowMs = 60_000;
  policy.apply(post("{}"));
  await until("a second warning", () => warned.length > 1);
  assert.deepEqual(warned, [
    first,
    "requestMirror: routes[0]: 4 requests were not mirrored: refused",
  ]);
});

Deno.test("requestMirror() has at most 64 copies under way", async () => {
  const waiting: (() => void)[] = [];
  const { settings, warned } = mirror(() =>
    new Promise((resolve) => waiting.push(() => resolve(new Response())))
  );
  const policy = requestMirror(settings);
  for (let count = 0; count < 70; count++) policy.apply(subjectOf());
  assert.equal(waiting.length, 64);
  assert.match(warned.join(), /64 copies are under way/);
  for (const end of waiting.splice(0)) end();
  await until("room for another", () => {
    policy.apply(subjectOf());
    return waiting.length > 0;
  });
  for (const end of waiting) end();
});

Deno.test("requestMirror() gives a copy up that takes too long", async () => {
  const { settings, warned } = mirror(({ signal }) => {
    const body = new ReadableStream({
      start: (controller) =>
        signal.addEventListener("abort", () => controller.error(signal.reason)),
    });
    return Promise.resolve(new Response(body));
  });
  requestMirror({ ...settings, copyMsMax: 10 }).apply(subjectOf());
  await until("a warning", () => warned.length > 0);
  assert.match(warned.join(), /: no end within 10 ms/);
});

Deno.test("requestMirror() reads answers to their end, over one connection", async () => {
  const bodies: string[] = [];
  await using server = await SocketHttpServer.listen((exchange) => {
    bodies.push(new TextDecoder().decode(exchange.request.body));
    exchange.begin(200, {});
    exchange.write(new Uint8Array(100_000));
    exchange.end();
  });
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1 });
  let ended = 0;
  const { settings, warned } = mirror(async ({ path, ...request }) => {
    const url = `http://127.0.0.1:${server.port}${path}`;
    const { body } = await fetch(url, { ...request, client });
    const counted = new TransformStream<Uint8Array, Uint8Array>({ flush: () => void ended++ });
    return new Response(body?.pipeThrough(counted));
  });
  const policy = requestMirror(settings);
  for (let count = 1; count <= 3; count++) {
    policy.apply(post(`{"n":${count}}`));
    await until("the end of the answer", () => ended === count);
  }
  assert.deepEqual(bodies, ['{"n":1}', '{"n":2}', '{"n":3}']);
  assert.deepEqual(warned, []);
  assert.equal(server.socketsAccepted, 1);
  client.close();
  await until("no connection", () => server.socketsOpen === 0);
});
