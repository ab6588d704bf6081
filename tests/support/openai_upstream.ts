import { brotliCompressSync, gzipSync } from "node:zlib";
import { type Exchange, SocketHttpServer } from "./http_server.ts";
import type { ReceivedRequest } from "./http_request.ts";
import { isObject, type JsonObject } from "./json.ts";
import { completionOf, scriptIn, standardHeaders } from "./openai_answer.ts";
import { errorBody, type Refusal, refuseChat } from "./openai_rules.ts";
import type { Script } from "./openai_script.ts";
import { streamAnswer } from "./openai_stream.ts";

export interface UpstreamOptions {
  /** The bearer that every request must carry. */
  readonly key?: string;
  /** Takes unknown parameters and any path that ends in `/chat/completions`. */
  readonly lenient?: boolean;
  /** What is done with a request that brings no script of its own. */
  readonly script?: Script;
}

/** A request that has arrived, and what became of it. */
export interface UpstreamRecord {
  readonly request: ReceivedRequest;
  /** The parsed body, or undefined when it is no JSON. */
  readonly json: unknown;
  readonly exchange: Exchange;
}

/**
 * A strict stand-in of the OpenAI API.
 *
 * What it does with a request is said, first match wins, by the request itself
 * (`metadata: {script: "<JSON of a Script>"}`, see `scripted`), by the queue that `next` fills, or
 * by the script it was started with. Paths below `/v1/echo-anything` answer with the request that
 * arrived; everything else is refused in OpenAI's own words.
 */
export class Upstream implements AsyncDisposable {
  /** Every request, oldest first. */
  readonly records: UpstreamRecord[] = [];
  readonly #options: UpstreamOptions;
  readonly #queue: Script[] = [];
  #server: SocketHttpServer | undefined;
  readonly #stepped = new EventTarget();
  #steps = 0;
  #streamsOpen = 0;
  #streamsMax = 0;

  private constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  static async start(options: UpstreamOptions = {}): Promise<Upstream> {
    const made = new Upstream(options);
    made.#server = await SocketHttpServer.listen((exchange) => made.#serve(exchange));
    return made;
  }

  get sockets(): SocketHttpServer {
    if (this.#server === undefined) throw new Error("not listening");
    return this.#server;
  }

  /** Scheme and authority. */
  get url(): string {
    return `http://127.0.0.1:${this.sockets.port}`;
  }

  get streamsOpen(): number {
    return this.#streamsOpen;
  }

  /** The most streams that were open at once. */
  get streamsMax(): number {
    return this.#streamsMax;
  }

  /** The newest request. */
  get last(): UpstreamRecord {
    const newest = this.records.at(-1);
    if (newest === undefined) throw new Error("the upstream has had no request");
    return newest;
  }

  /** Lets every open `stepped` stream send one more content event. */
  step(): void {
    this.#steps++;
    this.#stepped.dispatchEvent(new Event("step"));
  }

  /** Says what is done with the next requests, one each. */
  next(...scripts: readonly Script[]): void {
    this.#queue.push(...scripts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }

  async #serve(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    const json = parseJson(request.body);
    this.records.push({ request, json, exchange });
    const [path = ""] = request.target.split("?");
    const refusal = this.#refuseKey(request);
    if (refusal !== undefined) return refuse(exchange, refusal);
    if (this.#isChat(path) && request.method === "POST") return await this.#chat(exchange, json);
    if (path === "/v1/models" && request.method === "GET") return listModels(exchange);
    if (path.startsWith("/v1/echo-anything")) return echo(exchange);
    const message = `Invalid URL (${request.method} ${path})`;
    refuse(exchange, { status: 404, message, param: null, code: null });
  }

  /** Waits until there were more steps than that, or until the client goes. */
  async #turn({ gone }: Exchange, stepsBefore: number): Promise<void> {
    while (this.#steps <= stepsBefore && !gone.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => resolve();
        this.#stepped.addEventListener("step", done, { once: true, signal: gone });
        gone.addEventListener("abort", done, { once: true });
      });
    }
  }

  #isChat(path: string): boolean {
    return path === "/v1/chat/completions" ||
      (this.#options.lenient === true && path.endsWith("/chat/completions"));
  }

  #refuseKey(request: ReceivedRequest): Refusal | undefined {
    const { key } = this.#options;
    const given = request.headers.get("authorization");
    if (key === undefined || given === `Bearer ${key}`) return undefined;
    const message = given === null
      ? "You didn't provide an API key."
      : `Incorrect API key provided: ${given.replace("Bearer ", "").slice(0, 4)}****.`;
    return { status: 401, message, param: null, code: given && "invalid_api_key" };
  }

  async #chat(exchange: Exchange, json: unknown): Promise<void> {
    const type = exchange.request.headers.get("content-type") ?? "";
    if (!/^application\/json\b/.test(type)) return refuse(exchange, unsupportedType(type));
    const refusal = this.#options.lenient ? undefined : refuseChat(json);
    if (refusal !== undefined || !isObject(json)) {
      const unread = { status: 400, message: "Not a JSON object.", param: null, code: null };
      return refuse(exchange, refusal ?? unread);
    }
    const script = scriptIn(json) ?? this.#queue.shift() ?? this.#options.script ?? {};
    await exchange.wait(script.headDelayMs ?? 0);
    if (script.cut?.after === "request") return await exchange.breakOff(script.cut.how);
    if (script.fail !== undefined) return fail(exchange, script, script.fail);
    if (json.stream !== true || script.rawBody !== undefined) return answer(exchange, json, script);
    this.#streamsOpen++;
    this.#streamsMax = Math.max(this.#streamsMax, this.#streamsOpen);
    const first = this.#steps;
    const turn = (index: number) =>
      script.stepped ? this.#turn(exchange, first + index) : undefined;
    await streamAnswer(exchange, json, script, turn).finally(() => this.#streamsOpen--);
  }
}

function answer(exchange: Exchange, request: JsonObject, script: Script): void {
  const text = script.rawBody ?? JSON.stringify(completionOf(request, script), null, 2) + "\n";
  const headers = { ...standardHeaders(exchange), "content-type": "application/json" };
  const plain = new TextEncoder().encode(text);
  const { encoding } = script;
  const bytes = encoding === undefined ? plain : compress[encoding](plain);
  exchange.respond(200, {
    ...headers,
    ...(encoding && { "content-encoding": encoding }),
    ...script.headers,
  }, bytes);
}

const compress = { gzip: gzipSync, br: brotliCompressSync };

function fail(exchange: Exchange, script: Script, how: { status: number; body?: string }): void {
  const headers = { ...standardHeaders(exchange), "content-type": "application/json" };
  const body = how.body ?? JSON.stringify(failures[how.status] ?? failures[500], null, 4);
  exchange.respond(how.status, { ...headers, ...script.headers }, body);
}

const failures: Readonly<Record<number, unknown>> = {
  404: errorBody({
    message: "The model `gpt-9` does not exist or you do not have access to it.",
    param: null,
    code: "model_not_found",
  }),
  429: errorBody(
    { message: "Rate limit reached for gpt-4o.", param: null, code: "rate_limit_exceeded" },
    "requests",
  ),
  500: errorBody(
    { message: "The server had an error while processing your request.", param: null, code: null },
    "server_error",
  ),
};

function refuse(exchange: Exchange, refusal: Refusal): void {
  const headers = { ...standardHeaders(exchange), "content-type": "application/json" };
  exchange.respond(refusal.status, headers, JSON.stringify(errorBody(refusal), null, 2));
}

function unsupportedType(type: string): Refusal {
  const message = `Unsupported content type: '${type}'. This API method only accepts ` +
    `'application/json' requests.`;
  return { status: 400, message, param: null, code: "unsupported_content_type" };
}

function listModels(exchange: Exchange): void {
  const model = { id: "gpt-4o", object: "model", created: 1715367049, owned_by: "system" };
  const body = JSON.stringify({ object: "list", data: [model] });
  exchange.respond(200, { ...standardHeaders(exchange), "content-type": "application/json" }, body);
}

function echo(exchange: Exchange): void {
  const { method, target, headers, body } = exchange.request;
  const seen = { method, target, headers: Object.fromEntries(headers), body: latin1(body) };
  const status = Number(headers.get("x-echo-status") ?? 200);
  exchange.respond(
    status,
    { "content-type": "application/json", "x-echo": "yes" },
    JSON.stringify(seen),
  );
}

/** Bytes as text, one character each. */
export function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
