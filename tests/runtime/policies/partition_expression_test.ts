import assert from "node:assert/strict";
import { partitionExpression } from "../../../src/runtime/policies/partition_expression.ts";
import { compileContext } from "../../support/compile_context.ts";

for (
  const [source, warnings] of [
    ["apiKey.key", 1],
    ["jwt.rawToken", 1],
    ["apiKey.key.unredacted()", 0],
    ["apiKey.team", 0],
    ["jwt.sub", 0],
  ] as const
) {
  Deno.test(`partitionExpression() has ${warnings} warnings for ${source}`, () => {
    const context = compileContext();
    const expression = partitionExpression(source, ["key"], context);
    assert.equal(expression?.source, source);
    assert.deepEqual(context.warnings.map(({ path }) => path), Array(warnings).fill(["key"]));
  });
}
