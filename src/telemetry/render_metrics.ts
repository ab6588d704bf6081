import { Registry } from "prom-client";

/** A page of metrics in the format that the scraper asked for. */
export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

const OPENMETRICS = "application/openmetrics-text";

/**
 * Renders all metrics: as OpenMetrics for a client that prefers it, else in Prometheus' own format.
 *
 * prom-client can switch a registry to OpenMetrics, but renames its counters for good when it does.
 */
export async function renderMetrics(
  registry: Registry,
  accept: string | null,
): Promise<MetricsPage> {
  const text = await registry.metrics();
  return prefersOpenMetrics(accept)
    ? { contentType: Registry.OPENMETRICS_CONTENT_TYPE, body: asOpenMetrics(text) }
    : { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body: text };
}

/** There, only a counter's samples end in `_total`, no line is blank, and the end is marked. */
function asOpenMetrics(text: string): string {
  const families = text.replace(
    /^# HELP (\S+)_total (.*)\n# TYPE \1_total counter$/gm,
    "# HELP $1 $2\n# TYPE $1 counter",
  );
  return `${families.replaceAll("\n\n", "\n")}# EOF\n`;
}

function prefersOpenMetrics(accept: string | null): boolean {
  let openMetrics = 0;
  let text = 0;
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice("q=".length)) || 0;
    if (type === OPENMETRICS) openMetrics = Math.max(openMetrics, weight);
    if (type === "text/plain") text = Math.max(text, weight);
  }
  return openMetrics > 0 && openMetrics >= text;
}
