import assert from "node:assert/strict";
import { readRecord, recordLine } from "../../../src/policies/budget/record.ts";

const record = {
  budget: ["", 'team "a"\n', "usd", "month", "UTC"],
  part: "ab",
  startMs: 1,
  endMs: 2,
  amount: 3,
} as const;

Deno.test("readRecord() reads the lines of recordLine()", () => {
  const line = recordLine(record);
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.deepEqual(readRecord(line), record);
});

Deno.test("readRecord() reads nothing else", () => {
  const line = recordLine(record).trim();
  for (let end = 0; end < line.length; end++) {
    assert.equal(readRecord(line.slice(0, end)), undefined);
  }
  const odd = [
    { ...record, amount: -1 },
    { ...record, amount: 1.5 },
    { ...record, amount: 2 ** 53 },
    { ...record, amount: "3" },
    { ...record, part: undefined },
    { ...record, budget: ["a"] },
    { ...record, budget: [1, 2, 3, 4, 5] },
    { ...record, startMs: null },
    null,
    [],
    "x",
  ];
  for (const value of odd) assert.equal(readRecord(JSON.stringify(value)), undefined);
});
