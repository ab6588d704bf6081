import type { JsonObject } from "../apis/api.ts";
import type { Variables } from "../cel/expression.ts";
import type { Exchange } from "./exchange.ts";

/** What expressions see of a request, as far as it has come. */
export function variablesOf(_exchange: Exchange): Variables {
  return {};
}

/** The same, with a request's body as `llmRequest`. */
export function withBody({ subject }: Exchange, llmRequest: JsonObject | undefined): Variables {
  if (llmRequest === undefined) return subject.variables;
  return Object.create(subject.variables, { llmRequest: { value: llmRequest, enumerable: true } });
}
