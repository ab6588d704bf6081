import type { ModelEstimate } from "../policies/policy.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCall } from "./model_call.ts";

/** Characters of text that one token stands for, where nobody counts better. */
export const CHARACTERS_PER_TOKEN = 4;

/** What a call may cost, before it is made. */
export function estimateOf({ plan }: Exchange, call: ModelCall): ModelEstimate {
  const { api, target, model, request, promptTokens } = call;
  const { operation } = api;
  const { name } = target.provider;
  const { maxTokens, answers } = api.view.parameters(request);
  return {
    provider: name,
    model,
    inputTokens: promptTokens ??
      Math.ceil(api.view.promptLength(request) / CHARACTERS_PER_TOKEN),
    isCounted: promptTokens !== undefined,
    outputTokensMax: maxTokens,
    answers,
    isCharged: operation === "chat",
    costUsd: (inputTokens, outputTokens) =>
      plan.prices?.price(name, [model], { inputTokens, outputTokens })?.total,
  };
}
