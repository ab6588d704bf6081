import assert from "node:assert/strict";
import { gateway, json, modelsBackend } from "./harness.ts";

const ask = (headers: Readonly<Record<string, string>> = {}) =>
  new Request("http://gateway.test/v1/models", { headers });

Deno.test("listModels() lists in OpenAI's shape", async () => {
  const it = gateway(() => json(), { backend: modelsBackend({ "gpt-4o": {} }) });
  assert.deepEqual(await (await it.ask(ask())).json(), {
    object: "list",
    data: [{ id: "gpt-4o", object: "model", created: 42, owned_by: "openai" }],
  });
});

Deno.test("listModels() lists in Anthropic's shape for its clients", async () => {
  const it = gateway(() => json(), { backend: modelsBackend({ "gpt-4o": {}, "b": {} }) });
  const response = await it.ask(ask({ "anthropic-version": "2023-06-01" }));
  const born = "1970-01-01T00:00:42Z";
  assert.deepEqual(await response.json(), {
    data: [
      { type: "model", id: "gpt-4o", display_name: "gpt-4o", created_at: born },
      { type: "model", id: "b", display_name: "b", created_at: born },
    ],
    has_more: false,
    first_id: "gpt-4o",
    last_id: "b",
  });
});

Deno.test("listModels() has no first model where there is none", async () => {
  const it = gateway(() => json(), { backend: modelsBackend({}) });
  const response = await it.ask(ask({ "anthropic-version": "2023-06-01" }));
  const { first_id, last_id, data } = await response.json();
  assert.deepEqual([first_id, last_id, data], [null, null, []]);
});
