import { GatewayError } from "../../errors.ts";
import { formatAmount, type Standing } from "./account.ts";

/** How long a client waits where others' requests under way may leave enough, in seconds. */
const UNDER_WAY_RETRY_S = 1;

/** An account has too little for a request. */
export function exceeded(standing: Standing, nowMs: number): GatewayError {
  const { account: { budget }, window, spent, held, underWay } = standing;
  const { unit, limit, name, period } = budget;
  const resetsAt = new Date(window.endMs).toISOString().replace(".000Z", "Z");
  const isSpent = spent >= limit;
  const state = isSpent
    ? `is used up: ${formatAmount(unit, spent)} spent`
    : `has too little left: ${formatAmount(unit, spent)} spent, ${formatAmount(unit, held)} ` +
      `set aside for ${underWay} under way`;
  const message = `budget ${JSON.stringify(name)} of ${formatAmount(unit, limit)} a ${period} ` +
    `${state}; it resets at ${resetsAt}`;
  const waitS = isSpent ? Math.max(1, Math.ceil((window.endMs - nowMs) / 1000)) : UNDER_WAY_RETRY_S;
  return new GatewayError("rate-limited", message, {
    code: "budget_exceeded",
    headers: { "retry-after": String(waitS) },
  });
}

/** A budget in dollars cannot tell what a call would cost. */
export function unpriced(budget: string, model: string): GatewayError {
  const message = `the model ${JSON.stringify(model)} has no known price, and the budget ` +
    `${JSON.stringify(budget)} allows only models that have one`;
  return new GatewayError("forbidden", message, {
    code: "model_unpriced",
    param: "model",
    reason: "RateLimit",
  });
}
