import { createServer, type Socket } from "node:net";
import { argv } from "node:process";
import { completionsAnswers } from "./completions_answers.ts";
import type { Answers } from "./http_answer.ts";
import { messagesAnswers } from "./messages_answers.ts";
import { requestReader } from "./request_reader.ts";

/**
 * A mock upstream that costs as little as it can: OpenAI's chat completions and Anthropic's
 * messages over bare sockets, one write per answer or event. Arguments: port, milliseconds between
 * the events of a stream.
 */
function main(): void {
  const [port, paceMs] = [Number(argv[2]), Number(argv[3])];
  const pacer = startPacer(paceMs);
  createServer({ noDelay: true }, (socket) => serveConnection(socket, pacer))
    .listen(port, "127.0.0.1", 1024);
}

interface Pacer {
  add(stream: PacedStream): void;
  remove(stream: PacedStream): void;
}

interface PacedStream {
  /** Sends the next event; answers false after the last one. */
  next(): boolean;
}

/** One timer for all streams: each belongs to a millisecond of the pace, so they do not burst. */
function startPacer(paceMs: number): Pacer {
  const slots = Array.from({ length: paceMs }, () => new Set<PacedStream>());
  let joined = 0;
  let served = Math.floor(performance.now());
  setInterval(() => {
    const now = Math.floor(performance.now());
    for (; served < now; served++) {
      const slot = slots[served % paceMs] ?? new Set();
      for (const stream of slot) if (!stream.next()) slot.delete(stream);
    }
  }, 1);
  return {
    add: (stream) => void slots[joined++ % paceMs]?.add(stream),
    remove: (stream) => slots.forEach((slot) => slot.delete(stream)),
  };
}

function serveConnection(socket: Socket, pacer: Pacer): void {
  const requests = requestReader();
  let stream: PacedStream | undefined;
  const stop = () => {
    if (stream) pacer.remove(stream);
  };
  socket.on("data", (bytes: Uint8Array) => {
    for (const { path, body, bodyBytes } of requests.push(bytes)) {
      const answers = path.endsWith("/messages") ? messagesAnswers : completionsAnswers;
      if (body.includes('"stream":true')) {
        stream = openStream(socket, body, answers);
        pacer.add(stream);
      } else {
        socket.write(bodyBytes > 0 && body === "" ? answers.received(bodyBytes) : answers.whole);
      }
    }
  });
  socket.on("error", stop);
  socket.on("close", stop);
}

function openStream(socket: Socket, body: string, answers: Answers): PacedStream {
  const count = Number(/"max_(?:completion_)?tokens":(\d+)/.exec(body)?.[1] ?? "200");
  const events = answers.stream(body);
  socket.write(answers.streamHead);
  socket.write(events.first);
  let sent = 1;
  return {
    next() {
      if (++sent > count) {
        socket.write(events.last);
        return false;
      }
      socket.write(events.token);
      return true;
    },
  };
}

main();
