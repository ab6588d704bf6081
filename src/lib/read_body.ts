import { concat } from "./bytes.ts";

/** A body was larger than its limit. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/**
 * Reads a whole body of at most `bytesMax` bytes; throws `BodyTooLarge` beyond.
 *
 * A declared length is believed only to refuse early and to take the runtime's fast path: HTTP
 * framing cuts the body at that length.
 */
export async function readBody(
  message: Request | Response,
  declaredBytes: number | undefined,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (declaredBytes !== undefined) {
    if (declaredBytes > bytesMax) throw new BodyTooLarge();
    return new Uint8Array(await message.arrayBuffer());
  }
  if (message.body === null) return new Uint8Array(0);
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = message.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(parts, length);
    parts.push(value);
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      throw new BodyTooLarge();
    }
  }
}

/** The length that a message declares for its body, when it declares one. */
export function declaredLength(headers: Headers): number | undefined {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
