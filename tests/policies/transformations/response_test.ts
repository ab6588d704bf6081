import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { GatewayError } from "../../../src/errors.ts";
import type { TransformConfig } from "../../../src/config/schema/transformations.ts";
import { compileTransformations } from "../../../src/runtime/policies/transformations.ts";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf } from "../../support/subject.ts";

const BODY_BYTES_MAX = 64;

async function answered(response: TransformConfig, received: Response): Promise<Response> {
  const context = compileContext();
  const subject = subjectOf();
  await compileTransformations({ response }, [], context, BODY_BYTES_MAX)?.apply(subject);
  assert.deepEqual(context.problems, []);
  return await subject.answer(received);
}

const zipped = (text: string) => new Uint8Array(gzipSync(text));

const WRAP: TransformConfig = { body: '"<" + string(response.body) + ">"' };

Deno.test("a response's expressions see its body, unfolded", async () => {
  const received = new Response(zipped("zipped"), { headers: { "content-encoding": "gzip" } });
  const answer = await answered(WRAP, received);
  assert.equal(await answer.text(), "<zipped>");
  assert.equal(answer.headers.has("content-encoding"), false);
});

Deno.test("a response's body goes on as it came where it is only looked at", async () => {
  const bytes = zipped("zipped");
  const received = new Response(bytes, { headers: { "content-encoding": "gzip" } });
  const answer = await answered({ set: { "x-size": "size(string(response.body))" } }, received);
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  assert.equal(answer.headers.get("x-size"), "6");
  assert.equal(answer.headers.get("content-encoding"), "gzip");
});

Deno.test("a stream is gathered to be transformed", async () => {
  const stream = ReadableStream.from(["data: a\n\n", "data: b\n\n"]);
  const received = new Response(stream.pipeThrough(new TextEncoderStream()));
  assert.equal(await (await answered(WRAP, received)).text(), "<data: a\n\ndata: b\n\n>");
});

Deno.test("an upstream is read to its end even where its body is replaced unseen", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++pulls > 5) controller.close();
      else controller.enqueue(new Uint8Array(100));
    },
  });
  assert.equal(await (await answered({ body: '"x"' }, new Response(body))).text(), "x");
  assert.equal(pulls, 6);
});

Deno.test("what edits the head of an answer comes after its transformation", async () => {
  const subject = subjectOf();
  subject.onAnswer(({ headers }) => headers.set("vary", "origin"));
  const settings = { response: { replace: "{}" } };
  await compileTransformations(settings, [], compileContext(), BODY_BYTES_MAX)?.apply(subject);
  const answer = await subject.answer(new Response(null, { headers: { "x-a": "b" } }));
  assert.deepEqual(Object.fromEntries(answer.headers), { vary: "origin" });
});

Deno.test("a body that may not be is left out, though read", async () => {
  const received = new Response("old");
  const answer = await answered({ set: { ":status": "304" } }, received);
  assert.deepEqual([answer.status, answer.body], [304, null]);
  assert.ok(received.bodyUsed);
});

Deno.test("a new body that may not be is left out", async () => {
  const answer = await answered({ body: '"x"', set: { ":status": "204" } }, new Response("old"));
  assert.deepEqual([answer.status, answer.body], [204, null]);
});

const LARGE = "x".repeat(BODY_BYTES_MAX + 1);

const REFUSED: readonly (readonly [string, () => Response, RegExp])[] = [
  ["too large", () => new Response(LARGE), /larger than 64 bytes .setting frontendPolicies/],
  [
    "too large, as it says",
    () => new Response(LARGE, { headers: { "content-length": "65" } }),
    /larger than 64 bytes/,
  ],
  [
    "too large when unfolded",
    () => new Response(zipped(LARGE), { headers: { "content-encoding": "gzip" } }),
    /larger than 64 bytes/,
  ],
  [
    "damaged",
    () => new Response("no gzip", { headers: { "content-encoding": "gzip" } }),
    /it is no gzip/,
  ],
  [
    "in an unknown coding",
    () => new Response("x", { headers: { "content-encoding": "rot13" } }),
    /content encoding rot13 is unknown/,
  ],
];

for (const [name, received, message] of REFUSED) {
  Deno.test(`a response that is ${name} is refused`, async () => {
    let wasEnded = false;
    const response = received();
    const source = response.body?.getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await source?.read() ?? { done: true, value: undefined };
        if (done) controller.close();
        else controller.enqueue(value);
        wasEnded ||= done;
      },
      cancel() {
        wasEnded = true;
      },
    });
    await assert.rejects(answered(WRAP, new Response(body, response)), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.match(error.message, message);
      assert.deepEqual([error.status, error.code], [502, "response_not_transformed"]);
      return true;
    });
    assert.ok(wasEnded, "its connection is let go");
  });
}
