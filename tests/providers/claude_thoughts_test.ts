import assert from "node:assert/strict";
import type { JsonObject } from "../../src/apis/api.ts";
import { losses } from "../../src/chat/losses.ts";
import { adapted, connected } from "./upstream_call.ts";

const PROVIDERS = {
  anthropic: connected("anthropic"),
  vertex: connected("vertex", { projectId: "p" }),
  azure: connected("azure", { resourceName: "r", resourceType: "foundry" }),
};

const CALL = { type: "tool_use", id: "t", name: "f", input: {} };
const SIGNED = { type: "thinking", thinking: "hm", signature: "EqQB" };
const BARE = { type: "thinking", thinking: "hm", signature: "" };
const HIDDEN = { type: "redacted_thinking", data: "x" };

const user = (content: unknown) => ({ role: "user", content });
const model = (...content: readonly unknown[]) => ({ role: "assistant", content });
const asked = user("Hi.");
const answered = user([{ type: "tool_result", tool_use_id: "t", content: "r" }]);

const budget = { type: "enabled", budget_tokens: 1024 };
const none = { type: "disabled" };

const ROWS: readonly [claim: string, request: JsonObject, sent: JsonObject][] = [
  ["an answer that began with thoughts as it is", {
    thinking: budget,
    messages: [asked, model(SIGNED, CALL), answered, model(CALL), answered],
  }, {}],
  ["hidden thoughts as they are", {
    thinking: budget,
    messages: [asked, model(HIDDEN, CALL), answered],
  }, {}],
  ["an answer that another model began without thinking on", {
    thinking: budget,
    messages: [asked, model(CALL), answered],
  }, { thinking: none }],
  ["thoughts that nobody signed not at all", {
    thinking: budget,
    messages: [asked, model(BARE, CALL), answered],
  }, { thinking: none, messages: [asked, model(CALL), answered] }],
  ["no answer of unsigned thoughts only", {
    thinking: budget,
    messages: [asked, model(BARE), user("Go on.")],
  }, { messages: [asked, user("Go on.")] }],
  ["what another model finished with thoughts anew", {
    thinking: budget,
    messages: [asked, model(CALL), answered, model({ type: "text", text: "Done." }), asked],
  }, {}],
  ["adaptive thoughts as they are", {
    thinking: { type: "adaptive" },
    messages: [asked, model(CALL), answered],
  }, {}],
  ["answers of plain text as they are", {
    messages: [asked, { role: "assistant", content: "a" }, asked],
  }, {}],
];

for (const [claim, request, sent] of ROWS) {
  for (const [name, provider] of Object.entries(PROVIDERS)) {
    Deno.test(`adapt() sends ${name} ${claim}`, () => {
      const { anthropic_version: _, ...body } = adapted(provider, request, {
        ...{ api: "messages", model: "claude-x", forwarded: true },
      });
      assert.deepEqual(body, { ...request, ...sent });
    });
  }
}

Deno.test("adapt() tells what it takes from a conversation that moves to Claude", () => {
  const lost = losses({ reasoning: "thinking" });
  PROVIDERS.anthropic.adapt?.({
    api: "messages",
    request: { thinking: budget, messages: [asked, model(BARE, CALL), answered] },
    model: "claude-x",
    streaming: false,
    headers: new Headers(),
    forwarded: true,
    losses: lost,
    place: { hostOverridden: false },
  });
  assert.deepEqual(lost.found, [
    { kind: "dropped", field: "reasoningReplay" },
    { kind: "changed", field: "thinking" },
  ]);
});

Deno.test("adapt() leaves thoughts alone that the gateway itself has written", () => {
  const request = { thinking: budget, messages: [asked, model(CALL), answered] };
  const call = { api: "messages", model: "claude-x", forwarded: false } as const;
  assert.equal(adapted(PROVIDERS.anthropic, request, call), request);
});
