import assert from "node:assert/strict";
import { GatewayError } from "../../src/errors.ts";
import { type BodyLimit, buffer } from "../../src/policies/buffer.ts";
import { subjectOf } from "../support/subject.ts";

const CLOSED: BodyLimit = { bytesMax: 4, setting: "buffer.x.maxBytes", failsOpen: false };
const OPEN: BodyLimit = { ...CLOSED, failsOpen: true };

function requestOf(body: string, headers: HeadersInit = {}) {
  const base = subjectOf(new Request("http://a/", { method: "POST", body, headers }));
  const reads: unknown[] = [];
  return {
    subject: {
      ...base,
      body(bytesMax?: number) {
        reads.push(bytesMax);
        return base.body();
      },
    },
    reads,
  };
}

interface RequestCase {
  readonly name: string;
  readonly limit: BodyLimit;
  readonly body: string;
  readonly headers?: HeadersInit;
  readonly reads: number;
  readonly isRefused?: boolean;
}

const REQUESTS: readonly RequestCase[] = [
  { name: "that fits", limit: CLOSED, body: "1234", reads: 1 },
  { name: "that is too large", limit: CLOSED, body: "12345", reads: 1, isRefused: true },
  {
    name: "that says that it is too large",
    limit: CLOSED,
    body: "12345",
    headers: { "content-length": "5" },
    reads: 0,
    isRefused: true,
  },
  {
    name: "that fits and may fail",
    limit: OPEN,
    body: "1234",
    headers: { "content-length": "4" },
    reads: 1,
  },
  {
    name: "that is too large and may fail",
    limit: OPEN,
    body: "12345",
    headers: { "content-length": "5" },
    reads: 0,
  },
  { name: "of unknown length that may fail", limit: OPEN, body: "1", reads: 0 },
  {
    name: "of unknown unfolded length that may fail",
    limit: OPEN,
    body: "1",
    headers: { "content-length": "1", "content-encoding": "gzip" },
    reads: 0,
  },
];

for (const { name, limit, body, headers, reads: wanted, isRefused = false } of REQUESTS) {
  Deno.test(`buffer() of a request ${name}`, async () => {
    const { subject, reads } = requestOf(body, headers);
    const applied = Promise.resolve(buffer({ request: limit, response: undefined }).apply(subject));
    if (isRefused) {
      await assert.rejects(applied, (error) => {
        assert.ok(error instanceof GatewayError);
        const message = "the request body is larger than 4 bytes (setting buffer.x.maxBytes)";
        assert.equal(error.message, message);
        assert.deepEqual([error.status, error.code], [413, "request_body_too_large"]);
        return true;
      });
    } else assert.equal(await applied, undefined);
    // A limit of the policy's own would hold for everybody who asks for the body later.
    assert.deepEqual(reads, Array(wanted).fill(undefined));
  });
}

Deno.test("buffer() does not wait for the body of a request that has none", async () => {
  const base = subjectOf("http://a/");
  const subject = { ...base, body: () => assert.fail("was read") };
  assert.equal(await buffer({ request: CLOSED, response: undefined }).apply(subject), undefined);
});

function streamOf(pieces: readonly string[]) {
  const state: { pulled: number; isCancelled: boolean; why?: unknown } = {
    pulled: 0,
    isCancelled: false,
  };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const piece = pieces[state.pulled++];
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
    cancel(why) {
      state.isCancelled = true;
      if (why !== undefined) state.why = why;
    },
  }, { highWaterMark: 0 });
  return { state, response: new Response(body, { status: 201, headers: { "x-a": "b" } }) };
}

async function answered(limit: BodyLimit, response: Response, subject = subjectOf()) {
  await buffer({ request: undefined, response: limit }).apply(subject);
  return await subject.answer(response);
}

Deno.test("buffer() gives a response that fits as a whole", async () => {
  const { state, response } = streamOf(["12", "34"]);
  const answer = await answered(CLOSED, response);
  assert.equal(state.pulled, 3);
  assert.equal(await answer.text(), "1234");
  assert.deepEqual([answer.status, answer.headers.get("x-a")], [201, "b"]);
});

Deno.test("buffer() leaves a response without a body as it is", async () => {
  const answer = await answered(CLOSED, new Response(null, { status: 204 }));
  assert.deepEqual([answer.status, answer.body], [204, null]);
});

Deno.test("buffer() refuses a response that is too large, and lets the upstream go", async () => {
  const { state, response } = streamOf(["12", "345", "6"]);
  await assert.rejects(answered(CLOSED, response), (error) => {
    assert.ok(error instanceof GatewayError);
    const message = "the response body is larger than 4 bytes (setting buffer.x.maxBytes)";
    assert.equal(error.message, message);
    assert.deepEqual([error.status, error.code], [502, "response_body_too_large"]);
    return true;
  });
  assert.deepEqual([state.pulled, state.isCancelled], [2, true]);
  assert.ok(state.why instanceof GatewayError, "the upstream's stream is told why");
});

Deno.test("buffer() streams a response that is too large and may fail", async () => {
  const { state, response } = streamOf(["12", "345", "6", "78"]);
  const answer = await answered(OPEN, response);
  assert.equal(state.pulled, 2);
  assert.equal(await answer.text(), "12345678");
});

Deno.test("buffer() lets the upstream go with a client that leaves a stream", async () => {
  const { state, response } = streamOf(["12", "345", "6", "78"]);
  const answer = await answered(OPEN, response);
  await answer.body?.cancel();
  assert.deepEqual(state, { pulled: 2, isCancelled: true });
});

Deno.test("buffer() lets the upstream go with a client that leaves before", async () => {
  let isCancelled = false;
  const body = new ReadableStream({
    cancel() {
      isCancelled = true;
    },
  });
  const subject = subjectOf();
  const answering = answered(CLOSED, new Response(body), subject);
  const reason = new Error("gone");
  queueMicrotask(() => subject.abort(reason));
  await assert.rejects(answering, reason);
  assert.ok(isCancelled);
});
