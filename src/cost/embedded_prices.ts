import text from "./embedded_prices.txt" with { type: "text" };
import { type ModelRates, parseRates, type RateName } from "./rates.ts";

/** The first line of the prices that are built in. */
export interface EmbeddedIndex {
  /** Where they come from. */
  readonly from: string;
  /** The names that lines below have for a provider; the first that has a model wins. */
  readonly providers: Readonly<Record<string, readonly string[]>>;
}

/** One line of them: a model under all its names, in lower case. */
export interface EmbeddedModel {
  readonly provider: string;
  readonly match: Match;
  /** The last one that is in force applies, else the first. */
  readonly prices: readonly EmbeddedPrice[];
}

/** Which names a model has. */
export type Match =
  | { readonly or: readonly Match[] }
  | { readonly and: readonly Match[] }
  | { readonly equals: string }
  | { readonly starts: string }
  | { readonly ends: string }
  | { readonly contains: string }
  | { readonly regex: string };

type RateTexts = Readonly<Partial<Record<RateName, string>>>;

/** Prices, in US dollars per million tokens, and when they are in force. */
export interface EmbeddedPrice {
  readonly rates: RateTexts;
  readonly tiers?: readonly { readonly contextOver: number; readonly rates: RateTexts }[];
  /** The first day, in UTC. */
  readonly from?: string;
  /** Times of day, in UTC: from the first to before the second, over midnight too. */
  readonly between?: readonly [string, string];
}

/** The prices that are built in. */
export interface EmbeddedPrices {
  /** What a model costs now; undefined where it is not known. */
  find(provider: string, model: string): ModelRates | undefined;
}

/** No model has a longer name. */
const NAME_LENGTH_MAX = 200;

/** Clients choose the names that are looked up, so that these cannot all be remembered. */
const REMEMBERED_MAX = 1_000;

/** The prices that are built in, read when the first is looked up. */
export function embeddedPrices(epochMs: () => number, lines = text): EmbeddedPrices {
  const remembered = new Map<string, readonly Scheduled[] | undefined>();
  let table: Table | undefined;

  function search(provider: string, model: string): readonly Scheduled[] | undefined {
    const key = `${provider}\n${model}`;
    if (remembered.has(key)) return remembered.get(key);
    table ??= readTable(lines);
    const prices = searchTable(table, provider, model.toLowerCase());
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(key, prices);
    return prices;
  }

  return {
    find(provider, model) {
      if (model.length > NAME_LENGTH_MAX) return undefined;
      const prices = search(provider, model);
      if (prices === undefined) return undefined;
      const now = epochMs();
      return (prices.findLast((price) => isInForce(price, now)) ?? prices[0])?.rates;
    },
  };
}

interface Table {
  readonly index: EmbeddedIndex;
  readonly lines: readonly string[];
  /** The models of the providers that were looked up so far. */
  readonly models: Map<string, readonly Known[]>;
}

interface Known {
  readonly isNamed: (model: string) => boolean;
  readonly prices: readonly Scheduled[];
}

interface Scheduled {
  readonly rates: ModelRates;
  readonly fromEpochMs: number;
  readonly between: readonly [number, number] | undefined;
}

function readTable(text: string): Table {
  const [first = "{}", ...lines] = text.trimEnd().split("\n");
  return { index: JSON.parse(first), lines, models: new Map() };
}

function modelsOf({ lines, models }: Table, provider: string): readonly Known[] {
  const start = `{"provider":${JSON.stringify(provider)},`;
  const known = models.get(provider) ??
    lines.filter((line) => line.startsWith(start)).map((line): Known => {
      const { match, prices }: EmbeddedModel = JSON.parse(line);
      return { isNamed: matcher(match), prices: prices.map(schedule) };
    });
  models.set(provider, known);
  return known;
}

function searchTable(table: Table, provider: string, model: string) {
  const { providers } = table.index;
  const names = Object.hasOwn(providers, provider) ? providers[provider] ?? [] : [];
  for (const name of [model, withDashes(model)]) {
    for (const listed of names) {
      const known = modelsOf(table, listed).find(({ isNamed }) => isNamed(name));
      if (known !== undefined) return known.prices;
    }
  }
  return undefined;
}

/** Dates within names, `-20250929`, as others write them: `-2025-09-29`. */
function withDashes(model: string): string {
  return model.replace(/-(20\d{2})(0[1-9]|1[0-2])([0-3]\d)(?=-|:|$)/g, "-$1-$2-$3");
}

function matcher(match: Match): (model: string) => boolean {
  if ("or" in match) {
    const some = match.or.map(matcher);
    return (model) => some.some((isNamed) => isNamed(model));
  }
  if ("and" in match) {
    const all = match.and.map(matcher);
    return (model) => all.every((isNamed) => isNamed(model));
  }
  if ("equals" in match) return (model) => model === match.equals;
  if ("starts" in match) return (model) => model.startsWith(match.starts);
  if ("ends" in match) return (model) => model.endsWith(match.ends);
  if ("contains" in match) return (model) => model.includes(match.contains);
  const regex = new RegExp(match.regex);
  return (model) => regex.test(model);
}

function schedule({ rates, tiers = [], from, between }: EmbeddedPrice): Scheduled {
  return {
    rates: {
      base: parseRates(rates),
      tiers: tiers.map((tier) => ({ ...tier, rates: parseRates(tier.rates) })),
    },
    fromEpochMs: from === undefined ? -Infinity : Date.parse(`${from}T00:00:00Z`),
    between: between === undefined ? undefined : [dayMs(between[0]), dayMs(between[1])],
  };
}

const DAY_MS = 86_400_000;

function isInForce({ fromEpochMs, between }: Scheduled, nowEpochMs: number): boolean {
  if (nowEpochMs < fromEpochMs) return false;
  if (between === undefined) return true;
  const [start, end] = between;
  const time = nowEpochMs % DAY_MS;
  return end < start ? time >= start || time < end : time >= start && time < end;
}

/** The time of day, such as `16:30:00Z`, in milliseconds. */
function dayMs(time: string): number {
  return Date.parse(`1970-01-01T${time.replace(/Z?$/, "Z")}`);
}
