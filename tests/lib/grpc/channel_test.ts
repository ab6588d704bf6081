import assert from "node:assert/strict";
import { createServer, type ServerHttp2Session } from "node:http2";
import { GrpcChannel, GrpcError } from "../../../src/lib/grpc/channel.ts";
import { type GrpcHandler, GrpcRefusal, GrpcServer } from "../../support/grpc_server.ts";
import { until } from "../../support/until.ts";

const METHOD = "/test.Echo/Call";
const OPTIONS = { signal: new AbortController().signal, timeoutMs: 2_000 };

async function withServer(
  handler: GrpcHandler,
  run: (channel: GrpcChannel, server: GrpcServer) => Promise<void>,
): Promise<void> {
  await using server = await GrpcServer.listen(METHOD, handler);
  const channel = new GrpcChannel({
    host: "127.0.0.1",
    port: server.port,
    headers: { "x-a": "b" },
  });
  try {
    await run(channel, server);
  } finally {
    await channel.close();
  }
}

Deno.test("GrpcChannel.call() sends a message with the headers and gives the answer", async () => {
  let seen: unknown;
  await withServer((message, { headers }) => {
    seen = headers["x-a"];
    return message.toReversed();
  }, async (channel) => {
    const answer = await channel.call(METHOD, Uint8Array.of(1, 2, 3), OPTIONS);
    assert.deepEqual([...answer], [3, 2, 1]);
    assert.deepEqual([...await channel.call(METHOD, new Uint8Array(), OPTIONS)], []);
  });
  assert.equal(seen, "b");
});

Deno.test("GrpcChannel.call() rejects with the status of a refusal", async () => {
  await withServer(() => {
    throw new GrpcRefusal("not like this", 9);
  }, async (channel) => {
    await assert.rejects(channel.call(METHOD, new Uint8Array(), OPTIONS), {
      name: "GrpcError",
      message: "status 9: not like this",
    });
  });
});

Deno.test("GrpcChannel.call() takes no answer of more than a mebibyte", async () => {
  await withServer(() => new Uint8Array(1024 * 1024 + 1), async (channel) => {
    await assert.rejects(channel.call(METHOD, new Uint8Array(), OPTIONS), /larger than max/);
  });
});

Deno.test("GrpcChannel.call() gives up in time, and the server is told", async () => {
  const gone = Promise.withResolvers<void>();
  await withServer((_, call) => {
    call.gone.addEventListener("abort", () => gone.resolve());
    return new Promise(() => {});
  }, async (channel) => {
    await assert.rejects(channel.call(METHOD, new Uint8Array(), { ...OPTIONS, timeoutMs: 50 }), {
      name: "GrpcError",
      message: "no answer within 50 ms",
    });
    await gone.promise;
  });
});

Deno.test("GrpcChannel.call() ends with the reason of its signal, and the server is told", async () => {
  const controller = new AbortController();
  const reason = new Error("the client left");
  const gone = Promise.withResolvers<void>();
  await withServer((_, call) => {
    call.gone.addEventListener("abort", () => gone.resolve());
    controller.abort(reason);
    return new Promise(() => {});
  }, async (channel) => {
    const options = { signal: controller.signal, timeoutMs: 5_000 };
    await assert.rejects(channel.call(METHOD, new Uint8Array(), options), reason);
    await assert.rejects(channel.call(METHOD, new Uint8Array(), options), reason);
    await gone.promise;
  });
});

Deno.test("GrpcChannel.call() fails at once while nobody listens, and works again after", async () => {
  await withServer((message) => message, async (channel, server) => {
    await channel.call(METHOD, new Uint8Array(), OPTIONS);
    await server[Symbol.asyncDispose]();
    await assert.rejects(channel.call(METHOD, new Uint8Array(), OPTIONS), GrpcError);
    const startedMs = performance.now();
    await assert.rejects(channel.call(METHOD, new Uint8Array(), OPTIONS), GrpcError);
    assert.ok(performance.now() - startedMs < 1_000);
    await using _again = await GrpcServer.listen(METHOD, (message) => message, {
      port: server.port,
    });
    await until("the channel is up again", () => channel.call(METHOD, new Uint8Array(1), OPTIONS));
  });
});

Deno.test("GrpcChannel.call() connects anew after three calls that nothing came from", async () => {
  const sessions: ServerHttp2Session[] = [];
  const silent = createServer();
  silent.on("session", (session) => sessions.push(session));
  silent.on("stream", (stream) => stream.on("error", () => {}));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  assert.ok(address !== null && typeof address !== "string");
  const channel = new GrpcChannel({ host: "127.0.0.1", port: address.port, headers: {} });
  for (let calls = 0; calls < 4; calls++) {
    const call = channel.call(METHOD, new Uint8Array(), { ...OPTIONS, timeoutMs: 100 });
    await assert.rejects(call, /no answer within/);
  }
  assert.equal(sessions.length, 2);
  await channel.close();
  for (const session of sessions) session.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
