import { Counter, Histogram, type Registry } from "prom-client";
import type { Buckets } from "./buckets.ts";

/** The label values that tell one series of a metric from the others. */
export type Labels = Readonly<Record<string, string>>;

/** A counter of one series. */
export interface Count {
  value: number;
}

/** A histogram of one series. */
export interface Distribution {
  readonly buckets: Buckets;
  /** How many values fell into each bucket alone; the last has all above the highest bound. */
  readonly hits: number[];
  count: number;
  sum: number;
}

/** A metric whose series are counted here and only shown by prom-client. */
export interface Family<Series> {
  /** Adds a series; the caller keeps it, and asks once for each set of labels. */
  series(labels: Labels): Series;
}

interface Definition {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Makes the metrics of a registry. */
export interface Families {
  counter(definition: Definition): Family<Count>;
  histogram(definition: Definition & { readonly buckets: Buckets }): Family<Distribution>;
}

/** Metrics for which `isShown` is false count as all others do, but nobody sees them. */
export function createFamilies(
  registry: Registry,
  isShown: (name: string) => boolean,
): Families {
  return {
    counter(definition) {
      const { name, help } = definition;
      const shown: Shown<Count>[] = [];
      if (isShown(name)) {
        const counter = new Counter({ ...definition, registers: [registry] });
        const samples = () => shown.flatMap((series) => samplesOfCount(series, name));
        feed(counter, { name, help, type: "counter" }, samples);
      }
      return keeping(shown, () => ({ value: 0 }));
    },
    histogram(definition) {
      const { name, help, buckets } = definition;
      const shown: Shown<Distribution>[] = [];
      if (isShown(name)) {
        const config = { ...definition, buckets: [...buckets], registers: [registry] };
        const bounds = [...buckets.map(boundText), "+Inf"].map((le) => ({ le }));
        const samples = () => shown.flatMap((series) => samplesOfHistogram(series, name, bounds));
        feed(new Histogram(config), { name, help, type: "histogram" }, samples);
      }
      const empty = () => ({ buckets, hits: buckets.map(() => 0).concat(0), count: 0, sum: 0 });
      return keeping(shown, empty);
    },
  };
}

/**
 * Counts a value.
 *
 * Some values come from providers; one that is no number must not spoil the sum for ever.
 */
export function observe(distribution: Distribution, value: number): void {
  const known = Number.isFinite(value) ? value : 0;
  const { buckets, hits } = distribution;
  let bucket = 0;
  while (bucket < buckets.length && known > (buckets[bucket] ?? Infinity)) bucket++;
  hits[bucket] = (hits[bucket] ?? 0) + 1;
  distribution.count++;
  distribution.sum += known;
}

interface Shown<Series> {
  readonly labels: Labels;
  readonly series: Series;
}

function keeping<Series>(shown: Shown<Series>[], empty: () => Series): Family<Series> {
  return {
    series(labels) {
      const series = empty();
      shown.push({ labels, series });
      return series;
    },
  };
}

/** One line of a metric as prom-client prints it: `labels` first, then `sharedLabels`. */
interface Sample {
  readonly metricName: string;
  readonly labels: Labels;
  readonly sharedLabels: Labels;
  readonly value: number;
}

/**
 * Makes prom-client show these samples instead of its own.
 *
 * Its `observe` hashes ten labels for each of a dozen values per request, ten times the cost of
 * counting here, and it has no call to set the buckets of a histogram.
 */
function feed(
  metric: Counter | Histogram,
  about: { readonly name: string; readonly help: string; readonly type: string },
  samples: () => readonly Sample[],
): void {
  const described = { ...about, aggregator: "sum" };
  Object.assign(metric, {
    getForPromString: () => Promise.resolve({ ...described, values: samples() }),
    get: () => Promise.resolve({ ...described, values: samples().map(withAllLabels) }),
  });
}

function withAllLabels({ sharedLabels, labels, ...sample }: Sample) {
  return { ...sample, labels: { ...labels, ...sharedLabels } };
}

const NO_LABELS: Labels = {};

/** A series shows once something was counted, as the reference does. */
function samplesOfCount({ labels, series }: Shown<Count>, metricName: string): readonly Sample[] {
  if (series.value === 0) return [];
  return [{ metricName, labels: NO_LABELS, sharedLabels: labels, value: series.value }];
}

function samplesOfHistogram(
  { labels, series }: Shown<Distribution>,
  name: string,
  bounds: readonly Labels[],
): readonly Sample[] {
  if (series.count === 0) return [];
  const bucketName = `${name}_bucket`;
  let value = 0;
  const hits = bounds.map((bound, i) => {
    value += series.hits[i] ?? 0;
    return { metricName: bucketName, labels: bound, sharedLabels: labels, value };
  });
  const whole = { labels: NO_LABELS, sharedLabels: labels };
  return [
    { ...whole, metricName: `${name}_sum`, value: series.sum },
    { ...whole, metricName: `${name}_count`, value: series.count },
    ...hits,
  ];
}

/** Whole bounds have a decimal, as in the reference: `le="1.0"` is what dashboards ask for. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : `${bound}`;
}
