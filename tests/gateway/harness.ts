import { completions } from "../../src/apis/completions/index.ts";
import type { JsonObject } from "../../src/apis/api.ts";
import { routeTypeTable } from "../../src/apis/route_types.ts";
import type { Exchange, Services } from "../../src/gateway/exchange.ts";
import type { Facts } from "../../src/gateway/facts.ts";
import { handle } from "../../src/gateway/handle.ts";
import type { Client, ClientRequest } from "../../src/host/host.ts";
import { openai } from "../../src/providers/openai/index.ts";
import type { Backend, Target } from "../../src/routing/backend.ts";
import { hostTable } from "../../src/routing/hostname.ts";
import { modelTable } from "../../src/routing/model_table.ts";
import { virtualModels } from "../../src/routing/virtual_models.ts";
import type { PortPlan, Route } from "../../src/routing/snapshot.ts";

export const API = completions;

/** One call that reached the fake upstream. */
export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly decode: boolean;
}

export type Upstream = (call: Call) => Response | Promise<Response>;

interface Setup {
  readonly backend?: Backend;
  readonly route?: Partial<Route>;
  readonly bodyBytesMax?: number;
  readonly heldMsMax?: number;
  readonly listeners?: PortPlan["listeners"];
}

/** A gateway over a fake upstream and a clock that moves one millisecond a look. */
export function gateway(upstream: Upstream, setup: Setup = {}) {
  const calls: Call[] = [];
  const settled: Facts[] = [];
  const live: Facts[] = [];
  const internal: unknown[] = [];
  let nowMs = 0;
  const client: Client = {
    decodes: new Set(["gzip", "br"]),
    async fetch(url, init) {
      const headers = new Headers(init.headers);
      const call = { url, ...init, headers, body: await text(init.body) };
      calls.push(call);
      return await unlessAborted(init.signal, Promise.resolve().then(() => upstream(call)));
    },
    close() {},
  };
  const services: Services = {
    client,
    observer: {
      settled(facts) {
        live.push(facts);
        settled.push(structuredClone(facts));
      },
    },
    clock: { now: () => ++nowMs, epochMs: () => 1_000 },
    random: () => 0.5,
    heldMsMax: setup.heldMsMax ?? 0,
    inFlight: new Set<Exchange>(),
    internalError: (error) => internal.push(error),
  };
  const plan: PortPlan = {
    port: 4000,
    bind: "bind/4000",
    gateway: "default/default",
    bodyBytesMax: setup.bodyBytesMax ?? 2_097_152,
    listeners: setup.listeners ?? oneRoute(setup),
  };
  return {
    calls,
    settled,
    /** The facts as they are now, to see whether something wrote to them after the end. */
    live,
    internal,
    services,
    ask: (request: Request) => handle(request, { peer: "127.0.0.1:1" }, plan, services),
  };
}

function oneRoute({ backend = aiBackend(), route }: Setup): PortPlan["listeners"] {
  const found: Route = {
    name: "default/route0",
    strict: false,
    backends: [{ weight: 1, backend }],
    ...route,
  };
  return hostTable([{ hostnames: [], entry: { name: "listener0", findRoute: () => found } }]);
}

async function text(body: ClientRequest["body"]): Promise<string> {
  return typeof body === "string" ? body : await new Response(body).text();
}

/** As `fetch` does it: rejects with the signal's reason. */
function unlessAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** A target on the OpenAI provider. */
export function target(changes: Partial<Target> = {}): Target {
  return {
    name: "openai",
    origin: "https://api.test",
    endpoint: "api.test:443",
    provider: openai.connect({}, { now: () => 0 }),
    paths: { hostOverridden: false, keepsClientPath: false },
    strict: false,
    ...changes,
  };
}

export function aiBackend(
  changes: Partial<Target> = {},
  routes: Parameters<typeof routeTypeTable>[0] = {},
): Backend {
  return {
    type: "ai",
    routeTypeOf: routeTypeTable(routes),
    choice: { type: "one", target: target(changes) },
  };
}

export function modelsBackend(
  names: Readonly<Record<string, Partial<Target>>>,
  routes: Parameters<typeof routeTypeTable>[0] = { "/v1/chat/completions": "completions" },
): Backend {
  return {
    type: "models",
    routeTypeOf: routeTypeTable({ "*": "passthrough", ...routes }),
    models: modelTable(
      Object.entries(names).map(([name, changes]) => ({
        name,
        public: true,
        model: target(changes),
      })),
    ),
    virtualModels: virtualModels([], () => 0),
    createdAtS: 42,
  };
}

/** A chat request; `body` is sent as it is when it is a string. */
export function chat(body: JsonObject | string = CHAT, init: RequestInit = {}): Request {
  return new Request("http://gateway.test/v1/chat/completions", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
    headers: {
      "content-type": "application/json",
      ...Object.fromEntries(new Headers(init.headers)),
    },
  });
}

export const CHAT = { model: "m", messages: [{ role: "user", content: "12345678" }] };

export const ANSWER = JSON.stringify({
  model: "m-1",
  choices: [{ index: 0, message: { role: "assistant", content: "four" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
});

export const json = (body = ANSWER, init: ResponseInit = {}): Response =>
  new Response(body, { headers: { "content-type": "application/json" }, ...init });

/** An upstream stream that a test feeds by hand. */
export function script() {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start: (own) => void (controller = own),
    cancel: () => void (state.cancelled = true),
  });
  const response = (headers: Record<string, string> = {}) =>
    new Response(body, { headers: { "content-type": "text/event-stream", ...headers } });
  return {
    state,
    response,
    send(chunk: string | Uint8Array) {
      controller?.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
    },
    end: () => controller?.close(),
    cut: (cause: unknown = new TypeError("connection reset")) => controller?.error(cause),
  };
}

export const chunk = (content: string): string =>
  `data: {"model":"m-1","choices":[{"index":0,"delta":{"content":${
    JSON.stringify(content)
  }}}]}\n\n`;
export const FINISH = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`;
export const USAGE = `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n`;
export const DONE = "data: [DONE]\n\n";
