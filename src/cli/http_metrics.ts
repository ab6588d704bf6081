import type { Context } from "hono";
import type { Registry } from "prom-client";
import { listsMetric } from "../telemetry/metric_names.ts";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * The HTTP-level metrics, which time a request until its response begins. What is only known at
 * the end of a stream is observed there, by `telemetry/`.
 */
export function httpMetricOptions(registry: Registry, removed: readonly string[]) {
  // Clients choose the method, so its values are bounded here.
  const customLabels = {
    method: ({ req }: Context) => METHODS.has(req.method) ? req.method : "other",
  };
  const options = (name: string) => ({ customLabels, disabled: listsMetric(removed, name) });
  return {
    registry,
    prefix: "agentgateway_",
    metricOptions: {
      requestDuration: options("http_request_duration_seconds"),
      requestsTotal: options("http_requests_total"),
    },
  };
}
