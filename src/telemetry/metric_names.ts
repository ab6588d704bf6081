const PREFIX = "agentgateway_";

/** Endings that a name in `metrics.remove` may lack. */
const SUFFIXES = /(_(seconds|bytes|usd))?(_total)?$/;

/** Whether a list like `metrics.remove` names this metric, with or without prefix and endings. */
export function listsMetric(list: readonly string[], name: string): boolean {
  const stem = stemOf(name);
  return list.some((entry) => stemOf(entry) === stem);
}

function stemOf(name: string): string {
  return name.replace(PREFIX, "").replace(SUFFIXES, "");
}

/**
 * Every metric of the reference and of this gateway.
 *
 * It has names that are not shown here (of the Rust runtime, of protocols that are not built), so
 * that a config which removes them holds.
 */
export const METRIC_NAMES: readonly string[] = [
  "build_info",
  "requests_total",
  "request_duration_seconds",
  "http_requests_total",
  "http_request_duration_seconds",
  "request_processing_seconds",
  "response_processing_seconds",
  "response_bytes_total",
  "retries_total",
  "gen_ai_client_token_usage",
  "gen_ai_client_cost_usd_total",
  "gen_ai_server_request_duration",
  "gen_ai_server_time_per_output_token",
  "gen_ai_server_time_to_first_token",
  "cost_catalog_lookups_total",
  "guardrail_checks_total",
  "mcp_requests_total",
  "downstream_connections_total",
  "downstream_received_bytes_total",
  "downstream_sent_bytes_total",
  "tls_handshake_duration_seconds",
  "upstream_connect_duration_seconds",
  "upstream_call_duration_seconds",
  "config_synchronized",
  "xds_connection_terminations_total",
  "xds_message_total",
  "xds_message_bytes_total",
  "tokio_global_queue_depth",
  "tokio_num_alive_tasks",
  "tokio_num_workers",
  ...["usage", "working_set", "anon", "file", "kernel", "sock", "slab"].map((of) => `cgroup_${of}`),
  ...["rss", "pss", "private_dirty", "private_clean", "shared_clean", "swap"]
    .map((of) => `process_${of}`),
  "metrics_label_values_folded_total",
  "translation_losses_total",
].map((name) => PREFIX + name);
