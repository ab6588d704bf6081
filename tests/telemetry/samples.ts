import type { Registry } from "prom-client";
import { renderMetrics } from "../../src/telemetry/render_metrics.ts";

/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  /** In the order of the page. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Everything that a scraper would see. */
export async function scrape(registry: Registry): Promise<readonly Sample[]> {
  const { body } = await renderMetrics(registry, null);
  return body.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map(parsed);
}

/** The sum of the samples of this name that have these labels. */
export function total(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const meant = samples.filter((sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  );
  return meant.reduce((sum, { value }) => sum + value, 0);
}

function parsed(line: string): Sample {
  const [, name = "", labelsText = "", value = ""] = /^(\w+)(?:{(.*)})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labelsText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  const labels = Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, text]));
  return { name, labels, value: value === "+Inf" ? Infinity : Number(value) };
}
