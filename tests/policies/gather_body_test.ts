import assert from "node:assert/strict";
import fc from "fast-check";
import { concat } from "../../src/lib/bytes.ts";
import { gatherBody } from "../../src/policies/gather_body.ts";

const SIGNAL = new AbortController().signal;

const pieces = fc.array(fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes)));

Deno.test("gatherBody() loses no byte, whether it fits or not", async () => {
  await fc.assert(fc.asyncProperty(pieces, fc.nat({ max: 40 }), async (parts, bytesMax) => {
    const wanted = concat(parts, parts.reduce((sum, { length }) => sum + length, 0));
    const gathered = await gatherBody(ReadableStream.from(parts), bytesMax, SIGNAL);
    assert.equal(gathered.isWhole, wanted.length <= bytesMax);
    if (gathered.isWhole) return assert.deepEqual(gathered.bytes, wanted);
    const all = [...gathered.parts];
    for (;;) {
      const { done, value } = await gathered.reader.read();
      if (done) break;
      all.push(value);
    }
    assert.deepEqual(concat(all, wanted.length), wanted);
  }));
});

Deno.test("gatherBody() ends with the signal, and lets the body go", async () => {
  const controller = new AbortController();
  const reason = new Error("gone");
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    cancel(why) {
      cancelled = why;
    },
  });
  const gathering = gatherBody(body, 10, controller.signal);
  controller.abort(reason);
  await assert.rejects(gathering, reason);
  assert.equal(cancelled, reason);
});

Deno.test("gatherBody() fails as the body does", async () => {
  const fault = new Error("cut");
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(fault),
  });
  await assert.rejects(gatherBody(body, 10, SIGNAL), fault);
});
