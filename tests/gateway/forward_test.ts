import assert from "node:assert/strict";
import { bodyPolicy } from "../../src/policies/ai/body_edits.ts";
import { aiBackend, CHAT, chat, gateway, json } from "./harness.ts";

const CONFIGURED: readonly [string, Parameters<typeof aiBackend>[0], object, object][] = [
  ["the configured model replaces the client's", { model: "x" }, { model: "m" }, { model: "x" }],
  ["overrides win over the configured model", {
    model: "x",
    body: bodyPolicy({ overrides: { model: "o" } }),
  }, {
    model: "m",
  }, { model: "o" }],
  [
    "overrides win over defaults and client",
    {
      body: bodyPolicy({ overrides: { a: 1, b: 1 }, defaults: { a: 2 } }),
    },
    { model: "m", b: 2 },
    { model: "m", b: 1, a: 1 },
  ],
  ["defaults fill only what is absent", { body: bodyPolicy({ defaults: { a: 1, b: 1 } }) }, {
    model: "m",
    a: null,
  }, {
    model: "m",
    a: null,
    b: 1,
  }],
  ["a default can bring the model", { body: bodyPolicy({ defaults: { model: "d" } }) }, {}, {
    model: "d",
  }],
];

for (const [claim, changes, sent, expected] of CONFIGURED) {
  Deno.test(`handle() sends upstream: ${claim}`, async () => {
    const it = gateway(() => json(), { backend: aiBackend(changes) });
    await it.ask(chat(JSON.stringify(sent)));
    assert.deepEqual(JSON.parse(it.calls[0]?.body ?? ""), expected);
  });
}

Deno.test("handle() renames max_tokens by the model that is sent", async () => {
  const it = gateway(() => json(), { backend: aiBackend({ model: "gpt-9" }) });
  await it.ask(chat({ ...CHAT, max_tokens: 5 }));
  assert.deepEqual(JSON.parse(it.calls[0]?.body ?? ""), {
    ...CHAT,
    model: "gpt-9",
    max_completion_tokens: 5,
  });
});
