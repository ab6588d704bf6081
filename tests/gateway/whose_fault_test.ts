import assert from "node:assert/strict";
import { isClientsOwn } from "../../src/gateway/clients_own.ts";
import { credential } from "../../src/policies/credential.ts";
import { inProcess } from "../support/in_process.ts";

Deno.test("isClientsOwn() is about credentials that are not the gateway's", () => {
  const open = { name: "a" };
  const own = { name: "a", credential: credential("key") };
  const of = (status: number) => [isClientsOwn(open, status), isClientsOwn(own, status)];
  assert.deepEqual([401, 403, 429].map(of), [[true, false], [true, false], [true, false]]);
  assert.deepEqual([200, 400, 404, 500].flatMap(of), Array(8).fill(false));
});

const ask = (body: object) =>
  new Request("http://gateway.test/v1/chat/completions", {
    method: "POST",
    headers: { authorization: "Bearer k" },
    body: JSON.stringify({ messages: [{ role: "user", content: "hi" }], ...body }),
  });

Deno.test("deliver() holds a key to its models at a route too", async () => {
  using it = inProcess(`
binds:
- port: 1
  listeners:
  - routes:
    - backends: [{ai: {name: a, provider: {mock: {}}}}]
      policies:
        ai: {routes: {"*": completions}}
        apiKey: {mode: strict, keys: [{key: k, allowedModels: [cheap]}]}
`);
  const statuses = [];
  for (const model of ["cheap", "dear"]) statuses.push((await it.ask(ask({ model }))).status);
  assert.deepEqual(statuses, [200, 403]);
});

Deno.test("the rules of a model see the body, through a virtual model too", async () => {
  using it = inProcess(`
llm:
  models:
  - name: small
    provider: mock
    authorization: {rules: [{deny: llmRequest.max_tokens > 100}]}
  virtualModels:
  - name: vm
    routing: {failover: {targets: [{model: small, priority: 0}]}}
`);
  const seen = [];
  for (const model of ["small", "vm"]) {
    for (const max_tokens of [5, 500]) {
      seen.push((await it.ask(ask({ model, max_tokens }))).status);
    }
  }
  assert.deepEqual(seen, [200, 403, 200, 403]);
});
