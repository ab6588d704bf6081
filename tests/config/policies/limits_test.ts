import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

/** Configurations, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
llm:
  models: []
  policies:
    localRateLimit:
      - { maxTokens: 10, tokensPerFill: 11, fillInterval: 1s }
      - { tokensPerFill: 1, fillInterval: 1s }
      - { maxTokens: -1, tokensPerFill: 1.5, fillInterval: 0s, type: request, key: "" }
      - { maxTokens: 10, burst: 3 }`,
    told: [
      "6:26: llm.policies.localRateLimit[0].tokensPerFill: must not be more than maxTokens, " +
      "which is 10",
      "7:11: llm.policies.localRateLimit[1].tokensPerFill: must not be more than maxTokens, " +
      "which is 0",
      "8:22: llm.policies.localRateLimit[2].maxTokens: expected a whole number of at least 0, " +
      "found -1",
      "8:41: llm.policies.localRateLimit[2].tokensPerFill: expected a whole number of at least " +
      "0, found 1.5",
      "8:60: llm.policies.localRateLimit[2].fillInterval: must be longer than 0",
      '8:70: llm.policies.localRateLimit[2].type: expected "requests" or "tokens", found ' +
      '"request" (did you mean "requests"?)',
      "8:84: llm.policies.localRateLimit[2].key: must not be empty",
      "9:9: llm.policies.localRateLimit[3].fillInterval: required key is missing",
      '9:26: llm.policies.localRateLimit[3].burst: unknown key "burst"',
    ],
  },
  {
    yaml: `
routes:
  - policies:
      localRateLimit:
        conditional:
          - { condition: "true", maxTokens: 1, tokensPerFill: 2, fillInterval: 1s }
          - { fillInterval: 1h, key: apiKey.team, maxTokens: 3, tokensPerFill: 3 }`,
    told: [
      "6:48: routes[0].policies.localRateLimit.conditional[0].tokensPerFill: must not be more " +
      "than maxTokens, which is 1",
    ],
  },
  {
    yaml: `
llm:
  models: []
  policies:
    budgets:
      - { name: "", usd: 1, tokens: 1, period: day }
      - { name: a, period: year }
      - { name: b, usd: "1e3", period: day, timezone: Mars, warnAt: 0 }
      - { name: c, usd: 9000000.5, period: day, when: "", per: "", outputTokensDefault: -1 }
      - { name: d, usd: 0, period: day, unpriced: maybe, limit: 3 }
      - { tokens: 0 }`,
    told: [
      "6:9: llm.policies.budgets[0]: must have exactly one of usd, tokens",
      "6:17: llm.policies.budgets[0].name: must not be empty",
      "7:9: llm.policies.budgets[1]: must have exactly one of usd, tokens",
      '7:28: llm.policies.budgets[1].period: expected "minute", "hour", "day", "week" or ' +
      '"month", found "year"',
      "8:25: llm.policies.budgets[2].usd: expected an amount of US dollars of more than 0, such " +
      'as 12.50 or "12.50", found "1e3"',
      '8:55: llm.policies.budgets[2].timezone: expected the name of a time zone, such as "Europe/' +
      'Berlin", found "Mars"',
      "8:69: llm.policies.budgets[2].warnAt: expected a number of more than 0 and at most 1, " +
      "found 0",
      "9:25: llm.policies.budgets[3].usd: must be at most 9000000",
      "9:55: llm.policies.budgets[3].when: must not be empty",
      "9:64: llm.policies.budgets[3].per: must not be empty",
      "9:89: llm.policies.budgets[3].outputTokensDefault: expected a whole number of at least 0, " +
      "found -1",
      "10:25: llm.policies.budgets[4].usd: expected an amount of US dollars of more than 0, such " +
      'as 12.50 or "12.50", found 0',
      '10:51: llm.policies.budgets[4].unpriced: expected "allow" or "deny", found "maybe"',
      '10:58: llm.policies.budgets[4].limit: unknown key "limit"',
      "11:9: llm.policies.budgets[5].name: required key is missing",
      "11:9: llm.policies.budgets[5].period: required key is missing",
      "11:19: llm.policies.budgets[5].tokens: expected a whole number of at least 1, found 0",
    ],
  },
  {
    yaml: `
llm:
  models: []
  policies:
    apiKey:
      keys:
        - key: a
          rateLimits:
            - { maxTokens: 1, tokensPerFill: 2, fillInterval: 1s }
            - { fillInterval: 1s, key: apiKey.team }
          budgets:
            - { name: a, usd: 1, period: day, per: apiKey.team }`,
    told: [
      "9:31: llm.policies.apiKey.keys[0].rateLimits[0].tokensPerFill: must not be more than " +
      "maxTokens, which is 1",
      '10:35: llm.policies.apiKey.keys[0].rateLimits[1].key: unknown key "key"',
      '12:47: llm.policies.apiKey.keys[0].budgets[0].per: unknown key "per"',
    ],
  },
  {
    yaml: `
config:
  redis: { failureMode: open, timeout: 0ms, keyPrefix: "", poolSize: 3 }
  state: { file: "", path: x }`,
    told: [
      "3:10: config.redis.url: required key is missing",
      '3:25: config.redis.failureMode: expected "failClosed" or "failOpen", found "open"',
      "3:40: config.redis.timeout: must be longer than 0",
      "3:56: config.redis.keyPrefix: must not be empty",
      '3:60: config.redis.poolSize: unknown key "poolSize"',
      "4:18: config.state.file: must not be empty",
      '4:22: config.state.path: unknown key "path"',
    ],
  },
  {
    yaml: `
config:
  redis: { url: 5 }`,
    told: ["3:17: config.redis.url: must be a string or {file: path} (put it in quotes)"],
  },
];

for (const { yaml, told } of CASES) {
  Deno.test(`the schema says where limits are wrong: ${told[0]}`, () => {
    assert.deepEqual(complaints(yaml), told);
  });
}

Deno.test("the schema accepts limits in all their forms", () => {
  assert.deepEqual(
    complaints(`
config:
  redis: { url: { file: /run/redis-url }, failureMode: failOpen, timeout: 1s, keyPrefix: "gw:" }
  state: { file: /var/lib/agentgateway/state.jsonl }
llm:
  models: []
  policies:
    localRateLimit:
      - { fillInterval: 1m }
      - { maxTokens: 10, tokensPerFill: 10, fillInterval: 1m30s, type: tokens, key: apiKey.team }
    budgets:
      - { name: a, usd: 12.5, period: month, per: apiKey.team, when: "true", warnAt: 0.8 }
      - { name: b, usd: "0.000000001", period: week, timezone: Europe/Berlin, unpriced: deny }
      - { name: c, tokens: 1, period: minute, outputTokensDefault: 0 }
    apiKey:
      keys:
        - key: a
          rateLimits: [{ maxTokens: 1, tokensPerFill: 1, fillInterval: 1s, type: tokens }]
          budgets: [{ name: own, usd: 5, period: day }]
`),
    [],
  );
});
