import { createGzip } from "node:zlib";
import { concat } from "./http_request.ts";
import type { Exchange } from "./http_server.ts";
import type { JsonObject } from "./json.ts";
import { eventsOf, standardHeaders } from "./openai_answer.ts";
import type { Script } from "./openai_script.ts";

/** Streams an answer as server-sent events, in the pace and the pieces that the script asks for. */
export async function streamAnswer(
  exchange: Exchange,
  request: JsonObject,
  script: Script,
  turn: (index: number) => Promise<void> | undefined,
): Promise<void> {
  exchange.begin(200, {
    ...standardHeaders(exchange),
    "content-type": "text/event-stream; charset=utf-8",
    ...(script.encoding && { "content-encoding": "gzip" }),
    ...script.headers,
  });
  const send = sender(exchange, script);
  let contentEvents = 0;
  for (const event of eventsOf(request, script)) {
    if (event.isContent) {
      if (contentEvents === script.cut?.after) {
        await send.flush();
        return await exchange.breakOff(script.cut.how);
      }
      await exchange.wait(script.intervalMs ?? 0);
      await turn(contentEvents);
      contentEvents++;
    }
    if (!exchange.open) return;
    const isMalformed = event.isContent && contentEvents - 1 === script.malformedAt;
    await send.event(isMalformed ? '{"id":"chatcmpl-Bx7standin","obj' : event.data);
  }
  if (script.cut !== undefined) {
    await send.flush();
    return await exchange.breakOff(script.cut.how);
  }
  if (!script.noDone) await send.event("[DONE]");
  await send.end();
  exchange.end();
}

interface Sender {
  event(data: string): Promise<void>;
  /** Sends what was held back to share a write. */
  flush(): Promise<void>;
  end(): Promise<void>;
}

function sender(exchange: Exchange, script: Script): Sender {
  const coding = script.encoding === undefined ? plain : gzipByPiece();
  const held: Uint8Array[] = [];
  const flush = async () => {
    if (held.length === 0) return;
    const bytes = await coding.encode(concat(held.splice(0)));
    await writeInPieces(exchange, bytes, script.writeBytes);
  };
  return {
    flush,
    event: async (data) => {
      held.push(utf8.encode(`data: ${data}\n\n`));
      if (held.length >= (script.eventsPerWrite ?? 1)) await flush();
    },
    end: async () => {
      await flush();
      exchange.write(await coding.end());
    },
  };
}

async function writeInPieces(
  exchange: Exchange,
  bytes: Uint8Array,
  pieceBytes = bytes.length,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    exchange.write(bytes.subarray(at, at + pieceBytes));
    const isYieldDue = pieceBytes < bytes.length && (at / pieceBytes) % 4 === 0;
    if (isYieldDue) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

interface Coding {
  /** Gives bytes from which the receiver can decode all that was put in so far. */
  encode(bytes: Uint8Array): Promise<Uint8Array>;
  end(): Promise<Uint8Array>;
}

const plain: Coding = {
  encode: (bytes) => Promise.resolve(bytes),
  end: () => Promise.resolve(new Uint8Array()),
};

function gzipByPiece(): Coding {
  const gzip = createGzip();
  const made: Uint8Array[] = [];
  gzip.on("data", (piece: Uint8Array) => made.push(new Uint8Array(piece)));
  return {
    encode: (bytes) =>
      new Promise((resolve) => {
        gzip.write(bytes);
        gzip.flush(() => resolve(concat(made.splice(0))));
      }),
    end: () =>
      new Promise((resolve) => {
        gzip.on("end", () => resolve(concat(made.splice(0))));
        gzip.end();
      }),
  };
}

const utf8 = new TextEncoder();
