import assert from "node:assert/strict";
import { z } from "zod";
import { sampleJson } from "../../../src/providers/mock/json_sample.ts";
import { at } from "../../support/json.ts";

const tree: z.ZodType = z.object({
  name: z.string(),
  children: z.array(z.lazy(() => tree)),
  parent: z.lazy(() => tree).nullable(),
});

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "strings of a length": z.object({ short: z.string().max(3), long: z.string().min(20) }),
  "numbers of a range": z.object({
    low: z.number().max(-5),
    high: z.number().min(7.5),
    between: z.number().gt(0).lt(1),
    whole: z.int().gt(3).lt(5),
    multiple: z.number().min(10).multipleOf(7),
  }),
  "enums, literals and booleans": z.object({
    unit: z.enum(["celsius", "fahrenheit"]),
    kind: z.literal("weather"),
    on: z.boolean(),
    nothing: z.null(),
  }),
  "formats": z.object({
    email: z.email(),
    when: z.iso.datetime(),
    day: z.iso.date(),
    id: z.uuid(),
    link: z.url(),
    host: z.ipv4(),
    longHost: z.ipv6(),
  }),
  "patterns": z.object({
    plate: z.string().regex(/^[A-Z]{2,3}-\d{4}$/),
    choice: z.string().regex(/^(?:yes|no)$/),
    open: z.string().regex(/^a+[^b]*\w?\.$/),
    long: z.string().regex(/^[a-f0-9]+$/).min(12),
  }),
  "arrays": z.object({
    some: z.array(z.string()).min(3).max(4),
    none: z.array(z.string()).max(0),
    pair: z.tuple([z.string(), z.number()]),
  }),
  "unions and optional members": z.object({
    either: z.union([z.number(), z.string()]),
    shape: z.discriminatedUnion("type", [
      z.object({ type: z.literal("circle"), radius: z.number() }),
      z.object({ type: z.literal("square"), side: z.number() }),
    ]),
    maybe: z.string().nullable(),
    optional: z.string().optional(),
    fallback: z.string().default("x"),
  }),
  "intersections": z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() })),
  "recursion": tree,
};

for (const [name, schema] of Object.entries(SCHEMAS)) {
  Deno.test(`sampleJson() fits a schema with ${name}`, () => {
    const sample = sampleJson(z.toJSONSchema(schema));
    assert.deepEqual(schema.safeParse(sample).error?.issues ?? [], []);
    assert.deepEqual(sampleJson(z.toJSONSchema(schema)), sample);
  });
}

Deno.test("sampleJson() names strings after their property", () => {
  assert.deepEqual(
    sampleJson({ type: "object", properties: { city: { type: "string" } } }),
    { city: "city" },
  );
});

Deno.test("sampleJson() makes the elements of an array differ", () => {
  const sample = sampleJson({
    type: "object",
    properties: {
      tags: { type: "array", items: { type: "string" }, minItems: 3 },
      counts: { type: "array", items: { type: "integer", minimum: 5 }, minItems: 3 },
      units: { type: "array", items: { enum: ["a", "b"] }, minItems: 2 },
    },
  });
  assert.deepEqual(sample, {
    tags: ["tags", "tags 2", "tags 3"],
    counts: [5, 6, 7],
    units: ["a", "b"],
  });
});

Deno.test("sampleJson() follows references into $defs", () => {
  const sample = sampleJson({
    $ref: "#/$defs/a~1b",
    $defs: { "a/b": { type: "object", properties: { x: { $ref: "#/$defs/n" } } }, n: { const: 7 } },
  });
  assert.deepEqual(sample, { x: 7 });
});

Deno.test("sampleJson() joins what allOf and siblings of a reference say", () => {
  const sample = sampleJson({
    properties: { own: { const: 0 } },
    required: ["also"],
    allOf: [
      { properties: { a: { const: 1 } }, required: ["needed"] },
      { $ref: "#/$defs/b", properties: { c: { const: 3 } } },
    ],
    $defs: { b: { properties: { b: { const: 2 } } } },
  });
  assert.deepEqual(sample, { a: 1, b: 2, c: 3, own: 0, needed: "needed", also: "also" });
});

const FORMATS: Readonly<Record<string, z.ZodType>> = {
  "date-time": z.iso.datetime(),
  "date": z.iso.date(),
  "time": z.string().regex(/^\d\d:\d\d:\d\dZ$/),
  "duration": z.iso.duration(),
  "email": z.email(),
  "hostname": z.hostname(),
  "ipv4": z.ipv4(),
  "ipv6": z.ipv6(),
  "uuid": z.uuid(),
  "uri": z.url(),
};

for (const [format, schema] of Object.entries(FORMATS)) {
  Deno.test(`sampleJson() knows the format ${format}`, () => {
    const sample = sampleJson({ type: "string", format });
    assert.notEqual(sample, "value");
    assert.deepEqual(schema.safeParse(sample).error?.issues ?? [], []);
  });
}

const HOSTILE: Readonly<Record<string, unknown>> = {
  "no object": 7,
  "a reference to itself": { $ref: "#" },
  "a reference to nowhere": { $ref: "#/$defs/none" },
  "endless required recursion": {
    type: "object",
    properties: { next: { $ref: "#" } },
    required: ["next"],
  },
  "endless recursion that fans out": {
    type: "object",
    properties: { a: { $ref: "#" }, b: { $ref: "#" }, c: { $ref: "#" } },
    required: ["a", "b", "c"],
  },
  "an array without end": { type: "array", minItems: 1e9, items: {} },
  "a string without end": { type: "string", minLength: 1e9 },
  "a pattern that grows": { type: "string", pattern: "((((a+)+)+)+)+$", minLength: 1e9 },
  "a pattern that is none": { type: "string", pattern: "(" },
  "a contradiction": { type: "integer", minimum: 5, maximum: 1 },
  "members of the wrong type": { type: {}, properties: 1, required: "x", enum: 3, allOf: [null] },
};

for (const [name, schema] of Object.entries(HOSTILE)) {
  Deno.test(`sampleJson() ends with a value for ${name}`, () => {
    const text = JSON.stringify(sampleJson(schema));
    assert.equal(typeof text, "string");
    assert.ok(text.length < 1_000_000, `${text.length}`);
  });
}

Deno.test("sampleJson() keeps a property that is called __proto__", () => {
  const sample = sampleJson(JSON.parse('{"properties":{"__proto__":{"const":1}}}'));
  assert.equal(JSON.stringify(sample), '{"__proto__":1}');
  assert.equal(at(sample, "polluted"), undefined);
});
