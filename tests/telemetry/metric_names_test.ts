import assert from "node:assert/strict";
import { listsMetric, METRIC_NAMES } from "../../src/telemetry/metric_names.ts";

Deno.test("listsMetric() takes a name with or without prefix, unit and total", () => {
  const cases = {
    agentgateway_response_bytes_total: ["response", "response_bytes", "response_bytes_total"],
    agentgateway_request_duration_seconds: ["request_duration", "request_duration_seconds"],
    agentgateway_requests_total: ["requests", "requests_total"],
    agentgateway_gen_ai_client_cost_usd_total: ["gen_ai_client_cost", "gen_ai_client_cost_usd"],
  };
  for (const [name, entries] of Object.entries(cases)) {
    for (const entry of entries) {
      assert.ok(listsMetric([entry], name), entry);
      assert.ok(listsMetric(["x", `agentgateway_${entry}`], name), entry);
    }
  }
  assert.ok(!listsMetric(["request", "duration_seconds", ""], "agentgateway_requests_total"));
});

Deno.test("METRIC_NAMES can be told apart without their endings", () => {
  // The reference's own rule takes these two for one; neither is shown here.
  const alike = ["agentgateway_xds_message_total", "agentgateway_xds_message_bytes_total"];
  for (const name of METRIC_NAMES.filter((name) => !alike.includes(name))) {
    assert.deepEqual(METRIC_NAMES.filter((other) => listsMetric([name], other)), [name]);
  }
});
