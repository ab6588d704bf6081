import type { Variables } from "../cel/expression.ts";
import type { Exchange } from "./exchange.ts";

/** What expressions see of a request, as far as it has come. */
export function variablesOf(_exchange: Exchange): Variables {
  return {};
}
