import type { Labels } from "./families.ts";

/**
 * Finds what belongs to a set of label values, and makes it when it is asked for first.
 *
 * Metrics that have their labels in common share one row, so that a request looks it up once.
 */
export function createSeriesTable<Row>(
  labelNames: readonly string[],
  makeRow: (labels: Labels) => Row,
): (values: readonly string[]) => Row {
  const rows = new Map<string, Row>();
  return (values) => {
    const key = values.join("\n");
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row = makeRow(Object.fromEntries(labelNames.map((name, i) => [name, values[i] ?? ""])));
    rows.set(key, row);
    return row;
  };
}
