import type { ReceivedRequest } from "../../support/http_request.ts";
import type { Exchange } from "../../support/http_server.ts";
import { inProcess } from "../../support/in_process.ts";
import { authority } from "../../support/certificates.ts";
import { until as waitUntil } from "../../support/until.ts";
import { type Recorder, startRecorder } from "../../support/recorder.ts";

/** What came of one request to a gateway. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly durationMs: number;
  /** What the upstream was sent, oldest first. */
  readonly sent: readonly ReceivedRequest[];
  /** What another server was sent that the configuration names. */
  readonly aside: readonly ReceivedRequest[];
}

/** The servers that a configuration can name, as `host:port`. */
export interface Servers {
  readonly upstream: string;
  /** An upstream that speaks TLS, with a certificate that nobody trusts. */
  readonly secure: string;
  readonly aside: string;
}

/** What a client asks. */
export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: HeadersInit;
  readonly body?: unknown;
}

const CHAT = { model: "m", messages: [{ role: "user", content: "Hello" }] };

const { certPem: cert, keyPem: key } = authority().issue({ names: ["127.0.0.1"] });

/** What a server answers that the configuration names beside the upstream. */
export type AsideAnswer = (request: ReceivedRequest) => readonly [status: number, body: unknown];

/** Starts servers for the time of a test. */
export async function withServers<Result>(
  use: (servers: Servers, records: { upstream: Recorder; aside: Recorder }) => Promise<Result>,
  answerAside: AsideAnswer = () => [403, "no"],
): Promise<Result> {
  await using upstream = await startRecorder(answer);
  await using aside = await startRecorder((exchange) => {
    const [status, body] = answerAside(exchange.request);
    exchange.respond(status, JSON_HEADERS, JSON.stringify(body));
  });
  await using secure = Deno.serve(
    { port: 0, hostname: "127.0.0.1", cert, key, onListen: () => {} },
    () => new Response(COMPLETION, { headers: { ...JSON_HEADERS, "x-secure": "yes" } }),
  );
  const hosts = {
    upstream: upstream.host,
    secure: `127.0.0.1:${secure.addr.port}`,
    aside: aside.host,
  };
  return await use(hosts, { upstream, aside });
}

/** What comes of requests to a gateway with a configuration, one after the other. */
export async function tried(
  configOf: (servers: Servers) => object,
  asks: readonly Asked[] = [{}],
  { until, aside }: TriedOptions = {},
): Promise<Seen> {
  return await withServers(async (servers, records) => {
    const sent = records.upstream.requests;
    using gateway = inProcess(JSON.stringify(configOf(servers)));
    let seen: Seen | undefined;
    for (const asked of asks) {
      const startedMs = performance.now();
      const response = await gateway.ask(requestOf(asked));
      const { status, headers } = response;
      const text = await response.text().catch(String);
      const durationMs = performance.now() - startedMs;
      seen = { status, headers, text, durationMs, sent, aside: records.aside.requests };
    }
    if (seen === undefined) throw new Error("nothing was asked");
    const last = seen;
    if (until !== undefined) await waitUntil("the effect is seen", () => until(last));
    return last;
  }, aside);
}

interface TriedOptions {
  /** What may come after the answer, and is waited for. */
  readonly until?: (seen: Seen) => boolean;
  readonly aside?: AsideAnswer;
}

/** A request to the gateway. */
export function requestOf({ path = "/v1/chat/completions", method, headers, body = CHAT }: Asked) {
  const way = method ?? "POST";
  const sent = new Headers(headers);
  const url = `http://gateway.test${path}`;
  if (way === "GET") return new Request(url, { headers: sent });
  const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
  if (!sent.has("content-type")) sent.set("content-type", "application/json");
  sent.set("content-length", String(bytes.length));
  return new Request(url, { method: way, headers: sent, body: bytes });
}

/** The body of a request as the text that it is. */
export function bodyOf({ body }: ReceivedRequest): string {
  return new TextDecoder().decode(body);
}

const JSON_HEADERS = { "content-type": "application/json" };

const COMPLETION = JSON.stringify({
  ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
  choices: [{ index: 0, message: { role: "assistant", content: "Well." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
});

/** Headers that ask the upstream for another answer; `x-wait` is in milliseconds. */
async function answer(exchange: Exchange): Promise<void> {
  const { headers } = exchange.request;
  await exchange.wait(Number(headers.get("x-wait") ?? "0"));
  const status = Number(headers.get("x-status") ?? "200");
  const body = headers.get("x-answer") ?? COMPLETION;
  exchange.respond(status, { ...JSON_HEADERS, "x-upstream": "yes" }, body);
}
