import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { createFamilies, observe } from "../../src/telemetry/families.ts";

Deno.test("createFamilies() shows histograms with sum, count and cumulative buckets", async () => {
  const { registry, families } = start();
  const waits = families.histogram({
    name: "wait_seconds",
    help: "Waits.",
    labelNames: ["to"],
    buckets: [0.5, 1, 2.5],
  });
  const series = waits.series({ to: 'a"b' });
  for (const value of [0.5, 0.75, 1, 9]) observe(series, value);
  waits.series({ to: "nobody" });
  assert.equal(
    await registry.metrics(),
    `# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_sum{to="a\\"b"} 11.25
wait_seconds_count{to="a\\"b"} 4
wait_seconds_bucket{le="0.5",to="a\\"b"} 1
wait_seconds_bucket{le="1.0",to="a\\"b"} 3
wait_seconds_bucket{le="2.5",to="a\\"b"} 3
wait_seconds_bucket{le="+Inf",to="a\\"b"} 4
`,
  );
});

Deno.test("createFamilies() shows counters that have counted", async () => {
  const { registry, families } = start();
  const hits = families.counter({ name: "hits_total", help: "Hits.", labelNames: ["path"] });
  hits.series({ path: "/" }).value += 3;
  hits.series({ path: "/never" });
  assert.equal(
    await registry.metrics(),
    '# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{path="/"} 3\n',
  );
});

Deno.test("createFamilies() gives the same samples as JSON", async () => {
  const { registry, families } = start();
  const hits = families.counter({ name: "hits_total", help: "Hits.", labelNames: ["path"] });
  hits.series({ path: "/" }).value++;
  const [json] = await registry.getMetricsAsJSON();
  assert.deepEqual(json?.values, [{ metricName: "hits_total", labels: { path: "/" }, value: 1 }]);
});

Deno.test("createFamilies() counts what it does not show", async () => {
  const registry = new Registry();
  const families = createFamilies(registry, (name) => name !== "hits_total");
  const hits = families.counter({ name: "hits_total", help: "Hits.", labelNames: [] }).series({});
  hits.value++;
  assert.equal(hits.value, 1);
  assert.equal((await registry.metrics()).trim(), "");
});

function start() {
  const registry = new Registry();
  return { registry, families: createFamilies(registry, () => true) };
}
