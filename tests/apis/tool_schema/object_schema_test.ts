import assert from "node:assert/strict";
import { objectSchema } from "../../../src/apis/tool_schema/object_schema.ts";

const NONE = { type: "object", properties: {} };
const TABLE: readonly [claim: string, before: unknown, after: unknown][] = [
  ["no schema", undefined, NONE],
  ["null", null, NONE],
  ["an empty schema", {}, NONE],
  ["what is no schema", "x", NONE],
  ["a missing type", { properties: { a: {} } }, { type: "object", properties: { a: {} } }],
  ["a null type", { type: null, title: "T" }, { type: "object", title: "T" }],
  ["a union with object", { type: ["object", "null"] }, { type: "object" }],
  ["an object", { type: "object", $defs: {} }, { type: "object", $defs: {} }],
  ["another type, which the provider may judge", { type: "string" }, { type: "string" }],
];

for (const [claim, before, after] of TABLE) {
  Deno.test(`objectSchema() takes ${claim}`, () => assert.deepEqual(objectSchema(before), after));
}
