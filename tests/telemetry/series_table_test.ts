import assert from "node:assert/strict";
import { createSeriesTable } from "../../src/telemetry/series_table.ts";

Deno.test("createSeriesTable() makes one row for each set of values", () => {
  const table = createSeriesTable(["a", "b"], (labels) => ({ labels }));
  const row = table(["1", "2"]);
  assert.deepEqual(row.labels, { a: "1", b: "2" });
  assert.equal(table(["1", "2"]), row);
  assert.notEqual(table(["2", "1"]), row);
  assert.notEqual(table(["12", ""]), row);
});
