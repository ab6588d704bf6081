import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { mockSettings } from "../../../src/providers/mock/settings.ts";
import { isObject } from "../../support/json.ts";

const WRONG: readonly (readonly [unknown, string, string])[] = [
  [{ pace: { firstToken: "soon" } }, "pace.firstToken", "expected a duration such as 20ms"],
  [{ pase: {} }, "pase", 'unknown key "pase" (did you mean pace?)'],
  [{ responses: [{ match: { modle: "x" } }] }, "responses.0.match.modle", "did you mean model"],
  [{ responses: [{ text: "x", error: { status: 500 } }] }, "responses.0", "only one of"],
  [{ responses: [{ error: { status: 200 } }] }, "responses.0.error.status", ">=400"],
  [{ responses: [{ error: { status: 600 } }] }, "responses.0.error.status", "<=599"],
  [{ responses: [{ error: {} }] }, "responses.0.error.status", "status"],
  [
    { responses: [{ match: { lastUserMessage: { regex: "(?<=a)b" } } }] },
    "responses.0.match.lastUserMessage.regex",
    "RE2",
  ],
  [
    { responses: [{ match: { lastUserMessage: { contains: "a", equals: "b" } } }] },
    "responses.0.match.lastUserMessage",
    "exactly one of",
  ],
  [{ faults: { every: 0 } }, "faults.every", ">=1"],
  [{ chunking: { tokensPerChunk: 0 } }, "chunking.tokensPerChunk", ">=1"],
  [{ usage: { inputTokens: -1 } }, "usage.inputTokens", ">=0"],
];

for (const [settings, path, message] of WRONG) {
  Deno.test(`mockSettings refuses ${JSON.stringify(settings)}`, () => {
    const issues = v.safeParse(mockSettings, settings).issues ?? [];
    const found = issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
    assert.ok(
      found.some((line) => line.startsWith(`${path}: `) && line.includes(message)),
      `${found}`,
    );
  });
}

Deno.test("mockSettings describes every field to the editor", () => {
  const schema = toJsonSchema(mockSettings, { typeMode: "input", ignoreActions: ["check"] });
  assert.deepEqual([...undescribed(schema, "mock")], []);
});

Deno.test("mockSettings are all in the documentation", () => {
  const page = readFileSync(new URL("../../../docs/mock.md", import.meta.url), "utf8");
  const schema = toJsonSchema(mockSettings, { typeMode: "input", ignoreActions: ["check"] });
  const missing = [...names(schema)].filter((name) =>
    !new RegExp(`^ *-? *${name}:`, "m").test(page)
  );
  assert.deepEqual(missing, []);
});

function* names(schema: unknown): Generator<string> {
  if (!isObject(schema)) return;
  for (
    const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})
  ) {
    yield name;
    yield* names(property);
  }
  yield* names(schema.items);
}

function* undescribed(schema: unknown, path: string): Generator<string> {
  if (!isObject(schema)) return;
  if (isObject(schema.properties)) {
    for (const [name, property] of Object.entries(schema.properties)) {
      if (!isObject(property) || !property.description) yield `${path}.${name}`;
      yield* undescribed(property, `${path}.${name}`);
    }
  }
  yield* undescribed(schema.items, `${path}[]`);
}
