import assert from "node:assert/strict";
import zlib from "node:zlib";
import { asked, messages, postChat, startChat } from "../support/chat_fixture.ts";
import { readError } from "../support/error_shape.ts";
import type { Gateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { latin1 } from "../support/openai_upstream.ts";
import { suite } from "../support/suite.ts";

const limitBytes = 65_536;

const test = suite(() =>
  startChat({ yaml: `frontendPolicies:\n  http:\n    maxBufferSize: ${limitBytes}\n` })
);

function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ model: "gpt-4o", messages, user: "" });
  return JSON.stringify({ model: "gpt-4o", messages, user: "u".repeat(bytes - empty.length) });
}

function postBytes(
  gateway: Gateway,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

/** A body without a length. */
function chunked(text: string): ReadableStream<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(text);
  let sentBytes = 0;
  return new ReadableStream({
    pull(controller) {
      if (sentBytes >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(sentBytes, sentBytes + 10_000));
      sentBytes += 10_000;
    },
  });
}

async function assertTooLarge(response: Response): Promise<void> {
  const error = await readError(response);
  assert.deepEqual([error.status, error.code], [413, "request_body_too_large"]);
  assert.equal(error.type, "invalid_request_error");
  assert.match(error.message, new RegExp(`${limitBytes}\\b.*frontendPolicies.http.maxBufferSize`));
}

test("a body of exactly the limit passes", async ({ gateway, upstream }) => {
  const response = await postBytes(gateway, bodyOf(limitBytes));
  assert.equal(response.status, 200, await response.text());
  assert.equal(upstream.last.request.body.length, limitBytes);
});

test("a body above the limit is refused with 413 (R31)", async ({ gateway, upstream }) => {
  const before = upstream.records.length;
  await assertTooLarge(await postBytes(gateway, bodyOf(limitBytes + 1)));
  await assertTooLarge(await postBytes(gateway, chunked(bodyOf(limitBytes + 1))));
  await assertTooLarge(await postBytes(gateway, bodyOf(20 * limitBytes)));
  assert.equal(upstream.records.length, before);
});

test("a chunked body below the limit passes", async ({ gateway, upstream }) => {
  const body = bodyOf(40_000);
  const response = await postBytes(gateway, chunked(body));
  assert.equal(response.status, 200, await response.text());
  assert.equal(latin1(upstream.last.request.body), body);
});

const codings = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
} as const;

for (const [coding, compress] of Object.entries(codings)) {
  test(`a body in ${coding} is decoded before it is forwarded`, async ({ gateway, upstream }) => {
    const body = JSON.stringify(asked());
    const response = await postBytes(gateway, new Uint8Array(compress(body)), {
      "content-encoding": coding,
    });
    assert.equal(response.status, 200, await response.text());
    const { request } = upstream.last;
    assert.equal(latin1(request.body), body);
    assert.equal(request.headers.get("content-encoding"), null);
    assert.equal(request.headers.get("content-length"), String(body.length));
  });

  test(`a bomb in ${coding} is refused with 413`, async ({ gateway }) => {
    const bomb = new Uint8Array(compress(bodyOf(50_000_000)));
    assert.ok(bomb.length < limitBytes, `${bomb.length} bytes`);
    await assertTooLarge(await postBytes(gateway, bomb, { "content-encoding": coding }));
  });

  test(`broken ${coding} is refused with 400`, async ({ gateway }) => {
    const whole = new Uint8Array(compress(JSON.stringify(asked())));
    for (const broken of [whole.slice(0, whole.length >> 1), new TextEncoder().encode("plain")]) {
      const error = await readError(
        await postBytes(gateway, broken, { "content-encoding": coding }),
      );
      assert.equal(error.status, 400);
      // Deno's br and zstd decoders take a cut input for its end; then the JSON is what is broken.
      const codes = ["gzip", "deflate"].includes(coding) ? decodeFailed : decodeOrParseFailed;
      assert.ok(codes.includes(error.code ?? ""), `${error.code}`);
    }
  });
}

const decodeFailed = ["request_body_decode_failed"];
const decodeOrParseFailed = [...decodeFailed, "invalid_request_body"];

test("identity as a content coding is no coding", async ({ gateway }) => {
  const headers = { "content-encoding": "identity" };
  const response = await postBytes(gateway, JSON.stringify(asked()), headers);
  assert.equal(response.status, 200, await response.text());
});

test("an unknown content coding is refused with 415 that names it", async ({ gateway }) => {
  const headers = { "content-encoding": "snappy" };
  const error = await readError(await postBytes(gateway, JSON.stringify(asked()), headers));
  assert.equal(error.status, 415);
  assert.match(error.message, /snappy/);
});

test("the limit of requests does not bind answers (R32)", async ({ gateway, upstream }) => {
  const text = "x".repeat(20 * limitBytes);
  upstream.next({ text });
  const whole = await postChat(gateway, { model: "gpt-4o", messages });
  assert.equal(at(await whole.json(), "choices", 0, "message", "content"), text);
  upstream.next({ text });
  const streamed = await postChat(gateway, { model: "gpt-4o", messages, stream: true });
  assert.ok((await streamed.text()).includes(text));
});

test("the gateway still answers after all that", async ({ gateway }) => {
  const response = await postChat(gateway, asked());
  assert.equal(response.status, 200, await response.text());
});
