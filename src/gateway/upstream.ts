import { GatewayError } from "../errors.ts";
import type { Upstream } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";

/** An HTTP call to an upstream. */
export interface UpstreamCall {
  readonly upstream: Upstream;
  /** Path and query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null;
  /** Whether a compressed answer is unfolded; false hands its bytes through. */
  readonly decode: boolean;
}

/** Sends a request and waits for the head of its answer. */
export async function callUpstream(exchange: Exchange, call: UpstreamCall): Promise<Response> {
  const { facts, services, signal } = exchange;
  const { upstream } = call;
  upstream.credential?.apply(call.headers);
  upstream.editRequestHeaders?.(call.headers);
  const origin = upstream.origin ?? "";
  facts.backend = upstream.name;
  if (upstream.endpoint !== undefined) facts.endpoint = upstream.endpoint;
  facts.upstreamSentMs = services.clock.now();
  exchange.waitingFor = { origin, sinceMs: facts.upstreamSentMs };
  try {
    const response = await services.client.fetch(origin + withCredential(call), {
      method: exchange.head.method,
      headers: call.headers,
      body: call.body,
      signal,
      decode: call.decode,
    });
    facts.upstreamHeadersMs = services.clock.now();
    return response;
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new GatewayError(
      "upstream-unreachable",
      `upstream call failed: ${upstream.endpoint ?? "upstream"}: ${explain(cause)}`,
      { code: "upstream_unreachable", cause },
    );
  } finally {
    exchange.waitingFor = undefined;
  }
}

function withCredential({ upstream, path }: UpstreamCall): string {
  const query = upstream.credential?.query ?? "";
  if (query === "") return path;
  return path.includes("?") ? `${path}&${query}` : `${path}?${query}`;
}

/** What went wrong, without the URL, whose query may hold a secret. */
function explain(cause: unknown): string {
  const text = chain(cause).join(" ");
  if (/refused/i.test(text)) return "connection refused";
  if (/dns|lookup|resolve|ENOTFOUND|EAI_AGAIN/i.test(text)) return "its name does not resolve";
  if (/certificate|tls|ssl|handshake/i.test(text)) return "TLS handshake failed";
  if (/reset|closed|broken pipe|incomplete|unexpected|ECONN/i.test(text)) {
    return "connection closed before an answer";
  }
  return "connection failed";
}

function chain(cause: unknown): string[] {
  const found: string[] = [];
  for (let at = cause; at instanceof Error && found.length < 8; at = at.cause) {
    found.push("code" in at ? String(at.code) : "", at.message);
  }
  return found;
}
