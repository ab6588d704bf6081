import type { Gateway } from "./gateway.ts";
import type { Labels } from "./prometheus.ts";

/** What the token metric has of one type of tokens. */
export interface TokenCount {
  /** How many requests were observed. */
  readonly requests: number;
  readonly tokens: number;
}

/** What the token metric has, by type; a type that was not observed is not there. */
export type TokenCounts = Readonly<Record<string, TokenCount>>;

/** The token metric, of all series with these labels. */
export async function tokenCounts(gateway: Gateway, labels: Labels): Promise<TokenCounts> {
  const scrape = await gateway.metrics();
  const name = "agentgateway_gen_ai_client_token_usage";
  const counts: Record<string, TokenCount> = {};
  for (const { labels: { gen_ai_token_type: type = "" } } of scrape.find(`${name}_count`, labels)) {
    const own = { ...labels, gen_ai_token_type: type };
    counts[type] = {
      requests: scrape.sum(`${name}_count`, own),
      tokens: scrape.sum(`${name}_sum`, own),
    };
  }
  return counts;
}
