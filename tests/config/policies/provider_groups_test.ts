import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const BACKEND = (text: string) => `
gateways: {default: {port: 80}}
routes:
- backends:
  - ai: ${text}
`;

const AT = "routes[0].backends[0].ai";

const TABLE: readonly [string, readonly string[]][] = [
  ["{groups: [{providers: [{name: a, provider: mock}, {name: b, provider: mock}]}]}", []],
  [
    "{groups: [{providers: [{name: a, provider: mock}]}, " +
    "{providers: [{name: b, provider: {openAI: {model: m}}, policies: {health: {}}}]}]}",
    [],
  ],
  ["{groups: []}", [`5:18: ${AT}.groups: must have a group`]],
  ["{groups: [{providers: []}]}", [
    `5:31: ${AT}.groups[0].providers: must name a provider`,
  ]],
  ["{groups: [{}]}", [`5:19: ${AT}.groups[0].providers: required key is missing`]],
  ["{groups: {providers: []}}", [`5:18: ${AT}.groups: expected a list, found a mapping`]],
  ["{groups: [{providers: [{name: a, provider: mock}]}], name: x}", [
    `5:62: ${AT}.name: not supported yet: name`,
  ]],
  ["{groups: [{providers: [{name: a}]}]}", [
    `5:32: ${AT}.groups[0].providers[0].provider: required key is missing`,
  ]],
  [
    "{groups: [{providers: [{name: a, provider: mock}]}, " +
    "{providers: [{name: b, provider: mock}, {name: a, provider: mock}]}]}",
    [
      `5:108: ${AT}.groups[1].providers[1].name: "a" is already at groups.0.providers.0`,
    ],
  ],
];

for (const [text, expected] of TABLE) {
  Deno.test(`ai ${text} ${expected.length === 0 ? "holds" : "is refused"}`, () => {
    assert.deepEqual(complaints(BACKEND(text)), expected);
  });
}
