import { GatewayError } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { Exchange } from "./exchange.ts";
import type { UpstreamCall } from "./upstream.ts";

/** Lets a provider that lives in this process answer, under the same rules as an HTTP upstream. */
export async function answerLocally(
  exchange: Exchange,
  answer: NonNullable<Provider["answer"]>,
  call: UpstreamCall,
): Promise<Response> {
  const { facts, services, signal, head } = exchange;
  call.upstream.editRequestHeaders?.(call.headers);
  facts.backend = call.upstream.name;
  facts.upstreamSentMs = services.clock.now();
  try {
    const response = await answer({
      method: head.method,
      path: call.path,
      headers: call.headers,
      body: typeof call.body === "string" ? call.body : await new Response(call.body).text(),
      signal,
    });
    facts.upstreamHeadersMs = services.clock.now();
    return response;
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new GatewayError(
      "upstream-unreachable",
      `upstream call failed: ${call.upstream.name}: connection closed before an answer`,
      { code: "upstream_unreachable", cause },
    );
  }
}
