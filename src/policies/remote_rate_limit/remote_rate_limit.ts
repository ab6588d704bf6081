import type { Variables } from "../../cel/expression.ts";
import type { ModelEstimate, ModelPolicy, Policy } from "../policy.ts";
import type { Reports } from "../rate_limit/reports.ts";
import type { Consumption, Subject } from "../subject.ts";
import {
  costOf,
  describe,
  type Described,
  describesBody,
  type DescriptorRule,
} from "./descriptors.ts";
import type { Descriptor, RateLimitAnswer } from "./messages.ts";
import type { RateLimitService } from "./service.ts";
import { announce, exceeded } from "./verdict.ts";

/** What a service is asked about requests. */
export interface RemoteLimitOptions {
  readonly rules: readonly DescriptorRule[];
  readonly service: RateLimitService;
  readonly reports: Reports;
}

/** Has a service say whether a request is within its limits of requests. */
export function remoteRequestLimits({ rules, service, reports }: RemoteLimitOptions): Policy {
  async function check(subject: Subject, needsBody: boolean): Promise<undefined> {
    if (needsBody) await subject.body();
    const descriptors = requestDescriptors(rules, subject.variables);
    if (descriptors.length === 0) return;
    judge(subject, await service.ask(descriptors, subject.signal), reports);
  }
  const needsBody = describesBody(rules);
  return { name: "remoteRateLimit", apply: (subject) => check(subject, needsBody) };
}

/** Has a service say whether a call is within its limits of tokens, and tells it what was used. */
export function remoteTokenLimits({ rules, service, reports }: RemoteLimitOptions): ModelPolicy {
  const asked = new WeakSet<Subject>();
  return {
    name: "remoteRateLimit",
    async apply(subject, call) {
      // Another try of the same request is not another request.
      if (asked.has(subject)) return;
      asked.add(subject);
      const uses = tokenUses(rules, subject.variables, call);
      if (uses.length === 0) return;
      const before = uses.map(({ described, taken }) => ({ ...described, hits: taken }));
      judge(subject, await service.ask(before, subject.signal), reports);
      subject.onSettled((consumption) => {
        const after = uses.flatMap((use) => owed(use, call, consumption));
        if (after.length > 0) service.tell(after);
      });
    },
  };
}

function judge(subject: Subject, answer: RateLimitAnswer | undefined, reports: Reports): void {
  if (answer === undefined) return;
  announce(subject, answer, reports);
  if (answer.isOver === true) throw exceeded(answer);
}

function requestDescriptors(
  rules: readonly DescriptorRule[],
  variables: Variables,
): readonly Descriptor[] {
  return rules.flatMap((rule) => {
    const described = describe(rule, variables);
    const hits = rule.cost === undefined ? 1 : costOf(rule.cost, variables);
    return described === undefined || hits === undefined ? [] : [{ ...described, hits }];
  });
}

/** What a call counts on one descriptor. */
interface TokenUse {
  readonly rule: DescriptorRule;
  readonly described: Described;
  /** What was counted before the call. */
  readonly taken: number;
}

function tokenUses(
  rules: readonly DescriptorRule[],
  variables: Variables,
  call: ModelEstimate,
): readonly TokenUse[] {
  return rules.flatMap((rule) => {
    const described = describe(rule, variables);
    const taken = call.isCounted && rule.cost === undefined ? call.inputTokens : 0;
    return described === undefined ? [] : [{ rule, described, taken }];
  });
}

/** What was used beyond what was counted before; the protocol cannot give back. */
function owed(
  { rule, described, taken }: TokenUse,
  call: ModelEstimate,
  { answered, usage, variables }: Consumption,
): readonly Descriptor[] {
  if (!answered) return [];
  const hits = rule.cost !== undefined
    ? costOf(rule.cost, variables) ?? 0
    : !call.isCharged || usage === undefined
    ? 0
    : (usage.inputTokens ?? taken) - taken + (usage.outputTokens ?? 0);
  return Number.isSafeInteger(hits) && hits > 0 ? [{ ...described, hits }] : [];
}
