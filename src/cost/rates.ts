/** What may have a rate of its own. */
export const RATE_NAMES = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "reasoning",
  "inputAudio",
  "outputAudio",
] as const;

/** One of them. */
export type RateName = (typeof RATE_NAMES)[number];

/**
 * Millionths of a US dollar per million tokens: picodollars per token.
 *
 * Whole numbers of these are exact, so that a million small sums come to the right total.
 */
export type Rates = Readonly<Partial<Record<RateName, bigint>>>;

/** What a model costs. */
export interface ModelRates {
  readonly base: Rates;
  /** Rates of long contexts, in any order. */
  readonly tiers: readonly RateTier[];
}

/** Rates in place of the base ones where there are more input tokens than `contextOver`. */
export interface RateTier {
  readonly contextOver: number;
  readonly rates: Rates;
}

/** The rates for a context: of the tiers below it the highest, laid over the base. */
export function ratesFor({ base, tiers }: ModelRates, contextTokens: number): Rates {
  let best: RateTier | undefined;
  for (const tier of tiers) {
    if (tier.contextOver >= contextTokens) continue;
    if (best === undefined || tier.contextOver >= best.contextOver) best = tier;
  }
  return best === undefined ? base : { ...base, ...best.rates };
}

/** Whether anything has a rate. */
export function hasRates({ base, tiers }: ModelRates): boolean {
  return [base, ...tiers.map(({ rates }) => rates)].some((rates) => Object.keys(rates).length > 0);
}

/** Reads US dollars per million tokens, with up to 6 decimals; undefined where it is no such. */
export function parseRate(text: string): bigint | undefined {
  const found = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text);
  if (found === null) return undefined;
  return BigInt(found[1] ?? "0") * 1_000_000n + BigInt((found[2] ?? "").padEnd(6, "0"));
}

/** Reads several; those that are undefined have none. */
export function parseRates(texts: Readonly<Partial<Record<RateName, string | undefined>>>): Rates {
  const rates: Partial<Record<RateName, bigint>> = {};
  for (const name of RATE_NAMES) {
    const rate = parseRate(texts[name] ?? "");
    if (rate !== undefined) rates[name] = rate;
  }
  return rates;
}
