import { GatewayError } from "../errors.ts";
import { editable, type HeaderRecord } from "../lib/header_record.ts";
import type { Provider } from "../providers/provider.ts";
import type { Authorizer } from "../policies/cloud_auth/authorizer.ts";
import type { Credential } from "../policies/credential.ts";
import type { Upstream, UpstreamPlace } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";

/** An HTTP call to an upstream. */
export interface UpstreamCall {
  readonly upstream: Upstream;
  /** Where the upstream serves this call, if not at its own authority. */
  readonly place?: UpstreamPlace | undefined;
  readonly credential: Credential | undefined;
  /** Path and query. */
  readonly path: string;
  readonly headers: HeaderRecord;
  readonly body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null;
  /** That of the try. */
  readonly signal: AbortSignal;
  /** Whether a compressed answer is unfolded; false hands its bytes through. */
  readonly decode: boolean;
}

/**
 * Sends a request and waits for the head of its answer.
 *
 * `answer` is there when the upstream lives in this process; the same rules hold for it.
 */
export async function send(
  exchange: Exchange,
  call: UpstreamCall,
  answer: Provider["answer"],
): Promise<Response> {
  const { facts, services } = exchange;
  const { upstream, place = upstream, signal } = call;
  signal.throwIfAborted();
  call.credential?.apply(call.headers);
  upstream.editRequestHeaders?.(editable(call.headers));
  facts.backend = upstream.name;
  if (place.endpoint !== undefined) facts.endpoint = place.endpoint;
  const url = (place.origin ?? "") + withCredential(call);
  if (upstream.authorizer !== undefined) await authorize(exchange, upstream.authorizer, url, call);
  facts.upstreamSentMs = services.clock.now();
  let response: Response;
  try {
    response = answer === undefined
      ? await callOverHttp(exchange, call, place.origin ?? "", url)
      : await callInProcess(exchange, call, answer);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new GatewayError(
      "upstream-unreachable",
      `upstream call failed: ${place.endpoint ?? upstream.name}: ${explain(cause)}`,
      { code: "upstream_unreachable", cause },
    );
  } finally {
    exchange.waitingFor = undefined;
  }
  facts.upstreamHeadersMs = services.clock.now();
  exchange.answered = response;
  if (response.status < 200 || response.status > 599) throw await noStatus(response);
  return response;
}

/** A `Response` cannot be made with such a status, so it cannot be passed on. */
async function noStatus({ status, body }: Response): Promise<GatewayError> {
  await body?.cancel().catch(() => {});
  return new GatewayError("upstream-invalid", `upstream answered with status ${status}`, {
    code: "invalid_status",
  });
}

/** The last thing that is done to a request: a signature is over all else of it. */
async function authorize(
  { head }: Exchange,
  authorizer: Authorizer,
  url: string,
  { headers, body, signal }: UpstreamCall,
): Promise<void> {
  if (body instanceof ReadableStream) throw new Error("a stream cannot be signed");
  await authorizer.authorize({ method: head.method, url, headers, body, signal });
}

function callOverHttp(
  exchange: Exchange,
  call: UpstreamCall,
  origin: string,
  url: string,
): Promise<Response> {
  const { client = exchange.services.client } = call.upstream;
  // A client of the upstream's own has deadlines of its own, and may go another way than a probe.
  if (client === exchange.services.client) {
    exchange.waitingFor = { origin, sinceMs: exchange.facts.upstreamSentMs ?? 0 };
  }
  return client.fetch(url, {
    method: exchange.head.method,
    headers: call.headers,
    body: call.body,
    signal: call.signal,
    decode: call.decode,
  });
}

async function callInProcess(
  { head }: Exchange,
  { path, headers, body, signal }: UpstreamCall,
  answer: NonNullable<Provider["answer"]>,
): Promise<Response> {
  const text = typeof body === "string" ? body : await new Response(body).text();
  return await answer({
    method: head.method,
    path,
    headers: new Headers(headers),
    body: text,
    signal,
  });
}

function withCredential({ credential, path }: UpstreamCall): string {
  const query = credential?.query ?? "";
  if (query === "") return path;
  return path.includes("?") ? `${path}&${query}` : `${path}?${query}`;
}

/** What went wrong, without the URL, whose query may hold a secret. */
function explain(cause: unknown): string {
  const text = chain(cause).join(" ");
  if (/ETIMEDOUT/.test(text)) return "not connected in time";
  const [, proxy] = /ERR_PROXY (the proxy .*)/.exec(text) ?? [];
  if (proxy !== undefined) return proxy;
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
