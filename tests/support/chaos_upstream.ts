import { Buffer } from "node:buffer";
import { type Exchange, SocketHttpServer } from "./http_server.ts";

/** What an upstream does with one request. */
export type Mode =
  | "serves"
  | "answers 503"
  | "answers 429"
  | "answers 429 with a hint"
  | "stalls"
  | "stalls within its stream's head"
  | "resets at once"
  | "hides an error in a 200"
  | "resets after content";

const MODES: readonly (readonly [Mode, share: number])[] = [
  ["serves", 56],
  ["answers 503", 10],
  ["answers 429", 6],
  ["answers 429 with a hint", 4],
  ["stalls", 2],
  ["stalls within its stream's head", 2],
  ["resets at once", 8],
  ["hides an error in a 200", 8],
  ["resets after content", 4],
];

const SHARES = MODES.reduce((sum, [, share]) => sum + share, 0);

/** What an upstream does with a request is certain: it depends on the two alone. */
export function modeOf(upstream: string, request: string): Mode {
  let hash = 0x811c9dc5;
  for (const character of `${upstream} ${request}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  hash ^= hash >>> 15;
  let rest = (hash >>> 0) % SHARES;
  for (const [mode, share] of MODES) {
    if (rest < share) return mode;
    rest -= share;
  }
  return "serves";
}

/** The words of an answer, which tell the request that it is for. */
export function wordsOf(request: string): readonly string[] {
  return ["answer", " to ", request, ", once", " and", " only", " once"];
}

/** A server of chat completions that fails in every way, each request in a way of its own. */
export async function chaosUpstream(name: string): Promise<SocketHttpServer> {
  return await SocketHttpServer.listen(async (exchange) => {
    const { messages, stream } = JSON.parse(new TextDecoder().decode(exchange.request.body));
    const request = String(messages[0].content);
    await answer(exchange, modeOf(name, request), request, stream === true);
  });
}

async function answer(exchange: Exchange, mode: Mode, request: string, stream: boolean) {
  switch (mode) {
    case "answers 503":
      return refuse(exchange, 503, {});
    case "answers 429":
      return refuse(exchange, 429, {});
    case "answers 429 with a hint":
      return refuse(exchange, 429, { "retry-after": "1" });
    case "stalls":
      return await exchange.wait(Infinity);
    case "resets at once":
      return exchange.reset();
    case "stalls within its stream's head":
      if (stream) beginStream(exchange);
      return await exchange.wait(Infinity);
    case "hides an error in a 200":
      return stream ? hideError(exchange) : refuse(exchange, 500, {});
    case "resets after content":
      return await breakOff(exchange, request, stream);
    case "serves":
      return stream ? serveStream(exchange, request) : serveWhole(exchange, request);
  }
}

const JSON_TYPE = { "content-type": "application/json" };

function refuse(exchange: Exchange, status: number, headers: Readonly<Record<string, string>>) {
  const error = {
    message: `refused with ${status}`,
    type: "server_error",
    param: null,
    code: null,
  };
  exchange.respond(status, { ...JSON_TYPE, ...headers }, JSON.stringify({ error }));
}

function beginStream(exchange: Exchange): void {
  exchange.begin(200, { "content-type": "text/event-stream" });
  event(exchange, chunk({ role: "assistant", content: "" }));
}

function hideError(exchange: Exchange): void {
  beginStream(exchange);
  event(exchange, { error: { message: "overloaded", type: "server_error", code: "overloaded" } });
  exchange.end();
}

async function breakOff(exchange: Exchange, request: string, stream: boolean) {
  if (!stream) return exchange.reset();
  beginStream(exchange);
  for (const word of wordsOf(request).slice(0, 3)) event(exchange, chunk({ content: word }));
  await exchange.breakOff("reset");
}

function serveWhole(exchange: Exchange, request: string): void {
  const content = wordsOf(request).join("");
  const message = { role: "assistant", content, refusal: null };
  exchange.respond(
    200,
    JSON_TYPE,
    JSON.stringify({
      ...envelope("chat.completion"),
      choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
      usage: USAGE,
    }),
  );
}

function serveStream(exchange: Exchange, request: string): void {
  beginStream(exchange);
  for (const word of wordsOf(request)) event(exchange, chunk({ content: word }));
  event(exchange, chunk({}, "stop"));
  event(exchange, { ...envelope("chat.completion.chunk"), choices: [], usage: USAGE });
  exchange.write(Buffer.from("data: [DONE]\n\n"));
  exchange.end();
}

const USAGE = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 };

function chunk(delta: object, finishReason: string | null = null): object {
  return {
    ...envelope("chat.completion.chunk"),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    usage: null,
  };
}

function envelope(object: string): object {
  return { id: "chatcmpl-1", object, created: 1, model: "m" };
}

function event(exchange: Exchange, value: object): void {
  exchange.write(Buffer.from(`data: ${JSON.stringify(value)}\n\n`));
}
