import assert from "node:assert/strict";
import { complaints, loaded } from "../checked.ts";

const POLICY = (text: string) =>
  `llm:
  models:
  - name: m
    provider: mock
    health: ${text}
`;

const ACCEPTED: readonly string[] = [
  "{}",
  "{unhealthyExpression: ''}",
  "{unhealthyExpression: response.code >= 500}",
  "{eviction: {}}",
  "{eviction: {duration: 10s, restoreHealth: 0.5, consecutiveFailures: 3, healthThreshold: 0.4}}",
  "{eviction: {restoreHealth: 0, healthThreshold: 1}}",
  "{unhealthyExpression: null, eviction: {duration: null}}",
];

for (const text of ACCEPTED) {
  Deno.test(`health may be ${text}`, () => assert.deepEqual(complaints(POLICY(text)), []));
}

const FRACTION = "expected a number from 0 to 1";
const DURATION = 'expected a duration such as "500ms", "30s" or "1m30s"';

const REFUSED: readonly [string, string][] = [
  ["3", "5:13: llm.models[0].health: expected a mapping, found 3"],
  [
    "{unhealthyExpresion: x}",
    '5:14: llm.models[0].health.unhealthyExpresion: unknown key "unhealthyExpresion" ' +
    "(did you mean unhealthyExpression?)",
  ],
  [
    "{unhealthyExpression: [x]}",
    "5:35: llm.models[0].health.unhealthyExpression: expected a string, found a list",
  ],
  [
    "{eviction: {duration: 10}}",
    `5:35: llm.models[0].health.eviction.duration: ${DURATION}, found 10 (put it in quotes)`,
  ],
  [
    "{eviction: {duration: 0s}}",
    "5:35: llm.models[0].health.eviction.duration: must be longer than 0",
  ],
  [
    "{eviction: {restoreHealth: 1.01}}",
    `5:40: llm.models[0].health.eviction.restoreHealth: ${FRACTION}, found 1.01`,
  ],
  [
    "{eviction: {healthThreshold: -0.1}}",
    `5:42: llm.models[0].health.eviction.healthThreshold: ${FRACTION}, found -0.1`,
  ],
  [
    "{eviction: {consecutiveFailures: 0}}",
    "5:46: llm.models[0].health.eviction.consecutiveFailures: " +
    "expected a whole number of at least 1, found 0",
  ],
];

for (const [text, complaint] of REFUSED) {
  Deno.test(`health may not be ${text}`, () => {
    assert.deepEqual(complaints(POLICY(text)), [complaint]);
  });
}

Deno.test("health can be set on shared providers and on backends", () => {
  const health = "{eviction: {consecutiveFailures: 2}}";
  loaded(`
llm:
  providers: [{name: p, provider: mock, defaults: {health: ${health}}}]
  models: [{name: m, provider: {reference: p}}]
routes:
- backends:
  - ai: {name: a, provider: mock, policies: {health: ${health}}}
    policies: {health: ${health}}
gateways: {default: {port: 80}}
`);
});
