import { RE2JS } from "re2js";
import type { WebhookGuardConfig } from "../../config/schema/guard_webhook.ts";
import type { Guard } from "../../policies/guards/guard.ts";
import { type ForwardedHeader, webhookGuard } from "../../policies/guards/services/webhook.ts";
import { type GuardPlace, type GuardTerms, letsPass } from "./guard_place.ts";

/** Compiles a guard that asks a server of the operator's own. */
export function compileWebhookGuard(
  settings: WebhookGuardConfig,
  terms: GuardTerms,
  { at, context }: GuardPlace,
): Guard | undefined {
  const here = [...at, "webhook"];
  const callout = context.callout(settings.target, [...here, "target"]);
  const headers = Object.entries(settings.headers ?? {}).map(([name, source]) => ({
    name,
    expression: context.expression(source, [...here, "headers", name]),
  }));
  if (callout === undefined) return undefined;
  return webhookGuard({
    ...terms,
    name: "webhook",
    callout,
    headers: headers.flatMap(({ name, expression }) =>
      expression === undefined ? [] : [{ name, expression }]
    ),
    forwarded: (settings.forwardHeaderMatches ?? []).map(forwardedHeader),
    failOpen: letsPass("webhook", settings.failureMode, context),
  });
}

type HeaderMatchConfig = NonNullable<WebhookGuardConfig["forwardHeaderMatches"]>[number];

function forwardedHeader({ name, value }: HeaderMatchConfig): ForwardedHeader {
  const isWanted = wantedValue(value);
  return {
    name,
    // Repeated headers arrive joined, so each part may be the wanted one.
    isWanted: (sent) => isWanted(sent) || (sent.includes(", ") && sent.split(", ").some(isWanted)),
  };
}

function wantedValue({ exact, regex }: HeaderMatchConfig["value"]): (value: string) => boolean {
  if (exact !== undefined) return (value) => value === exact;
  const wanted = RE2JS.compile(regex ?? "");
  return (value) => wanted.testExact(value);
}
