import type { Consumption } from "../policies/subject.ts";
import type { Exchange } from "./exchange.ts";

/** What a request has consumed, now that all of it is known. */
export function consumptionOf({ facts, subject }: Exchange): Consumption {
  const { llm } = facts;
  return {
    answered: llm?.answered === true,
    status: facts.status,
    usage: llm?.usage,
    costUsd: llm?.cost?.total,
    variables: subject.variables,
  };
}
