import type { Facts, LlmFacts } from "../../src/gateway/facts.ts";

/** A finished, buffered chat completion over `llm` mode, changed where a test says so. */
export function chatFacts(changes: Partial<Facts> = {}, llm: Partial<LlmFacts> = {}): Facts {
  return {
    ...plainFacts(),
    protocol: "llm",
    listener: "llm",
    route: "internal/llm:request",
    backend: "openai",
    endpoint: "api.openai.com:443",
    reason: "Upstream",
    status: 200,
    upstreamSentMs: 5000.25,
    upstreamHeadersMs: 5600,
    responseReadyMs: 5600.5,
    responseBytes: 345,
    llm: {
      operation: "chat",
      clientApi: "completions",
      losses: [],
      provider: "openai",
      requestModel: "gpt-4o-mini",
      parameters: {},
      streaming: false,
      answered: true,
      responseModel: "gpt-4o-mini-2024-07-18",
      usage: { inputTokens: 21, outputTokens: 14, cacheReadTokens: 0 },
      usageSource: "provider",
      ...llm,
    },
    ...changes,
  };
}

/** A request for which no route was found. It ends 59.908 ms after ten o'clock. */
export function plainFacts(changes: Partial<Facts> = {}): Facts {
  return {
    startedAtEpochMs: Date.UTC(2026, 7, 21, 9, 59, 59, 247),
    startedMs: 5000,
    endedMs: 5812.908,
    bind: "bind/4000",
    gateway: "default/default",
    peer: "127.0.0.1:50000",
    method: "POST",
    host: "localhost",
    path: "/v1/chat/completions",
    httpVersion: "HTTP/1.1",
    status: 404,
    reason: "NotFound",
    ending: "finished",
    responseBytes: 0,
    protocol: "http",
    ...changes,
  };
}
