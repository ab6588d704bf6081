import assert from "node:assert/strict";
import { inProcess } from "../support/in_process.ts";

const CONFIG = `
binds:
- port: 1
  listeners:
  - routes:
    - backends:
      - ai:
          name: a
          provider: {mock: {}}
          policies:
            transformations:
              request: {body: 'toJson(json(request.body).merge({"model": "changed"}))'}
      policies: {ai: {routes: {"*": completions}}}
`;

Deno.test("callModel() sends the body that a policy of the target gave the request", async () => {
  using it = inProcess(CONFIG);
  const response = await it.ask(
    new Request("http://gateway.test/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
    }),
  );
  assert.equal((await response.json()).model, "changed");
});
