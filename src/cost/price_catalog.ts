import type { EmbeddedPrices } from "./embedded_prices.ts";
import { type Cost, type PricedUsage, priceOf } from "./price_of.ts";
import { hasRates, type ModelRates } from "./rates.ts";

/** What a catalog knows of a model; the words are those of the metric. */
export type Lookup =
  | { readonly status: "exact"; readonly model: string; readonly rates: ModelRates }
  | { readonly status: "missing" | "unpriced" | "no-catalog" };

/** What models cost. */
export interface PriceCatalog {
  /** The first of several names of a model that is known: the answer's, then the request's. */
  lookup(provider: string, models: readonly (string | undefined)[]): Lookup;
  /** What tokens cost; undefined where there is no price. */
  price(
    provider: string,
    models: readonly (string | undefined)[],
    usage: PricedUsage,
  ): Cost | undefined;
}

/** Models by provider and name. */
export type ModelTable = ReadonlyMap<string, ReadonlyMap<string, ModelRates>>;

/**
 * A catalog of tables, of which later ones win, model by model, and of the prices built in, which
 * are asked last.
 */
export function priceCatalog(
  tables: readonly ModelTable[],
  embedded: EmbeddedPrices | undefined,
): PriceCatalog {
  const own = mergeTables(tables);
  const isEmpty = tables.length === 0 && embedded === undefined;

  function find(provider: string, names: readonly string[]): Lookup {
    const models = own.get(provider);
    for (const name of names) {
      const rates = models?.get(name);
      if (rates !== undefined) return found(name, rates);
    }
    for (const name of names) {
      const rates = embedded?.find(provider, name);
      if (rates !== undefined) return found(name, rates);
    }
    return { status: isEmpty ? "no-catalog" : "missing" };
  }

  function lookup(provider: string, models: readonly (string | undefined)[]): Lookup {
    return find(provider, models.filter((model) => model !== undefined));
  }

  return {
    lookup,
    price(provider, models, usage) {
      const known = lookup(provider, models);
      return known.status === "exact" ? priceOf(usage, known.rates) : undefined;
    },
  };
}

function found(model: string, rates: ModelRates): Lookup {
  return hasRates(rates) ? { status: "exact", model, rates } : { status: "unpriced" };
}

function mergeTables(tables: readonly ModelTable[]): ModelTable {
  const merged = new Map<string, Map<string, ModelRates>>();
  for (const table of tables) {
    for (const [provider, models] of table) {
      const known = merged.get(provider) ?? new Map<string, ModelRates>();
      for (const [model, rates] of models) known.set(model, rates);
      merged.set(provider, known);
    }
  }
  return merged;
}
