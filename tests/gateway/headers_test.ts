import assert from "node:assert/strict";
import { credential } from "../../src/policies/credential.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { aiBackend, chat, gateway, json } from "./harness.ts";

const ACCOUNT = {
  "openai-organization": "org-b",
  "openai-project": "b",
  "x-goog-user-project": "b",
};

function withHeaders(headers: Readonly<Record<string, string>>): Request {
  const request = chat();
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return request;
}

Deno.test("withoutConnections() lets no client drop a header that a policy sets", async () => {
  const policy: Policy = {
    name: "who",
    apply(subject) {
      subject.editHeaders((headers) => headers.set("x-user", "ada"));
      return undefined;
    },
  };
  const it = gateway(() => json(), { route: { policies: [policy] } });
  await it.ask(
    withHeaders({ connection: "close, x-user, x-mine", "x-user": "bob", "x-mine": "1" }),
  );
  const { headers } = it.calls[0] ?? assert.fail();
  assert.deepEqual([headers.get("x-user"), headers.get("x-mine")], ["ada", null]);
});

Deno.test("dropCredentials() keeps a client off the other accounts of the gateway's key", async () => {
  const backend = aiBackend({ credential: credential("sk-ours") });
  const it = gateway(() => json(), { backend });
  await it.ask(withHeaders(ACCOUNT));
  const { headers } = it.calls[0] ?? assert.fail();
  assert.equal(headers.get("authorization"), "Bearer sk-ours");
  for (const name of Object.keys(ACCOUNT)) assert.equal(headers.get(name), null, name);
});

Deno.test("dropCredentials() leaves a client with its own key its own account", async () => {
  const it = gateway(() => json());
  await it.ask(withHeaders({ ...ACCOUNT, authorization: "Bearer sk-theirs" }));
  const { headers } = it.calls[0] ?? assert.fail();
  for (const [name, value] of Object.entries(ACCOUNT)) assert.equal(headers.get(name), value);
});
