import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const ROUTING = (text: string) =>
  `llm:
  models: [{name: a, provider: mock}, {name: b, provider: mock}]
  virtualModels:
  - name: v
    routing: ${text}
`;

const ACCEPTED: readonly string[] = [
  "{weighted: {targets: [{model: a}]}}",
  "{weighted: {targets: [{model: a, weight: 0}, {model: b, weight: 20}]}}",
  "{conditional: {targets: [{model: a}]}}",
  "{conditional: {targets: [{when: 'true', model: a}]}}",
  "{conditional: {targets: [{when: 'true', model: a}, {when: null, model: b}]}}",
  "{failover: {targets: [{model: a, priority: 0}, {model: b, priority: 0}]}}",
  "{failover: {targets: [{model: a, priority: 3}], retry: {}}}",
  "{failover: {targets: [{model: a, priority: 3}], retry: {enabled: false}}}",
  "{failover: {targets: [{model: a, priority: 3}], retry: {enabled: true, attempts: 1, " +
  "codes: [429, 503], perTryTimeout: 30s, firstTokenTimeout: 2s}}}",
  "{failover: {targets: [{model: a, priority: 3}], retry: {enabled: false, perTryTimeout: 9s}}}",
  "{failover: {targets: [{model: a, priority: 3}], retry: {codes: []}}}",
];

for (const text of ACCEPTED) {
  Deno.test(`routing may be ${text}`, () => assert.deepEqual(complaints(ROUTING(text)), []));
}

const AT = "llm.virtualModels[0].routing";
const ONE = "must have exactly one of weighted, failover, conditional";
const WHEN = "must have a condition (when): only the last target may leave it out";
const MISSING = "required key is missing";

const RETRY = (text: string) => `{failover: {targets: [{model: a, priority: 0}], retry: ${text}}}`;

const REFUSED: readonly [string, ...string[]][] = [
  ["{}", `5:14: ${AT}: ${ONE}`],
  [
    "{weighted: {targets: [{model: a}]}, conditional: {targets: [{model: a}]}}",
    `5:14: ${AT}: ${ONE}`,
  ],
  [
    "{weigthed: {targets: [{model: a}]}}",
    `5:15: ${AT}.weigthed: unknown key "weigthed" (did you mean weighted?)`,
  ],
  ["{weighted: {targets: []}}", `5:35: ${AT}.weighted.targets: must have a target`],
  ["{failover: {targets: []}}", `5:35: ${AT}.failover.targets: must have a target`],
  ["{conditional: {targets: []}}", `5:38: ${AT}.conditional.targets: must have a target`],
  ["{weighted: {}}", `5:25: ${AT}.weighted.targets: ${MISSING}`],
  [
    "{weighted: {targets: [{model: a, weight: 0.5}]}}",
    `5:55: ${AT}.weighted.targets[0].weight: expected a whole number of at least 0, found 0.5`,
  ],
  [
    "{weighted: {targets: [{model: ''}]}}",
    `5:44: ${AT}.weighted.targets[0].model: must not be empty`,
  ],
  ["{failover: {targets: [{model: a}]}}", `5:36: ${AT}.failover.targets[0].priority: ${MISSING}`],
  [
    "{failover: {targets: [{model: a, priority: -1}]}}",
    `5:57: ${AT}.failover.targets[0].priority: expected a whole number of at least 0, found -1`,
  ],
  [
    "{conditional: {targets: [{model: a}, {model: b}]}}",
    `5:39: ${AT}.conditional.targets[0]: ${WHEN}`,
  ],
  [
    "{conditional: {targets: [{model: a}, {when: x, model: a}, {model: b}, {when: x, model: b}]}}",
    `5:39: ${AT}.conditional.targets[0]: ${WHEN}`,
    `5:72: ${AT}.conditional.targets[2]: ${WHEN}`,
  ],
  [
    RETRY("{enabled: false, attempts: 2, codes: [503]}"),
    `5:86: ${AT}.failover.retry.attempts: has no effect where enabled is false`,
    `5:99: ${AT}.failover.retry.codes: has no effect where enabled is false`,
  ],
  [
    RETRY("{attempts: 0}"),
    `5:80: ${AT}.failover.retry.attempts: expected a whole number from 1 to 20, found 0`,
  ],
  [
    RETRY("{codes: [200]}"),
    `5:78: ${AT}.failover.retry.codes[0]: expected a whole number from 400 to 599, found 200`,
  ],
  [
    RETRY("{perTryTimeout: 0s}"),
    `5:85: ${AT}.failover.retry.perTryTimeout: must be longer than 0`,
  ],
  [
    RETRY("{firstTokenTimeout: soon}"),
    `5:89: ${AT}.failover.retry.firstTokenTimeout: ` +
    'expected a duration such as "500ms", "30s" or "1m30s", found "soon"',
  ],
  [
    RETRY("{attempt: 2}"),
    `5:70: ${AT}.failover.retry.attempt: unknown key "attempt" (did you mean attempts?)`,
  ],
];

for (const [text, ...expected] of REFUSED) {
  Deno.test(`routing may not be ${text}`, () => {
    assert.deepEqual(complaints(ROUTING(text)), expected);
  });
}

const ENTRY = (text: string) =>
  `llm:
  models: [{name: a, provider: mock}]
  virtualModels: [${text}]
`;

const ROUTED = "routing: {weighted: {targets: [{model: a}]}}";

const ENTRIES: readonly [string, string][] = [
  [`{${ROUTED}}`, "3:19: llm.virtualModels[0].name: required key is missing"],
  [`{name: v}`, "3:19: llm.virtualModels[0].routing: required key is missing"],
  [`{name: '', ${ROUTED}}`, "3:26: llm.virtualModels[0].name: must not be empty"],
  [
    `{name: 'v*', ${ROUTED}}`,
    '3:26: llm.virtualModels[0].name: must not contain "*": clients ask for the whole name',
  ],
  [
    `{name: v, ${ROUTED}, weight: 1}`,
    '3:75: llm.virtualModels[0].weight: unknown key "weight"',
  ],
];

for (const [text, complaint] of ENTRIES) {
  Deno.test(`a virtual model may not be ${text}`, () => {
    assert.deepEqual(complaints(ENTRY(text)), [complaint]);
  });
}
