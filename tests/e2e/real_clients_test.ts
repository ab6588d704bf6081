import assert from "node:assert/strict";
import {
  type ProviderName,
  providerNames,
  providers,
  startAllProviders,
} from "../support/all_providers.ts";
import { type LoopName, loopNames, loops } from "../support/clients/index.ts";
import { toldOfTwoCities } from "../support/clients/tool_loop.ts";
import { suite } from "../support/suite.ts";
import { tokenCounts } from "../support/token_counts.ts";
import { until } from "../support/until.ts";
import { defaultUsage } from "../support/upstreams/scripts.ts";

const test = suite(() => startAllProviders());

/** What a client cannot see of a provider, and why. */
interface Exception {
  readonly what: "reasoning" | "replay" | "cacheWrite" | "reasoningTokens" | "loop";
  readonly holds: (client: LoopName, provider: ProviderName) => boolean;
  readonly why: string;
}

const isGoogles = (name: string) => /genai|google|gemini/.test(name);
const isOpenAi = (provider: ProviderName) => provider === "openai" || provider === "azure";

const exceptions: readonly Exception[] = [
  {
    what: "reasoning",
    holds: (client, provider) => isOpenAi(provider) && !client.includes("responses"),
    why: "OpenAI's chat completions only count thoughts; only its own Responses API shows them.",
  },
  {
    what: "replay",
    holds: (client, provider) => isOpenAi(provider) && !client.includes("responses"),
    why: "What was not shown cannot be sent back.",
  },
  {
    what: "reasoning",
    holds: (client, provider) =>
      provider === "openai-responses" && /^openai chat|anthropic/.test(client),
    why: "OpenAI shows a summary to those who ask for one, as these do not; it is replayed sealed.",
  },
  {
    what: "reasoning",
    holds: (client) => client === "ai-sdk chat",
    why: "The AI SDK reads no reasoning from chat completions.",
  },
  {
    what: "replay",
    holds: (client, provider) => client === "ai-sdk chat" && !isGoogles(provider),
    why: "It sends none back either; only Google's signatures come through, in the calls' ids.",
  },
  {
    what: "loop",
    holds: (client, provider) => client === "ai-sdk chat" && provider === "deepseek",
    why: "DeepSeek takes no tool result without the reasoning before the call, also directly.",
  },
  {
    what: "cacheWrite",
    holds: (client, provider) => isGoogles(client) || isGoogles(provider),
    why: "Google's API has no count of what is written to its cache.",
  },
  {
    what: "reasoningTokens",
    holds: (_, provider) => provider === "bedrock",
    why: "Converse counts thoughts as output, and does not say how many those were.",
  },
];

for (const provider of providerNames) {
  for (const client of loopNames) {
    const can = (what: Exception["what"]) =>
      !exceptions.some((one) => one.what === what && one.holds(client, provider));
    for (const stream of [false, true]) {
      const how = stream ? "streamed" : "buffered";
      if (!can("loop")) {
        test(`${client} cannot drive ${provider}, ${how}`, async ({ gateway }) => {
          const failed = loops[client](gateway.url, provider, { stream });
          await assert.rejects(failed, /Missing `reasoning_content` field/);
        });
        continue;
      }
      test(`${client} drives ${provider}, ${how}`, async (shared) => {
        const { gateway } = shared;
        const upstream = shared.upstream(provider);
        const refused = upstream.refusals.length;
        const run = await loops[client](gateway.url, provider, { stream });
        assert.deepEqual(upstream.refusals.slice(refused), []);
        assert.equal(run.text, toldOfTwoCities);
        assert.deepEqual(run.toolCalls, [
          { name: "get_weather", args: { city: "Paris" } },
          { name: "get_weather", args: { city: "Rome" } },
        ]);
        assert.equal(run.rounds, 2);
        assert.deepEqual(run.usage, {
          ...defaultUsage,
          ...(!can("cacheWrite") && { cacheWrite: 0 }),
          ...(!can("reasoningTokens") && { reasoning: 0 }),
        });
        assert.equal(run.reasoningSeen, can("reasoning"));
        if (can("reasoning")) assert.match(run.reasoning, /天気/);
        assert.equal(isReplayed(upstream.last.request.body), can("replay"));
      });
    }
  }

  test(`${provider} was metered once for each answer`, async ({ gateway, upstream }) => {
    const { system, model } = providers[provider];
    const { records, refusals } = upstream(provider);
    const requests = records.length - refusals.length;
    const labels = { gen_ai_system: system, gen_ai_request_model: model };
    const { input, cacheRead, cacheWrite, output, reasoning } = countedBy(provider);
    const of = (tokens: number) => ({ requests, tokens: requests * tokens });
    assert.deepEqual(await tokenCounts(gateway, labels), {
      input: of(input),
      output: of(output),
      input_cache_read: of(cacheRead),
      ...(cacheWrite !== undefined && { input_cache_write: of(cacheWrite) }),
    });
    const lines = await until("all answers are logged", () => {
      const lines = gateway.accessLogs().filter((line) =>
        line["gen_ai.provider.name"] === system && line["gen_ai.request.model"] === model &&
        line["http.status"] === 200
      );
      return lines.length >= requests && lines;
    });
    assert.equal(lines.length, requests);
    for (const line of lines) {
      assert.equal(line.usage_source, "provider");
      assert.equal(line["gen_ai.usage.input_tokens"], input);
      assert.equal(line["gen_ai.usage.output_tokens"], output);
      assert.equal(line["gen_ai.usage.cache_read.input_tokens"], cacheRead);
      assert.equal(line["gen_ai.usage.cache_creation.input_tokens"], cacheWrite);
      assert.equal(line["gen_ai.usage.reasoning_tokens"], reasoning);
    }
  });
}

/** Whether a request brings thoughts of an earlier turn, or a provider's seal of them. */
function isReplayed(body: Uint8Array): boolean {
  return /天気|"(?:EqQB|gAAAAABo|CiQB)/.test(new TextDecoder().decode(body));
}

/** The tokens that a stand-in tells; some APIs have no words for some of them. */
function countedBy(provider: ProviderName) {
  const { cacheWrite, reasoning, ...counted } = defaultUsage;
  return {
    ...counted,
    cacheWrite: isGoogles(provider) ? undefined : cacheWrite,
    reasoning: provider === "bedrock" ? undefined : reasoning,
  };
}
