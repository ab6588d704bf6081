import type { Context } from "hono";
import type { Registry } from "prom-client";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * The HTTP-level metrics, which time a request until its response begins. What is only known at
 * the end of a stream is observed there, by `telemetry/`.
 */
export function httpMetricOptions(registry: Registry) {
  // Clients choose the method, so its values are bounded here.
  const customLabels = {
    method: ({ req }: Context) => METHODS.has(req.method) ? req.method : "other",
  };
  return {
    registry,
    prefix: "agentgateway_",
    metricOptions: { requestDuration: { customLabels }, requestsTotal: { customLabels } },
  };
}
