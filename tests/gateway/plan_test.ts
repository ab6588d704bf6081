import assert from "node:assert/strict";
import type { ApiName } from "../../src/apis/api.ts";
import { completions } from "../../src/apis/completions/index.ts";
import { messages } from "../../src/apis/messages/index.ts";
import { planFor } from "../../src/gateway/plan.ts";
import { openai } from "../../src/providers/openai/index.ts";

/** What a provider speaks, who asks, and in which APIs it may then be spoken to. */
const rows: readonly (readonly [string, readonly ApiName[], typeof messages, string])[] = [
  ["the client's API goes on", ["responses", "completions"], completions, "forward"],
  [
    "other chats are translated in order",
    ["responses", "completions"],
    messages,
    "responses completions",
  ],
  ["a provider's tasks are no chats", ["embeddings", "gemini"], completions, "gemini"],
  ["the shared API goes before a preferred one", ["gemini", "completions"], completions, "forward"],
];

for (const [claim, spoken, api, expected] of rows) {
  Deno.test(`planFor() ${claim}`, () => {
    const paths = { base: "", keepsClientPath: false, dropsVersion: false };
    const provider = { name: "p", speaks: () => spoken, paths };
    const plan = planFor(api, provider, "m", { hostOverridden: false });
    const found = plan.type === "translate"
      ? plan.candidates.map(({ name }) => name).join(" ")
      : plan.type;
    assert.equal(found, expected);
  });
}

Deno.test("planFor() translates into no more than the provider lets it", () => {
  const provider = openai.connect({}, { now: () => 0 });
  const candidates = (hostOverridden: boolean) => {
    const plan = planFor(messages, provider, "m", { hostOverridden });
    return plan.type === "translate" ? plan.candidates.map(({ name }) => name) : plan.type;
  };
  assert.deepEqual(candidates(false), ["responses", "completions"]);
  assert.deepEqual(candidates(true), ["completions"]);
});
