import type { FactsObserver } from "../gateway/facts.ts";
import type { Families } from "./families.ts";
import type { LabelCap } from "./label_cap.ts";
import { createSeriesTable } from "./series_table.ts";

/** Counts what translations between APIs could not carry. */
export function lossMetrics(families: Families, cap: LabelCap): FactsObserver {
  const labelNames = ["field", "kind", "client_api", "upstream_api", "gen_ai_system"];
  const counter = families.counter({
    name: "agentgateway_translation_losses_total",
    help: "Fields of requests that the provider's API could not carry, or not exactly.",
    labelNames,
  });
  const series = createSeriesTable(labelNames, (labels) => counter.series(labels));
  return {
    settled({ llm }) {
      if (llm === undefined || llm.losses.length === 0) return;
      const { clientApi, upstreamApi = "none", provider } = llm;
      for (const { field, kind } of llm.losses) {
        // Clients choose the names of members that no API knows.
        const shown = cap.fold("field", field);
        series([shown, kind, clientApi, upstreamApi, provider]).value++;
      }
    },
  };
}
