import assert from "node:assert/strict";
import { Counter, Gauge, Registry } from "prom-client";
import { renderMetrics } from "../../src/telemetry/render_metrics.ts";

/** What Prometheus 2.42 asks with. */
const PROMETHEUS = "application/openmetrics-text;version=1.0.0," +
  "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

const CLASSIC = `# HELP hits_total Hits.
# TYPE hits_total counter
hits_total{path="# HELP hits_total x"} 3

# HELP heat_total Not a counter.
# TYPE heat_total gauge
heat_total 7
`;

const OPEN = `# HELP hits Hits.
# TYPE hits counter
hits_total{path="# HELP hits_total x"} 3
# HELP heat_total Not a counter.
# TYPE heat_total gauge
heat_total 7
# EOF
`;

Deno.test("renderMetrics() answers in Prometheus' format if not asked for OpenMetrics", async () => {
  const accepts = [null, "", "*/*", "application/json", "text/plain", "text/plain, */*;q=0.1"];
  accepts.push(
    "application/openmetrics-text;q=0.1, text/plain",
    "application/openmetrics-text;q=0",
  );
  for (const accept of accepts) {
    const { contentType, body } = await renderMetrics(sampleRegistry(), accept);
    assert.equal(contentType, "text/plain; version=0.0.4; charset=utf-8", `${accept}`);
    assert.equal(body, CLASSIC);
  }
});

Deno.test("renderMetrics() answers in OpenMetrics to those who prefer it", async () => {
  for (
    const accept of [PROMETHEUS, "application/openmetrics-text", "Text/Plain;q=0.2," + PROMETHEUS]
  ) {
    const { contentType, body } = await renderMetrics(sampleRegistry(), accept);
    assert.equal(contentType, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert.equal(body, OPEN);
  }
});

Deno.test("renderMetrics() may change formats from scrape to scrape", async () => {
  const registry = sampleRegistry();
  const accepts = [PROMETHEUS, null, PROMETHEUS];
  const pages = await Promise.all(accepts.map((accept) => renderMetrics(registry, accept)));
  assert.deepEqual(pages.map(({ body }) => body), [OPEN, CLASSIC, OPEN]);
});

function sampleRegistry(): Registry {
  const registers = [new Registry()];
  const hits = new Counter({ name: "hits_total", help: "Hits.", labelNames: ["path"], registers });
  hits.inc({ path: "# HELP hits_total x" }, 3);
  new Gauge({ name: "heat_total", help: "Not a counter.", registers }).set(7);
  return registers[0] ?? assert.fail();
}
