import assert from "node:assert/strict";
import {
  acceptsCoding,
  type ContentCoding,
  contentCoding,
  decodeBody,
  DecodedTooLarge,
  encodeBody,
} from "../../src/lib/content_coding.ts";

const CODINGS: readonly ContentCoding[] = ["gzip", "deflate", "br", "zstd"];
const bytes = new TextEncoder().encode("hello ".repeat(1_000));

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
    const encoded = await encodeBody(bytes, coding);
    for (const damaged of [encoded.slice(0, -4), new Uint8Array([1, 2, 3, 4])]) {
      const got = await decodeBody(damaged, coding, 1_000_000).catch((error) => error);
      // Not every runtime reports a cut `br` or `zstd` body; it is never as long as it was.
      const isShort = got instanceof Uint8Array && got.length < bytes.length;
      assert.ok((got instanceof Error && !(got instanceof DecodedTooLarge)) || isShort);
    }
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
