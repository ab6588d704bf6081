import type { Upstream } from "./openai_upstream.ts";

/** The key that the stand-in expects of the gateway, never of the client. */
export const upstreamKey = "sk-upstream-f00dcafe";

/** A model entry of the `llm` section that leads to a stand-in. */
export function modelEntry(name: string, upstream: Upstream, more: ModelSettings = {}): string {
  const { model, key = upstreamKey, rest = [] } = more;
  const params = { ...(model && { model }), apiKey: key, baseUrl: `${upstream.url}/v1` };
  return [
    `  - name: ${JSON.stringify(name)}`,
    `    provider: openAI`,
    `    params: ${JSON.stringify(params)}`,
    ...rest.map((line) => `    ${line}`),
    "",
  ].join("\n");
}

interface ModelSettings {
  /** The model that is sent upstream. */
  readonly model?: string;
  readonly key?: string | { readonly file: string };
  /** More lines of the entry. */
  readonly rest?: readonly string[];
}

/** An `llm` section with these entries. */
export function llmConfig(port: number | undefined, ...entries: readonly string[]): string {
  return `llm:\n  port: ${port}\n  models:\n${entries.join("")}`;
}
