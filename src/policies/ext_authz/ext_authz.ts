import { looksAtBody } from "../expression_values.ts";
import type { Policy, Reply } from "../policy.ts";
import { Refusal } from "../refusal.ts";
import type { Subject } from "../subject.ts";
import {
  type Allowed,
  changeHeaders,
  type Check,
  type Decision,
  type Denied,
  NoDecision,
} from "./check.ts";
import { type CacheSettings, type DecisionCache, decisionCache } from "./decision_cache.ts";
import { changedQuery } from "./query.ts";

/** What becomes of requests that the service cannot decide on. */
export type FailureMode =
  | { readonly type: "allow" }
  | { readonly type: "deny" }
  | { readonly type: "denyWithStatus"; readonly status: number };

/** Who decides, and what happens when nobody does. */
export interface ExtAuthzSettings {
  readonly check: Check;
  readonly failureMode: FailureMode;
  readonly cache: CacheSettings | undefined;
  /** Is told why there was no decision. */
  failed(reason: string): void;
}

/** Has a service decide which requests are let in. */
export function extAuthz(settings: ExtAuthzSettings): Policy {
  const { check, cache: cacheSettings } = settings;
  const cache = cacheSettings === undefined ? undefined : decisionCache(cacheSettings);
  const cached = cacheSettings === undefined ? [] : [...cacheSettings.key, cacheSettings.ttl];
  const needsBody = check.needsBody || looksAtBody(cached, "request");
  return {
    name: "extAuthz",
    async apply(subject) {
      if (needsBody) await subject.body();
      const key = cache?.keyOf(subject.variables);
      const known = key === undefined ? undefined : cache?.get(key);
      const decision = known ?? await decide(subject, settings);
      if (decision.type === "allowed") allow(subject, decision);
      if (known === undefined) remember(cache, key, decision, subject);
      if (decision.type === "denied") throw refusal(decision);
      return undefined;
    },
  };
}

/** Decisions that were made for want of one are not remembered. */
function remember(
  cache: DecisionCache | undefined,
  key: string | undefined,
  decision: Decision & { readonly isMakeshift?: boolean },
  { variables }: Subject,
): void {
  if (cache === undefined || key === undefined || decision.isMakeshift === true) return;
  cache.put(key, decision, variables);
}

async function decide(
  subject: Subject,
  { check, failureMode, failed }: ExtAuthzSettings,
): Promise<Decision & { readonly isMakeshift?: boolean }> {
  try {
    return await check.ask(subject);
  } catch (error) {
    if (!(error instanceof NoDecision)) throw error;
    failed(error.message);
    return { ...makeshift(failureMode, check, error), isMakeshift: true };
  }
}

function makeshift(mode: FailureMode, check: Check, { denied }: NoDecision): Decision {
  switch (mode.type) {
    case "allow":
      // Nobody but the service may say what these headers do: what the client says in them is not
      // what the upstream takes them for.
      return { ...NO_CHANGES, removed: check.ownedHeaders };
    case "deny":
      return denied ?? { type: "denied", status: 403, reply: undefined };
    case "denyWithStatus":
      return { type: "denied", status: mode.status, reply: undefined };
  }
}

const NO_CHANGES: Allowed = {
  type: "allowed",
  removed: [],
  headers: [],
  answerHeaders: [],
  query: [],
  metadata: undefined,
};

function allow(subject: Subject, decision: Allowed): void {
  const { removed, headers, answerHeaders, query, metadata } = decision;
  if (removed.length > 0 || headers.length > 0) {
    subject.editHeaders((edited) => {
      for (const name of removed) edited.delete(name);
      changeHeaders(edited, headers);
    });
  }
  if (query.length > 0) subject.rewrite({ query: changedQuery(subject.head.query, query) });
  if (answerHeaders.length > 0) {
    subject.onAnswer((answer) => changeHeaders(answer.headers, answerHeaders));
  }
  if (metadata !== undefined) {
    subject.identity.extauthz = { ...subject.identity.extauthz, ...metadata };
  }
}

function refusal({ status, reply }: Denied): Refusal {
  return new Refusal("forbidden", "external authorization failed", {
    status,
    code: "external_authorization_failed",
    reason: "ExtAuth",
  }, reply === undefined ? undefined : own(reply));
}

/** An answer that others may change: a decision may serve many requests. */
function own({ status, headers, body }: Reply): Reply {
  const copied = new Headers(headers);
  // Without a type a browser would guess one.
  if (body !== null && body.length > 0 && !copied.has("content-type")) {
    copied.set("content-type", "text/plain; charset=utf-8");
  }
  return { status, headers: copied, body };
}
