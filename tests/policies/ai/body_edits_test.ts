import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../../src/apis/api.ts";
import { CelError, type Variables } from "../../../src/cel/expression.ts";
import { editJson, editObject } from "../../../src/lib/json_edit.ts";
import {
  bodyPolicy,
  type BodySettings,
  withoutModel,
} from "../../../src/policies/ai/body_edits.ts";
import { modelAliases } from "../../../src/policies/ai/model_aliases.ts";
import { transformations } from "./expressions.ts";

const variables = (llmRequest: JsonObject): Variables => ({
  llmRequest,
  request: { headers: { "x-user": "bob" } },
});

function edited(settings: BodySettings, body: JsonObject, model?: string): JsonObject {
  return editObject(body, bodyPolicy(settings).edit(body, { model, variables }));
}

const CASES: readonly {
  readonly name: string;
  readonly settings: BodySettings;
  readonly model?: string;
  readonly body: JsonObject;
  readonly becomes: JsonObject;
}[] = [
  {
    name: "gives the model that is given",
    settings: {},
    model: "b",
    body: { model: "a", x: 1 },
    becomes: { model: "b", x: 1 },
  },
  {
    name: "leaves the body's model where none is given",
    settings: {},
    body: { model: "a" },
    becomes: { model: "a" },
  },
  {
    name: "adds defaults only where nothing is, not even null",
    settings: { defaults: { a: 1, b: 2, c: 3 } },
    body: { a: 0, b: null },
    becomes: { a: 0, b: null, c: 3 },
  },
  {
    name: "puts overrides in place of what is there, the given model among it",
    settings: { overrides: { a: 1, model: "o", stop: null } },
    model: "g",
    body: { a: 0, model: "m", stop: "x" },
    becomes: { a: 1, model: "o", stop: null },
  },
  {
    name: "puts transformations in place of overrides, and overrides of defaults",
    settings: {
      defaults: { a: "d", b: "d", c: "d" },
      overrides: { a: "o", b: "o" },
      transformations: transformations({ a: '"t"' }),
    },
    body: { a: "c", b: "c" },
    becomes: { a: "t", b: "o", c: "d" },
  },
  {
    name: "has transformations see the body as it came",
    settings: {
      overrides: { a: 2, model: "o" },
      transformations: transformations({ b: "llmRequest.a", c: "llmRequest.model", a: "3" }),
    },
    model: "g",
    body: { a: 1, model: "m" },
    becomes: { a: 3, model: "o", b: 1, c: "m" },
  },
  {
    name: "has transformations see the request",
    settings: { transformations: transformations({ user: 'request.headers["x-user"]' }) },
    body: {},
    becomes: { user: "bob" },
  },
  {
    name: "removes what a failing transformation names, an override too",
    settings: {
      overrides: { b: 1 },
      transformations: transformations({
        a: "llmRequest.nothing",
        b: "missing.variable",
        c: '"x" * 2',
        z: "llmRequest.nothing",
      }),
    },
    body: { a: 1, c: 2, d: 3 },
    becomes: { d: 3 },
  },
  {
    name: "removes what a transformation gives that is no JSON",
    settings: { transformations: transformations({ a: "1.0 / 0.0", b: "[1.0 / 0.0]", c: "null" }) },
    body: { a: 1, b: 2, c: 3 },
    becomes: { c: null },
  },
  {
    name: "gives a default to what a transformation removed",
    settings: {
      defaults: { a: "d" },
      transformations: transformations({ a: "llmRequest.nothing" }),
    },
    body: { a: 1 },
    becomes: { a: "d" },
  },
  {
    name: "has transformations make lists and objects",
    settings: { transformations: transformations({ a: '{"b": [llmRequest.c, true, null]}' }) },
    body: { c: "x" },
    becomes: { c: "x", a: { b: ["x", true, null] } },
  },
  {
    name: "puts an alias at last",
    settings: {
      overrides: { model: "fast" },
      modelAliases: modelAliases({ fast: "gpt-4o-mini", given: "wrong", "gpt*": "twice" }),
    },
    model: "given",
    body: { model: "m" },
    becomes: { model: "gpt-4o-mini" },
  },
  {
    name: "puts an alias in place of a default model",
    settings: { defaults: { model: "fast" }, modelAliases: modelAliases({ fast: "x" }) },
    body: {},
    becomes: { model: "x" },
  },
  {
    name: "leaves a model alone that is no text",
    settings: { modelAliases: modelAliases({ "*": "x" }) },
    body: { model: 5 },
    becomes: { model: 5 },
  },
];

for (const { name, settings, model, body, becomes } of CASES) {
  Deno.test(`bodyPolicy() ${name}`, () => {
    const before = JSON.stringify(body);
    assert.deepEqual(edited(settings, body, model), becomes);
    assert.equal(JSON.stringify(body), before);
  });
}

Deno.test("bodyPolicy() leaves every byte of a body that has all already", () => {
  const settings = {
    defaults: { a: 2 },
    overrides: { b: "x" },
    transformations: transformations({ c: "llmRequest.c" }),
  };
  const text = '{ "model" : "m","a":1.0, "b":"x","c" :true}\n';
  const body = JSON.parse(text);
  const edits = bodyPolicy(settings).edit(body, { model: "m", variables });
  assert.equal(editJson(text, edits), text);
});

Deno.test("bodyPolicy() takes names for names that are special to JavaScript", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const values: JsonObject = Object.fromEntries(names.map((name) => [name, "x"]));
  for (const settings of [{ defaults: values }, { overrides: values }]) {
    const body = edited(settings, {});
    assert.deepEqual(Object.keys(body), names);
    assert.equal(Object.getPrototypeOf(body), Object.prototype);
    assert.equal(JSON.stringify(body), JSON.stringify(values));
  }
  const computed = edited({ transformations: transformations({ ["__proto__"]: '"y"' }) }, values);
  assert.equal(JSON.stringify(computed), JSON.stringify(values).replace("x", "y"));
  const removed = edited(
    { transformations: transformations({ ["__proto__"]: "nothing" }) },
    values,
  );
  assert.equal(Object.hasOwn(removed, "__proto__"), false);
});

Deno.test("bodyPolicy() lets go of no fault but that of an expression", () => {
  const broken = {
    source: "",
    roots: new Set<string>(),
    paths: new Set<string>(),
    test: () => false,
  };
  const failing = (fault: Error) => () => {
    throw fault;
  };
  const policy = (fault: Error) =>
    bodyPolicy({ transformations: new Map([["a", { ...broken, evaluate: failing(fault) }]]) });
  const given = { model: undefined, variables };
  assert.deepEqual(policy(new CelError("x")).edit({ a: 1 }, given).remove, ["a"]);
  assert.throws(() => policy(new TypeError("x")).edit({ a: 1 }, given), TypeError);
});

Deno.test("bodyPolicy() builds the variables once for a body, and not without transformations", () => {
  let built = 0;
  const count = (llmRequest: JsonObject) => {
    built++;
    return variables(llmRequest);
  };
  const given = { model: undefined, variables: count };
  bodyPolicy({ overrides: { a: 1 } }).edit({}, given);
  assert.equal(built, 0);
  bodyPolicy({ transformations: transformations({ a: "1", b: "2" }) }).edit({}, given);
  assert.equal(built, 1);
});

Deno.test("finalEdits() changes what goes upstream, which expressions see", () => {
  const policy = bodyPolicy({
    overrides: { never: 1 },
    finalTransformations: transformations({
      max: "llmRequest.inferenceConfig.maxTokens",
      gone: "llmRequest.nothing",
    }),
  });
  const sent = { inferenceConfig: { maxTokens: 5 }, gone: 1 };
  assert.equal(policy.hasFinal, true);
  assert.deepEqual(policy.finalEdits(sent, variables), { set: { max: 5 }, remove: ["gone"] });
});

Deno.test("finalEdits() are none where nothing is said of them", () => {
  const policy = bodyPolicy({ overrides: { a: 1 } });
  assert.equal(policy.hasFinal, false);
  assert.equal(policy.finalEdits({}, variables), undefined);
});

Deno.test("withoutModel() leaves a body without a model, and all other changes", () => {
  const cases: readonly (readonly [JsonObject, JsonObject, JsonObject])[] = [
    [{ a: 1 }, { model: "m" }, { a: 1 }],
    [{ a: 1, model: "m" }, {}, { a: 1 }],
    [{ a: 1, model: "m" }, { model: "n", a: 2 }, { a: 2 }],
  ];
  for (const [body, set, becomes] of cases) {
    assert.deepEqual(editObject(body, withoutModel(body, { set })), becomes);
  }
  assert.deepEqual(withoutModel({ a: 1 }, { set: { model: "m" } }), { set: {}, remove: [] });
  const removing = { remove: ["a", "model"] };
  assert.deepEqual(editObject({ a: 1, model: "m" }, withoutModel({ model: "m" }, removing)), {});
});

Deno.test("edit() makes the same of a body's text as of the body", () => {
  const key = fc.constantFrom("a", "b", "model", "__proto__");
  const record = fc.dictionary(key, fc.constantFrom(1, "x", null), { maxKeys: 3 });
  fc.assert(fc.property(record, record, record, (body, overrides, defaults) => {
    const text = JSON.stringify(body), parsed = JSON.parse(text);
    const edits = bodyPolicy({ overrides, defaults }).edit(parsed, { model: undefined, variables });
    assert.deepEqual(JSON.parse(editJson(text, edits)), { ...editObject(parsed, edits) });
    assert.deepEqual({ ...defaults, ...body, ...overrides }, { ...editObject(parsed, edits) });
  }));
});
