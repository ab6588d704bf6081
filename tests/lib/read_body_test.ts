import assert from "node:assert/strict";
import { BodyTooLarge, declaredLength, readBody } from "../../src/lib/read_body.ts";

function streamed(parts: readonly string[], state = { cancelled: false }): Response {
  const encoder = new TextEncoder();
  const left = [...parts];
  return new Response(
    new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = left.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(encoder.encode(part));
      },
      cancel: () => void (state.cancelled = true),
    }, { highWaterMark: 0 }),
  );
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("readBody() reads up to the limit and not a byte more", async () => {
  assert.equal(text(await readBody(streamed(["abc", "de"]), undefined, 5)), "abcde");
  assert.equal(text(await readBody(new Response("abcde"), 5, 5)), "abcde");
  await assert.rejects(readBody(streamed(["abc", "def"]), undefined, 5), BodyTooLarge);
  await assert.rejects(readBody(new Response("abcdef"), 6, 5), BodyTooLarge);
});

Deno.test("readBody() reads nothing from a message without a body", async () => {
  assert.equal((await readBody(new Response(null), undefined, 0)).length, 0);
  assert.equal((await readBody(new Request("http://x"), undefined, 0)).length, 0);
  assert.equal((await readBody(streamed([]), undefined, 0)).length, 0);
});

Deno.test("readBody() stops reading where the limit is passed", async () => {
  const state = { cancelled: false };
  await assert.rejects(
    readBody(streamed(["abc", "def", "ghi"], state), undefined, 5),
    BodyTooLarge,
  );
  assert.ok(state.cancelled);
});

Deno.test("readBody() hands on why a body broke off", async () => {
  const broken = new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
  await assert.rejects(readBody(new Response(broken), undefined, 5), /cut/);
});

const LENGTHS: readonly [string | undefined, number | undefined][] = [
  [undefined, undefined],
  ["0", 0],
  ["42", 42],
  ["5, 5", undefined],
  ["-1", undefined],
  ["1e3", undefined],
  ["", undefined],
  ["9".repeat(16), undefined],
];

for (const [header, expected] of LENGTHS) {
  Deno.test(`declaredLength() takes ${header} for ${expected}`, () => {
    const headers = new Headers(header === undefined ? {} : { "content-length": header });
    assert.equal(declaredLength(headers), expected);
  });
}
