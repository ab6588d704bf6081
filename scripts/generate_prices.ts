/**
 * Writes src/cost/embedded_prices.txt, the prices that are built in, from the data of
 * `@pydantic/genai-prices`.
 *
 * They are kept as text because importing that package takes longer than the whole start may.
 * With `--check` it writes nothing and fails when the file is stale.
 */
import {
  findProvider,
  type MatchLogic,
  type ModelInfo,
  type ModelPrice,
} from "@pydantic/genai-prices";
import type {
  EmbeddedIndex,
  EmbeddedModel,
  EmbeddedPrice,
  Match,
} from "../src/cost/embedded_prices.ts";
import { parseRate, RATE_NAMES, type RateName } from "../src/cost/rates.ts";

const FILE = new URL("../src/cost/embedded_prices.txt", import.meta.url);

/** The data's names for the providers that metrics know; the first that has a model wins. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  "openai": ["openai"],
  "anthropic": ["anthropic"],
  "gcp.gemini": ["google"],
  "gcp.vertex_ai": ["google", "anthropic"],
  "aws.bedrock": ["aws"],
  "azure": ["azure", "openai", "anthropic", "deepseek", "x-ai", "moonshotai"],
  "baseten": ["baseten"],
  "cerebras": ["cerebras"],
  "cohere": ["cohere"],
  "deepseek": ["deepseek"],
  "fireworks": ["fireworks"],
  "groq": ["groq"],
  "mistral": ["mistral"],
  "openrouter": ["openrouter"],
  "togetherai": ["together"],
  "xai": ["x-ai"],
};

const RATES: Readonly<Record<RateName, string>> = {
  input: "input_mtok",
  output: "output_mtok",
  cacheRead: "cache_read_mtok",
  cacheWrite: "cache_write_mtok",
  reasoning: "output_reasoning_mtok",
  inputAudio: "input_audio_mtok",
  outputAudio: "output_audio_mtok",
};

/** The file's text: the index, then a model a line. */
export function embeddedPricesText(): string {
  const ids = [...new Set(Object.values(PROVIDERS).flat())].sort();
  const index: EmbeddedIndex = { from: "@pydantic/genai-prices", providers: PROVIDERS };
  const models = ids.flatMap((id) => {
    const provider = findProvider({ providerId: id });
    if (provider === undefined) throw new Error(`the data knows no provider ${id}`);
    return provider.models.flatMap((model) => modelOf(provider.id, model));
  });
  return `${[index, ...models].map((line) => JSON.stringify(line)).join("\n")}\n`;
}

function modelOf(provider: string, { match, prices }: ModelInfo): EmbeddedModel[] {
  const scheduled = Array.isArray(prices) ? prices : [{ prices }];
  const all = scheduled.map(({ prices, constraint }): EmbeddedPrice => {
    const price = priceOf(prices);
    if (constraint === undefined) return price;
    return constraint.type === "start_date"
      ? { ...price, from: constraint.start_date }
      : { ...price, between: [constraint.start_time, constraint.end_time] };
  });
  const isPriced = all.some(({ rates }) => Object.keys(rates).length > 0);
  return isPriced ? [{ provider, match: matchOf(match), prices: all }] : [];
}

function matchOf(match: MatchLogic): Match {
  if ("or" in match) {
    return match.or.length === 1 && match.or[0]
      ? matchOf(match.or[0])
      : { or: match.or.map(matchOf) };
  }
  if ("and" in match) return { and: match.and.map(matchOf) };
  if ("regex" in match) return match;
  const [[how, text] = []] = Object.entries(match);
  const lower = String(text).toLowerCase();
  switch (how) {
    case "equals":
      return { equals: lower };
    case "starts_with":
      return { starts: lower };
    case "ends_with":
      return { ends: lower };
    case "contains":
      return { contains: lower };
    default:
      throw new Error(`the data matches models by ${how}, which is not known`);
  }
}

function priceOf(prices: ModelPrice): EmbeddedPrice {
  const starts = new Set<number>();
  for (const name of RATE_NAMES) {
    const price = prices[RATES[name]];
    if (typeof price === "object") { for (const { start } of price.tiers) starts.add(start); }
  }
  const rates = ratesAt(prices, 0);
  const tiers = [...starts].sort((a, b) => a - b).map((contextOver) => {
    return { contextOver, rates: ratesAt(prices, contextOver + 1) };
  });
  return tiers.length === 0 ? { rates } : { rates, tiers };
}

function ratesAt(prices: ModelPrice, context: number): Partial<Record<RateName, string>> {
  const rates: Partial<Record<RateName, string>> = {};
  for (const name of RATE_NAMES) {
    const price = prices[RATES[name]];
    if (price === undefined) continue;
    const usd = typeof price === "number"
      ? price
      : price.tiers.findLast(({ start }) => context > start)?.price ?? price.base;
    // A rate of less than a millionth has more decimals than are kept.
    const text = usd.toFixed(6).replace(/\.?0+$/, "");
    if (parseRate(text) === undefined) throw new Error(`${usd} is no rate`);
    rates[name] = text;
  }
  return rates;
}

async function main(): Promise<number> {
  const text = embeddedPricesText();
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(FILE, text);
    return 0;
  }
  if (await Deno.readTextFile(FILE) === text) return 0;
  const message =
    "src/cost/embedded_prices.txt is stale: write it with scripts/generate_prices.ts\n";
  await Deno.stderr.write(new TextEncoder().encode(message));
  return 1;
}

if (import.meta.main) Deno.exit(await main());
