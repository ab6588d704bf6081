import assert from "node:assert/strict";
import { loadConfig } from "../../../src/config/load.ts";
import { complaints } from "../checked.ts";
import { compiled } from "../compiled.ts";

const POLICY = (text: string) => `
gateways: {default: {port: 80}}
routes:
- policies:
    ai: ${text}
  backends:
  - ai: {name: a, provider: mock}
`;

const AT = "routes[0].policies.ai";

const TABLE: readonly [string, readonly string[]][] = [
  ["{transformations: {user: 'request.headers[\"x-user\"]'}}", []],
  ["{modelAliases: {'gpt-*': x}, prompts: {append: [{role: user, content: x}]}}", []],
  ["{promptCaching: {}}", []],
  ["{transformation: {user: '1'}}", [
    `5:10: ${AT}.transformation: unknown key "transformation" (did you mean transformations?)`,
  ]],
  ["{transformations: {user: 1}}", [
    `5:34: ${AT}.transformations.user: expected a string, found 1 (put it in quotes)`,
  ]],
  ["{transformations: {user: ''}}", [`5:34: ${AT}.transformations.user: must not be empty`]],
  ["{finalTransformations: ['1']}", [
    `5:32: ${AT}.finalTransformations: expected a mapping, found a list`,
  ]],
  ["{prompts: {prepend: [{role: sytem, content: x}]}}", [
    `5:37: ${AT}.prompts.prepend[0].role: expected "system", "developer", "user" or ` +
    `"assistant", found "sytem" (did you mean "system"?)`,
  ]],
  ["{prompts: {prepend: [{role: user}]}}", [
    `5:30: ${AT}.prompts.prepend[0].content: required key is missing`,
  ]],
  ["{modelAliases: {a: [b]}}", [
    `5:28: ${AT}.modelAliases.a: expected a string, found a list`,
  ]],
  ["{promptCaching: {minTokens: -1, cacheTool: true}}", [
    `5:37: ${AT}.promptCaching.minTokens: expected a whole number of at least 0, found -1`,
    `5:41: ${AT}.promptCaching.cacheTool: unknown key "cacheTool" (did you mean cacheTools?)`,
  ]],
  ["{promptCaching: true}", [
    `5:25: ${AT}.promptCaching: expected a mapping, found true`,
  ]],
];

for (const [text, expected] of TABLE) {
  Deno.test(`ai: ${text} ${expected.length === 0 ? "holds" : "is refused"}`, () => {
    assert.deepEqual(complaints(POLICY(text)), expected);
  });
}

Deno.test("expressions of bodies that are none are refused at their place, at every level", () => {
  const broken = { a: "1 +" };
  const route = compiled({
    binds: [{
      port: 1,
      listeners: [{
        routes: [{
          policies: { ai: { transformations: broken } },
          backends: [{
            policies: { ai: { finalTransformations: broken } },
            ai: { name: "a", provider: "mock" },
          }],
        }],
      }],
    }],
  });
  const llm = compiled({
    llm: {
      providers: [{ name: "p", provider: "mock", defaults: { transformation: broken } }],
      models: [{
        name: "m",
        provider: { reference: "p" },
        transformation: broken,
        finalTransformation: broken,
      }],
    },
  });
  const places = [...route.problems, ...llm.problems].map((line) => line.replace(/:.*/s, ""));
  assert.deepEqual(places.sort(), [
    "binds[0].listeners[0].routes[0].backends[0].policies.ai.finalTransformations.a",
    "binds[0].listeners[0].routes[0].policies.ai.transformations.a",
    "llm.models[0].finalTransformation.a",
    "llm.models[0].transformation.a",
    "llm.providers[0].defaults.transformation.a",
  ]);
});

Deno.test("defaults of promptCaching are those of the reference", () => {
  const loaded = loadConfig(
    { name: "c", text: POLICY("{promptCaching: {}}") },
    { get: () => undefined },
  );
  assert.ok(!("diagnostics" in loaded));
  assert.deepEqual(loaded.config.routes?.[0]?.policies?.ai?.promptCaching, {
    cacheSystem: true,
    cacheMessages: true,
    cacheTools: false,
    minTokens: 1024,
    cacheMessageOffset: 0,
  });
});
