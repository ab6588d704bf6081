import OpenAI from "openai";
import { llmConfig, modelEntry, upstreamKey } from "./configs.ts";
import { Gateway, type GatewayOptions } from "./gateway.ts";
import { type Script, scripted } from "./openai_script.ts";
import { Upstream, type UpstreamOptions } from "./openai_upstream.ts";

/** A gateway in front of a stand-in, with the official client of the API. */
export interface ChatFixture extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly gateway: Gateway;
  readonly client: OpenAI;
}

export interface ChatFixtureOptions extends Omit<GatewayOptions, "yaml"> {
  readonly upstream?: UpstreamOptions;
  /** More models that are sent as they are. */
  readonly models?: readonly string[];
  /** What stands in the config besides the `llm` section. */
  readonly yaml?: string;
}

/**
 * Starts both, with three models: `gpt-4o` as it is, `renamed` which is sent as `gpt-4o-mini`, and
 * `wrong-key` whose key the provider refuses.
 */
export async function startChat(options: ChatFixtureOptions = {}): Promise<ChatFixture> {
  const upstream = await Upstream.start({ key: upstreamKey, ...options.upstream });
  const gateway = await Gateway.start({
    ...options,
    yaml: (port) =>
      (options.yaml ?? "") + llmConfig(
        port,
        modelEntry("gpt-4o", upstream),
        modelEntry("renamed", upstream, { model: "gpt-4o-mini" }),
        modelEntry("wrong-key", upstream, { key: "sk-wrong" }),
        ...(options.models ?? []).map((name) => modelEntry(name, upstream)),
      ),
  });
  return {
    upstream,
    gateway,
    client: new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "sk-client", maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** A conversation of one question. */
export const messages = [
  { role: "user", content: "Say something." },
] satisfies OpenAI.ChatCompletionMessageParam[];

/** A request for `gpt-4o` that says what the stand-in does with it. */
export function asked(script: Script = {}) {
  return { model: "gpt-4o", messages, ...scripted(script) };
}

/** Sends a chat request without any client library. */
export function postChat(
  gateway: Gateway,
  body: unknown,
  init: { signal?: AbortSignal; headers?: HeadersInit } = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("content-type")) headers.set("content-type", "application/json");
  return fetch(`${gateway.url}/v1/chat/completions`, {
    ...init,
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}
