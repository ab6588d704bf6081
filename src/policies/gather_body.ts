import { concat } from "../lib/bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A body that has been read to its end, or as far as it may be. */
export type Gathered =
  | { readonly isWhole: true; readonly bytes: Bytes }
  | {
    readonly isWhole: false;
    /** What has been read, which is more than the limit. */
    readonly parts: readonly Bytes[];
    readonly reader: ReadableStreamDefaultReader<Bytes>;
  };

/** Reads the body of a response; rejects with the signal's reason as soon as that is aborted. */
export async function gatherBody(
  body: ReadableStream<Bytes>,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Gathered> {
  const reader = body.getReader();
  const leave = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", leave, { once: true });
  try {
    const parts: Bytes[] = [];
    let length = 0;
    while (length <= bytesMax) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw signal.reason;
      if (done) return { isWhole: true, bytes: concat(parts, length) };
      parts.push(value);
      length += value.length;
    }
    return { isWhole: false, parts, reader };
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
