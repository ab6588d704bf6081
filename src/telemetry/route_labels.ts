import type { Facts } from "../gateway/facts.ts";
import { UNKNOWN } from "./label_cap.ts";

/** The labels that say which part of the config served a request. */
export const ROUTE_LABELS = ["bind", "gateway", "listener", "route", "route_rule"] as const;

/** The values of these labels, in their order. */
export function routeLabelValues(facts: Facts): readonly string[] {
  const { bind, gateway, listener = UNKNOWN, route = UNKNOWN, routeRule = UNKNOWN } = facts;
  return [bind, gateway, listener, route, routeRule];
}
