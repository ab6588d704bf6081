import type { Policy } from "../policies/policy.ts";
import type { Exchange } from "./exchange.ts";
import { policyReply } from "./reply.ts";

/** Applies policies in their order; the first that answers ends the request. */
export function applyAll(
  exchange: Exchange,
  policies: readonly Policy[] | undefined,
): Promise<Response | undefined> | undefined {
  return policies === undefined || policies.length === 0
    ? undefined
    : applyEach(exchange, policies);
}

/** Applies the policies of a target, whose effects end with the try of it. */
export function applyForTarget(
  exchange: Exchange,
  policies: readonly Policy[] | undefined,
): Promise<Response | undefined> | undefined {
  if (policies === undefined || policies.length === 0) return undefined;
  return exchange.subject.forTarget(() => applyEach(exchange, policies));
}

async function applyEach(
  exchange: Exchange,
  policies: readonly Policy[],
): Promise<Response | undefined> {
  for (const policy of policies) {
    const verdict = policy.apply(exchange.subject);
    const reply = verdict instanceof Promise ? await verdict : verdict;
    if (reply !== undefined) return policyReply(exchange, reply);
  }
  return undefined;
}
