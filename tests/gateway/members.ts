import { routeTypeTable } from "../../src/apis/route_types.ts";
import type { Policy } from "../../src/policies/policy.ts";
import type { Backend, Target } from "../../src/routing/backend.ts";
import { groups, type Outcome } from "../../src/routing/groups.ts";
import type { RetryPlan } from "../../src/routing/retry.ts";
import { type Call, target, type Upstream } from "./harness.ts";

export const RETRY: RetryPlan = {
  codes: new Set([401, 403, 404, 408, 429, 500, 502, 503, 529]),
  backoffMs: 0,
  retryAfterMsMax: 0,
};

/** Members in falling priority, one a group, with the outcomes of their calls. */
export function membersOf(
  named: Readonly<Record<string, Partial<Target>>>,
  retry: RetryPlan | undefined = RETRY,
) {
  const outcomes: [string, Outcome][] = [];
  const state = { pending: 0 };
  const members = Object.entries(named).map(([name, changes]) => {
    const own = { name, origin: `https://${name}.test`, endpoint: `${name}:443` };
    const begin = () => {
      state.pending++;
      return (outcome: Outcome) => {
        state.pending--;
        outcomes.push([name, outcome]);
      };
    };
    const health = { begin, isEvicted: false, score: 1, pending: 0 };
    return [{ name, target: target({ ...own, ...changes }), health }];
  });
  const backend: Backend = {
    type: "ai",
    routeTypeOf: routeTypeTable({}),
    choice: { type: "groups", groups: groups(members, () => 0), retry },
  };
  return { backend, outcomes, state };
}

/** An upstream whose hosts each answer in their own way. */
export function hosts(answers: Readonly<Record<string, Upstream>>): Upstream {
  return (call: Call) => {
    const { hostname } = new URL(call.url);
    const answer = answers[hostname.replace(".test", "")];
    if (answer === undefined) throw new Error(`no host ${hostname}`);
    return answer(call);
  };
}

/** A policy that does what a test says. */
export function policy(apply: Policy["apply"]): Policy {
  return { name: "under-test", apply };
}

/** A whole stream of events. */
export function sse(...events: readonly string[]): Response {
  return new Response(events.join(""), { headers: { "content-type": "text/event-stream" } });
}
