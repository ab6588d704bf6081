import assert from "node:assert/strict";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { closedObject } from "../../src/lib/closed_object.ts";

const Thing = closedObject({
  port: v.number(),
  name: v.exactOptional(v.string(), "none"),
  inner: v.exactOptional(closedObject({ host: v.optional(v.string()) })),
}, ["tls", "port"]);

function messages(input: unknown): readonly string[] {
  const { issues = [] } = v.safeParse(Thing, input, { message: "refused" });
  return issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}

Deno.test("closedObject() reports every unknown key, with the key that may be meant", () => {
  assert.deepEqual(messages({ port: 1, nmae: "x", inner: { hots: "y", a: 1 }, zzz: 1 }), [
    'inner.hots: unknown key "hots" (did you mean host?)',
    'inner.a: unknown key "a"',
    'nmae: unknown key "nmae" (did you mean name?)',
    'zzz: unknown key "zzz"',
  ]);
});

Deno.test("closedObject() refuses later keys as not supported yet", () => {
  assert.deepEqual(messages({ port: 1, tls: {} }), ["tls: not supported yet: tls"]);
});

Deno.test("closedObject() takes a later key that it has for supported", () => {
  assert.deepEqual(v.parse(Thing, { port: 1 }), { port: 1, name: "none" });
});

Deno.test("closedObject() reports unknown keys beside other issues", () => {
  assert.deepEqual(messages({ port: "x", prot: 1 }), [
    "port: refused",
    'prot: unknown key "prot" (did you mean port?)',
  ]);
  assert.deepEqual(messages({ prot: 1 }), [
    "port: refused",
    'prot: unknown key "prot" (did you mean port?)',
  ]);
});

Deno.test("closedObject() takes an optional key without a value for absent", () => {
  assert.deepEqual(v.parse(Thing, { port: 1, name: null, inner: null }), { port: 1, name: "none" });
  assert.deepEqual(messages({ port: null }), ["port: refused"]);
});

Deno.test("closedObject() refuses what is no mapping, lists too", () => {
  for (const input of [[], [1], "x", 1, null, undefined]) {
    assert.deepEqual(messages(input), ["null: expected a mapping"]);
  }
});

Deno.test("closedObject() shortens a long key and keeps it on one line", () => {
  const [message] = messages({ port: 1, [`a\n${"b".repeat(1_000)}`]: 1 }).slice(-1);
  assert.match(message ?? "", /unknown key "a\\nb{58}\.\.\."$/);
});

Deno.test("closedObject() has the JSON Schema of an object without further properties", () => {
  assert.deepEqual(toJsonSchema(Thing).additionalProperties, false);
  assert.deepEqual(toJsonSchema(Thing).required, ["port"]);
});
