import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { chatWith, lossesOf, noLosses, OLD_MODEL } from "./fixtures.ts";

/** What is sent for a chat, beside what every request has, and what is said to be lost. */
function sent(changes: Partial<ChatRequest>): { members: JsonObject; lost: string[] } {
  const losses = noLosses();
  const request = messagesCall.writeRequest(chatWith(changes), losses);
  const { model: _, max_tokens: __, messages: ___, ...members } = request;
  return { members, lost: lossesOf(losses) };
}

Deno.test("writeRequest() sends what every request must have, and no more", () => {
  assert.deepEqual(messagesCall.writeRequest(chatWith(), noLosses()), {
    model: OLD_MODEL,
    max_tokens: 4096,
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
  });
});

Deno.test("writeRequest() sends the wanted length and the stream", () => {
  const request = messagesCall.writeRequest(
    chatWith({ maxOutputTokens: 12, stream: true }),
    noLosses(),
  );
  assert.deepEqual([request.max_tokens, request.stream], [12, true]);
});

Deno.test("writeRequest() leaves the answer its room beside thoughts where the limit is ours", () => {
  const chat = chatWith({ reasoning: { effort: "high" } });
  assert.equal(messagesCall.writeRequest(chat, noLosses()).max_tokens, 8192);
});

const mark = (ttl?: string) => ({ cache_control: { type: "ephemeral", ...(ttl && { ttl }) } });
const text = (words: string, ttlSeconds?: number) =>
  ({
    type: "text",
    text: words,
    ...(ttlSeconds !== undefined && { cache: ttlSeconds === 0 ? {} : { ttlSeconds } }),
  }) as const;

const MEMBERS: readonly [claim: string, Partial<ChatRequest>, JsonObject, lost?: string[]][] = [
  ["instructions joined", { instructions: [text("a"), text(" "), text("b")] }, { system: "a\nb" }],
  ["no blank instructions", { instructions: [text(" ")] }, {}],
  [
    "instructions apart where marks tell them apart",
    { instructions: [text("a", 0), text("b", 3600), text("c", 300), text("d")] },
    {
      system: [
        { type: "text", text: "a", ...mark() },
        { type: "text", text: "b", ...mark("1h") },
        { type: "text", text: "c", ...mark("5m") },
        { type: "text", text: "d" },
      ],
    },
  ],
  [
    "other times to live as the nearest known one",
    { instructions: [text("a", 86400)] },
    { system: [{ type: "text", text: "a", ...mark("1h") }] },
    ["changed cache"],
  ],
  [
    "four marks for the cache at most",
    { instructions: ["a", "b", "c", "d", "e"].map((words) => text(words, 0)) },
    {
      system: [
        ...["a", "b", "c", "d"].map((words) => ({ type: "text", text: words, ...mark() })),
        { type: "text", text: "e" },
      ],
    },
    ["changed cache"],
  ],
  [
    "instructions that are no text not at all",
    {
      instructions: [
        { type: "media", mediaType: "image/png", source: { data: "AA==" } },
        { type: "native", api: "responses", name: "thing", value: {} },
      ],
    },
    {},
    ["dropped media", "dropped thing"],
  ],
  [
    "sampling",
    { sampling: { temperature: 0.5, topP: 0.9, topK: 3, stop: ["a"] } },
    { temperature: 0.5, top_p: 0.9, top_k: 3, stop_sequences: ["a"] },
  ],
  [
    "temperatures up to 1",
    { sampling: { temperature: 1.5 } },
    { temperature: 1 },
    ["changed temperature"],
  ],
  [
    "temperatures from 0",
    { sampling: { temperature: -1 } },
    { temperature: 0 },
    ["changed temperature"],
  ],
  [
    "no blank stop sequences",
    { sampling: { stop: ["\n", "END"] } },
    { stop_sequences: ["END"] },
    ["changed stop"],
  ],
  ["no list of none", { sampling: { stop: [] } }, {}],
  [
    "not what the API does not know",
    {
      sampling: {
        seed: 1,
        frequencyPenalty: 1,
        presencePenalty: 1,
        logitBias: { 1: 1 },
        topLogprobs: 0,
      },
      candidates: 2,
      verbosity: "low",
      metadata: { a: 1 },
    },
    {},
    [
      "dropped metadata",
      "dropped verbosity",
      "dropped candidates",
      "dropped seed",
      "dropped frequencyPenalty",
      "dropped presencePenalty",
      "dropped logitBias",
      "dropped logprobs",
    ],
  ],
  ["one candidate as usual", { candidates: 1 }, {}],
  ["the user", { user: "u1" }, { metadata: { user_id: "u1" } }],
  ["the automatic tier", { serviceTier: "auto" }, { service_tier: "auto" }],
  ["the default tier", { serviceTier: "default" }, { service_tier: "standard_only" }],
  ["its own tier", { serviceTier: "standard_only" }, { service_tier: "standard_only" }],
  ["no other tier", { serviceTier: "flex" }, {}, ["dropped serviceTier"]],
  ["text as usual", { output: { type: "text" } }, {}],
  [
    "its own members for clients of other APIs",
    {
      native: {
        ...{ container: "c", context_management: {}, mcp_servers: [], inference_geo: "eu" },
        ...{ speed: "fast", cache_control: { type: "ephemeral" }, stream_options: {}, store: true },
      },
    },
    {
      ...{ container: "c", context_management: {}, mcp_servers: [], inference_geo: "eu" },
      ...{ speed: "fast", cache_control: { type: "ephemeral" } },
    },
    ["dropped store"],
  ],
  [
    "its own clients' members back to their places",
    {
      api: "messages",
      user: "u1",
      native: {
        "metadata.team": "t",
        "output_config.effort": "low",
        "document.citations": { enabled: true },
        "thinking": { type: "between_tools" },
        "diagnostics": {},
      },
    },
    {
      metadata: { team: "t", user_id: "u1" },
      output_config: { effort: "low" },
      thinking: { type: "between_tools" },
      diagnostics: {},
    },
  ],
  [
    "thinking, though said in its own words by a client of another API",
    { native: { thinking: { type: "enabled", budget_tokens: 2048 } } },
    { thinking: { type: "enabled", budget_tokens: 2048 } },
  ],
  [
    "no thinking that its own words contradict",
    { reasoning: { enabled: false }, native: { thinking: { type: "adaptive" } } },
    {},
    ["dropped thinking"],
  ],
  [
    "no thinking in words that nobody knows",
    { native: { thinking: true } },
    {},
    ["dropped thinking"],
  ],
];

for (const [claim, changes, members, lost = []] of MEMBERS) {
  Deno.test(`writeRequest() sends ${claim}`, () => {
    assert.deepEqual(sent(changes), { members, lost });
  });
}

const SAMPLING: readonly [
  claim: string,
  model: string,
  Partial<ChatRequest>,
  JsonObject,
  lost?: string[],
][] = [
  [
    "either temperature or top_p to a model that takes one",
    "claude-sonnet-4-5",
    { sampling: { temperature: 0.5, topP: 0.9 } },
    { temperature: 0.5 },
    ["dropped topP"],
  ],
  [
    "top_p alone to such a model",
    "claude-sonnet-4-5",
    { sampling: { topP: 0.9, topK: 3 } },
    { top_p: 0.9, top_k: 3 },
  ],
  [
    "no sampling to a model that refuses it",
    "claude-opus-4-7",
    { sampling: { temperature: 0.5, topP: 0.9, topK: 3 } },
    {},
    ["dropped temperature", "dropped topK", "dropped topP"],
  ],
  [
    "nothing of defaults to such a model",
    "claude-opus-4-7",
    { sampling: { temperature: 1, topP: 1 } },
    {},
  ],
  [
    "little sampling with thinking",
    OLD_MODEL,
    { reasoning: { budgetTokens: 1024 }, sampling: { temperature: 0.5, topP: 0.96, topK: 3 } },
    { top_p: 0.96, thinking: { type: "enabled", budget_tokens: 1024 } },
    ["dropped temperature", "dropped topK"],
  ],
  [
    "no narrow top_p with thinking",
    OLD_MODEL,
    { reasoning: { budgetTokens: 1024 }, sampling: { temperature: 1, topP: 0.5 } },
    { thinking: { type: "enabled", budget_tokens: 1024 } },
    ["dropped topP"],
  ],
];

for (const [claim, model, changes, members, lost = []] of SAMPLING) {
  Deno.test(`writeRequest() sends ${claim}`, () => {
    assert.deepEqual(sent({ model, ...changes }), { members, lost });
  });
}
