import { formatDiagnostic } from "../config/diagnostic.ts";
import { loadCostCatalog } from "../config/load_cost_catalog.ts";
import type { ProblemPath } from "../config/normalised.ts";
import type { CostCatalogConfig, CostCatalogSourcesConfig } from "../config/schema/cost_catalog.ts";
import { embeddedPrices } from "../cost/embedded_prices.ts";
import { type ModelTable, type PriceCatalog, priceCatalog } from "../cost/price_catalog.ts";
import { type ModelRates, parseRates } from "../cost/rates.ts";
import type { CompileContext } from "./compile_context.ts";

/** The prices of models: those built in, and over them those of the configuration. */
export function compileCostCatalog(
  sources: CostCatalogSourcesConfig,
  at: ProblemPath,
  context: CompileContext,
): PriceCatalog {
  const tables = sources.flatMap(({ file, inline }, index) => {
    const table = file === undefined
      ? inlineTable(inline, [...at, index, "inline"], context)
      : fileTable(file, [...at, index, "file"], context);
    return table ?? [];
  });
  const { epochMs } = context.environment;
  return priceCatalog(tables, context.keep("embedded prices", () => embeddedPrices(epochMs)));
}

function inlineTable(
  inline: string | CostCatalogConfig | undefined,
  at: ProblemPath,
  { problems }: CompileContext,
): ModelTable | undefined {
  if (inline === undefined) return undefined;
  if (typeof inline !== "string") return tableOf(inline);
  const loaded = loadCostCatalog({ name: "catalog", text: inline });
  if ("catalog" in loaded) return tableOf(loaded.catalog);
  for (const diagnostic of loaded.diagnostics) {
    problems.push({ path: at, message: formatDiagnostic(diagnostic) });
  }
  return undefined;
}

/**
 * The prices of a file. One that cannot be read, or is wrong, only warns: it may be written anew
 * while the gateway runs, and until then what it last said holds.
 */
function fileTable(file: string, at: ProblemPath, context: CompileContext): ModelTable | undefined {
  const { problems, warnings } = context;
  const kept = context.keep(`cost catalog ${file}`, (): Kept => ({ table: undefined }));
  const before = problems.length;
  const text = context.readFile(file, at);
  warnings.push(...problems.splice(before));
  if (text === undefined) return kept.table;
  const loaded = loadCostCatalog({ name: file, text });
  if ("catalog" in loaded) {
    kept.table = tableOf(loaded.catalog);
    return kept.table;
  }
  const until = kept.table === undefined ? "its prices are not known" : "its last prices hold";
  for (const diagnostic of loaded.diagnostics) {
    warnings.push({ path: at, message: `${formatDiagnostic(diagnostic)}; ${until}` });
  }
  return kept.table;
}

interface Kept {
  table: ModelTable | undefined;
}

function tableOf({ providers }: CostCatalogConfig): ModelTable {
  return new Map(
    Object.entries(providers).map(([provider, { models }]) => {
      const known = Object.entries(models).map(([model, { rates, tiers }]) => {
        const priced: ModelRates = {
          base: parseRates(rates),
          tiers: tiers.map((tier) => ({ ...tier, rates: parseRates(tier.rates) })),
        };
        return [model, priced] as const;
      });
      return [provider, new Map(known)];
    }),
  );
}
