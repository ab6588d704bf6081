import type { IncomingMessage } from "node:http";

interface Ends {
  readonly signal: AbortSignal;
  /** Is told when the answer is over, in whichever way. */
  readonly ended: () => void;
  /** Ends the request when nobody wants its answer. */
  readonly abandon: () => void;
}

/** The head of an answer over `node:http`, with its body as a stream. */
export function responseOf(incoming: IncomingMessage, ends: Ends): Response {
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) throw new Error(`the server answered with status ${status}`);
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? "", incoming.rawHeaders[at + 1] ?? "");
  }
  const hasBody = status !== 204 && status !== 205 && status !== 304;
  if (!hasBody) {
    incoming.once("close", ends.ended);
    incoming.resume();
  }
  return new Response(hasBody ? bodyOf(incoming, ends) : null, { status, headers });
}

/** How much of a body is held before its reader asks for more, in bytes. */
const HELD_BYTES_MAX = 65_536;

function bodyOf(incoming: IncomingMessage, { signal, ended, abandon }: Ends) {
  let isOpen = true;
  const end = (): boolean => {
    const wasOpen = isOpen;
    isOpen = false;
    ended();
    return wasOpen;
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const cut = (cause: unknown) => {
        if (end()) controller.error(signal.aborted ? signal.reason : cause);
      };
      incoming.on("data", (chunk: Uint8Array) => {
        if (!isOpen) return;
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
      });
      incoming.once("end", () => {
        if (end()) controller.close();
      });
      incoming.once("error", cut);
      incoming.once("close", () => cut(new Error("the connection was closed within the answer")));
      signal.addEventListener("abort", () => cut(signal.reason), { once: true });
      incoming.pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      end();
      abandon();
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: HELD_BYTES_MAX }));
}
