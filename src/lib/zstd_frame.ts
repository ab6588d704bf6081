const MAGIC = 0xfd2fb528;
const RLE_BLOCK = 1;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;

/**
 * Whether bytes are exactly one Zstandard frame (RFC 8878, 3.1.1), from its first to its last byte.
 *
 * Decoders of the runtimes end without a word where a frame is cut, and some of them behind the
 * first of several frames.
 */
export function isWholeZstdFrame(bytes: Uint8Array): boolean {
  if (bytes.length < 6) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return false;
  const descriptor = view.getUint8(4);
  let at = 5 + headerBytes(descriptor);
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) return false;
    const block = view.getUint8(at) | view.getUint16(at + 1, true) << 8;
    isLast = (block & 1) === 1;
    at += 3 + ((block >> 1 & 3) === RLE_BLOCK ? 1 : block >> 3);
  }
  const checksumBytes = (descriptor >> 2 & 1) * 4;
  return at + checksumBytes === bytes.length;
}

/** The bytes between the descriptor of a frame and its first block. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor >> 5 & 1) === 1;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag] ?? 0;
  return (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0) + sizeBytes;
}
