import type { ReceivedRequest } from "./http_request.ts";
import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** A server that keeps what it is sent. */
export interface Recorder extends AsyncDisposable {
  readonly host: string;
  /** Every request, oldest first. */
  readonly requests: readonly ReceivedRequest[];
}

/** Starts a server that answers as `answer` says, or at once with a line of text. */
export async function startRecorder(
  answer: (exchange: Exchange) => void | Promise<void> = answerAtOnce,
): Promise<Recorder> {
  const requests: ReceivedRequest[] = [];
  const server = await SocketHttpServer.listen((exchange) => {
    requests.push(exchange.request);
    return answer(exchange);
  });
  return {
    host: `127.0.0.1:${server.port}`,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function answerAtOnce(exchange: Exchange): void {
  exchange.respond(200, { "content-type": "text/plain", "x-internal": "host-7" }, "recorded");
}
