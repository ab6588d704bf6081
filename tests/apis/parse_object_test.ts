import assert from "node:assert/strict";
import { parseObject } from "../../src/apis/parse_object.ts";

Deno.test("parseObject() takes objects only", () => {
  assert.deepEqual(parseObject('{"a":1}'), { a: 1 });
  for (const text of ["", "[1]", "1", "{", "[DONE]"]) assert.equal(parseObject(text), undefined);
});
