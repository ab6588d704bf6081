import assert from "node:assert/strict";
import { compileExpression } from "../../../src/cel/compile.ts";
import { NO_PARTITION, partitionId, partitionOf } from "../../../src/policies/shared/partition.ts";

Deno.test("partitionOf() tells values apart, and has one part for no value", () => {
  const of = (value: unknown) => partitionOf(compileExpression("x.y"), { x: { y: value } });
  const values = ["a", "1", 1, true, "true", ["a"], '["a"]', { a: 1 }, ""];
  assert.equal(new Set(values.map(of)).size, values.length);
  assert.equal(of("a"), of("a"));
  assert.equal(of(null), NO_PARTITION);
  assert.equal(partitionOf(compileExpression("x.y"), {}), NO_PARTITION);
  assert.equal(partitionOf(undefined, {}), NO_PARTITION);
});

Deno.test("partitionId() shows nothing of a value, and is short", () => {
  assert.match(partitionId('"sk-secret'.repeat(1_000)), /^[\da-f]{32}$/);
  assert.notEqual(partitionId('"a'), partitionId('"b'));
  assert.equal(partitionId(NO_PARTITION), "");
});
