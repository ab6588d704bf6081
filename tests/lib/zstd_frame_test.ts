import assert from "node:assert/strict";
import zlib from "node:zlib";
import fc from "fast-check";
import { isWholeZstdFrame } from "../../src/lib/zstd_frame.ts";

const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag } = zlib.constants;

Deno.test("isWholeZstdFrame() knows a frame from any part of it, and from two", () => {
  const flag = fc.constantFrom(0, 1);
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.nat(400_000).map((length) => new Uint8Array(length)),
    fc.nat(1_000).map((length) => new Uint8Array(length * 300).map((_, at) => at * at >> 5)),
  );
  fc.assert(
    fc.property(data, flag, flag, fc.nat(), (plain, checksum, size, seed) => {
      const params = { [ZSTD_c_checksumFlag]: checksum, [ZSTD_c_contentSizeFlag]: size };
      const frame = new Uint8Array(zlib.zstdCompressSync(plain, { params }));
      assert.ok(isWholeZstdFrame(frame));
      assert.ok(!isWholeZstdFrame(frame.slice(0, seed % frame.length)));
      assert.ok(!isWholeZstdFrame(new Uint8Array([...frame, ...frame])));
    }),
    { numRuns: 100 },
  );
});

Deno.test("isWholeZstdFrame() refuses what is no frame at all", () => {
  for (const bytes of [[], [0x28, 0xb5, 0x2f], [1, 2, 3, 4, 5, 6, 7, 8]]) {
    assert.ok(!isWholeZstdFrame(new Uint8Array(bytes)));
  }
});
