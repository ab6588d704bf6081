import assert from "node:assert/strict";
import {
  acceptsCoding,
  type ContentCoding,
  contentCoding,
  decodeBody,
  DecodedTooLarge,
  decodingStream,
  encodeBody,
} from "../../src/lib/content_coding.ts";

const CODINGS: readonly ContentCoding[] = ["gzip", "deflate", "br", "zstd"];
const bytes = new TextEncoder().encode("hello ".repeat(1_000));
/** Hard to compress, and too long for one block. */
const noise = Uint8Array.from({ length: 300_000 }, (_, at) => at * at * 7_919 >> 3 & 255);

for (const coding of CODINGS) {
  Deno.test(`decodeBody() undoes encodeBody() in ${coding}, up to exactly the limit`, async () => {
    const encoded = await encodeBody(bytes, coding);
    assert.ok(encoded.length < bytes.length);
    assert.deepEqual(await decodeBody(encoded, coding, bytes.length), bytes);
    await assert.rejects(decodeBody(encoded, coding, bytes.length - 1), DecodedTooLarge);
  });

  Deno.test(`decodeBody() stops a bomb in ${coding} early`, async () => {
    const bomb = await encodeBody(new Uint8Array(20_000_000), coding);
    const startMs = performance.now();
    await assert.rejects(decodeBody(bomb, coding, 10_000), DecodedTooLarge);
    assert.ok(performance.now() - startMs < 150, `${performance.now() - startMs} ms`);
  });

  Deno.test(`decodeBody() never takes damaged ${coding} for whole`, async () => {
    for (const plain of [bytes, noise, new Uint8Array(0)]) {
      const encoded = await encodeBody(plain, coding);
      assert.deepEqual(await decodeBody(encoded, coding, 1_000_000), plain);
      const lengths = [0, 1, 4, encoded.length >> 1, encoded.length - 4, encoded.length - 1];
      const damaged = lengths.filter((length) => length < encoded.length)
        .map((length) => encoded.slice(0, Math.max(0, length)));
      for (const input of [...damaged, new Uint8Array([1, 2, 3, 4])]) {
        const got = await decodeBody(input, coding, 1_000_000).catch((error) => error);
        assert.ok(got instanceof Error, `${input.length} of ${encoded.length} bytes`);
        assert.ok(!(got instanceof DecodedTooLarge));
      }
    }
  });

  Deno.test(`decodingStream() undoes encodeBody() in ${coding}, as it comes`, async () => {
    const halves = [await encodeBody(bytes, coding)]
      .flatMap((all) => [all.slice(0, 20), all.slice(20)]);
    const decoded = new Blob(halves).stream().pipeThrough(decodingStream(coding));
    assert.deepEqual(new Uint8Array(await new Response(decoded).arrayBuffer()), bytes);
  });
}

const NAMED: readonly [string | null, ReturnType<typeof contentCoding>][] = [
  [null, "identity"],
  ["", "identity"],
  ["identity", "identity"],
  [" GZIP ", "gzip"],
  ["x-gzip", "gzip"],
  ["br", "br"],
  ["compress", null],
  ["gzip, br", null],
];

for (const [header, expected] of NAMED) {
  Deno.test(`contentCoding() reads ${JSON.stringify(header)} as ${expected}`, () => {
    assert.equal(contentCoding(header), expected);
  });
}

const ACCEPTED: readonly [string | null, boolean][] = [
  [null, false],
  ["gzip", true],
  ["br, GZIP;q=0.5", true],
  ["gzip;q=0", false],
  ["gzip; q=0.000", false],
  ["gzip;q=0.001", true],
  ["deflate", false],
  ["xgzip", false],
];

for (const [header, expected] of ACCEPTED) {
  Deno.test(`acceptsCoding() says ${expected} to gzip for ${JSON.stringify(header)}`, () => {
    assert.equal(acceptsCoding(header, "gzip"), expected);
  });
}
