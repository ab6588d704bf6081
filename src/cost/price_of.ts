import type { Usage } from "../chat/usage.ts";
import { defined } from "../lib/defined.ts";
import { type ModelRates, RATE_NAMES, type RateName, type Rates, ratesFor } from "./rates.ts";

/** Tokens as far as they are known; what is audio is also counted in input or output. */
export interface PricedUsage extends Usage {
  readonly inputAudioTokens?: number;
  readonly outputAudioTokens?: number;
}

/** What an answer costs, in USD; parts without a rate are missing. */
export interface Cost extends Readonly<Partial<Record<RateName, number>>> {
  readonly total: number;
  /** The same without rounding, in picodollars. */
  readonly totalPicoUsd: bigint;
  /** The rates of the tier that applied, in USD per million tokens. */
  readonly rates: Readonly<Partial<Record<RateName, number>>>;
}

/** The cost of an answer, every token priced once; undefined where no token is known. */
export function priceOf(usage: PricedUsage, model: ModelRates): Cost | undefined {
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  const context = inputTokens(usage);
  const declared = ratesFor(model, context);
  const rates = withFallbacks(declared);
  const tokens = splitTokens(usage, declared);
  const parts: Partial<Record<RateName, number>> = {};
  let total = 0n;
  for (const name of RATE_NAMES) {
    const rate = rates[name];
    if (rate === undefined) continue;
    const cost = BigInt(tokens[name]) * rate;
    total += cost;
    parts[name] = usdOf(cost);
  }
  return { ...parts, total: usdOf(total), totalPicoUsd: total, rates: usdPerMillion(declared) };
}

/** How many tokens are priced at each rate; together they are all tokens there are. */
export function splitTokens(usage: PricedUsage, rates: Rates): Readonly<Record<RateName, number>> {
  const input = inputTokens(usage);
  const output = wholeOf(usage.outputTokens);
  // Counts that contradict each other are cut, so that no token is priced twice.
  const cacheRead = rates.cacheRead === undefined ? 0 : wholeOf(usage.cacheReadTokens);
  const cacheWrite = rates.cacheWrite === undefined ? 0 : wholeOf(usage.cacheWriteTokens);
  const inputAudio = Math.min(wholeOf(usage.inputAudioTokens), input - cacheRead - cacheWrite);
  const outputAudio = Math.min(wholeOf(usage.outputAudioTokens), output);
  const reasoning = Math.min(wholeOf(usage.reasoningTokens), output - outputAudio);
  return {
    input: input - cacheRead - cacheWrite - inputAudio,
    output: output - reasoning - outputAudio,
    cacheRead,
    cacheWrite,
    reasoning,
    inputAudio,
    outputAudio,
  };
}

/** Input includes what the cache was used for; a provider that says less has said too little. */
function inputTokens({ inputTokens, cacheReadTokens, cacheWriteTokens }: PricedUsage): number {
  return Math.max(wholeOf(inputTokens), wholeOf(cacheReadTokens) + wholeOf(cacheWriteTokens));
}

function withFallbacks(rates: Rates): Rates {
  const { input, output } = rates;
  return { ...defined({ reasoning: output, inputAudio: input, outputAudio: output }), ...rates };
}

function wholeOf(count: number | undefined): number {
  return count !== undefined && Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function usdOf(picoUsd: bigint): number {
  return Number(picoUsd) / 1e12;
}

function usdPerMillion(rates: Rates): Partial<Record<RateName, number>> {
  const shown: Partial<Record<RateName, number>> = {};
  for (const name of RATE_NAMES) {
    const rate = rates[name];
    if (rate !== undefined) shown[name] = Number(rate) / 1e6;
  }
  return shown;
}
