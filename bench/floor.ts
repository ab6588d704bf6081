import { argv } from "node:process";
import { translatedEvents } from "./floor_translation.ts";

/**
 * The shortest honest proxy: parse the body, fetch, answer. Its figures are what the runtime
 * itself costs. Arguments: port, upstream port, `floor`, `pass-through` or `translating floor`.
 */
function main(): void {
  const [port, upstreamPort] = [Number(argv[2]), Number(argv[3])];
  const { path, answer } = argv[4] === "translating floor" ? translation : forwarding(argv[4]);
  const url = `http://127.0.0.1:${upstreamPort}${path}`;
  serve(port, async (request) => {
    if (request.method !== "POST") return new Response("ready\n");
    const body = await request.text();
    const streams = isStreamed(JSON.parse(body));
    const upstream = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-bench" },
      body,
      signal: request.signal,
    });
    return answer(upstream, streams);
  });
}

interface Kind {
  readonly path: string;
  readonly answer: (upstream: Response, streams: boolean) => Response | Promise<Response>;
}

const translation: Kind = { path: "/v1/messages", answer: translating };

function forwarding(name: string | undefined): Kind {
  const answer = name === "pass-through" ? passThrough : throughJavaScript;
  return { path: "/v1/chat/completions", answer };
}

function isStreamed(body: unknown): boolean {
  return typeof body === "object" && body !== null && "stream" in body && body.stream === true;
}

/** Hands every byte through JavaScript, as a gateway that reads what it forwards has to. */
async function throughJavaScript(upstream: Response, streams: boolean): Promise<Response> {
  const head = { status: upstream.status, headers: contentType(upstream) };
  if (!streams || !upstream.body) return new Response(await upstream.arrayBuffer(), head);
  const reader = upstream.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, head);
}

/** Leaves the body to the runtime, which then need not show it to JavaScript at all. */
function passThrough(upstream: Response): Response {
  return new Response(upstream.body, { status: upstream.status, headers: contentType(upstream) });
}

/** Reads Anthropic's events and writes those of chat completions. */
function translating(upstream: Response, streams: boolean): Response {
  if (!streams || !upstream.body) return passThrough(upstream);
  const head = { status: upstream.status, headers: contentType(upstream) };
  return new Response(translatedEvents(upstream.body), head);
}

function contentType(upstream: Response): HeadersInit {
  return { "content-type": upstream.headers.get("content-type") ?? "application/json" };
}

type Handler = (request: Request) => Promise<Response>;

declare const Bun: {
  serve(
    options: { port: number; hostname: string; idleTimeout: number; fetch: Handler },
  ): unknown;
};

function serve(port: number, handler: Handler): void {
  const hostname = "127.0.0.1";
  // Bun cuts a stream that is silent for ten seconds unless its idle timeout is off.
  if ("Bun" in globalThis) Bun.serve({ port, hostname, idleTimeout: 0, fetch: handler });
  else Deno.serve({ port, hostname, onListen: () => {} }, handler);
}

main();
