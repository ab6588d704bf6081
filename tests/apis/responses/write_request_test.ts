import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { chatOf } from "./samples.ts";

/** What is sent for a chat, and what is said of its losses. */
function write(chat: Partial<ChatRequest>) {
  const lost = losses({});
  const json = responsesCall.writeRequest(chatOf(chat), lost);
  return { json, lost: lost.found.map(({ kind, field }) => `${kind} ${field}`) };
}

const BASE = { model: "m", input: [], store: false, stream: false };
const SCHEMA = { type: "object", properties: { a: {} } };
const SEALED = ["reasoning.encrypted_content"];

const FIELDS: readonly [string, Partial<ChatRequest>, JsonObject][] = [
  ["nothing more than it must", {}, {}],
  ["a stream", { stream: true }, { stream: true }],
  ["sampling", { sampling: { temperature: 0, topP: 0.5 } }, { temperature: 0, top_p: 0.5 }],
  ["probabilities", { sampling: { topLogprobs: 0 } }, {
    top_logprobs: 0,
    include: ["message.output_text.logprobs"],
  }],
  ["a limit", { maxOutputTokens: 16 }, { max_output_tokens: 16 }],
  ["an effort", { reasoning: { effort: "low" } }, {
    reasoning: { effort: "low" },
    include: SEALED,
  }],
  ["a wish to think", { reasoning: { enabled: true } }, {
    reasoning: { effort: "high" },
    include: SEALED,
  }],
  ["a wish to see the thoughts", { reasoning: { effort: "max", shown: true } }, {
    reasoning: { effort: "max", summary: "auto" },
    include: SEALED,
  }],
  ["a wish not to think", { model: "gpt-5.1", reasoning: { enabled: false } }, {
    model: "gpt-5.1",
    reasoning: { effort: "none" },
  }],
  ["a format of text", { output: { type: "text" } }, { text: { format: { type: "text" } } }],
  ["a format of JSON", { output: { type: "json" } }, { text: { format: { type: "json_object" } } }],
  ["a schema", { output: { type: "json-schema", schema: SCHEMA }, verbosity: "low" }, {
    text: {
      format: { type: "json_schema", name: "structured_output", schema: SCHEMA },
      verbosity: "low",
    },
  }],
  ["a whole schema", {
    output: { type: "json-schema", schema: SCHEMA, name: "n", description: "d", strict: true },
  }, {
    text: {
      format: { type: "json_schema", name: "n", description: "d", schema: SCHEMA, strict: true },
    },
  }],
  ["a user and metadata", { user: "u", metadata: { a: "b" } }, { user: "u", metadata: { a: "b" } }],
  ["a tier", { serviceTier: "flex" }, { service_tier: "flex" }],
  ["Anthropic's default tier", { serviceTier: "standard_only" }, { service_tier: "default" }],
  ["any tier of OpenAI's other API", { api: "completions", serviceTier: "performance" }, {
    service_tier: "performance",
  }],
  ["tools", {
    tools: [{ type: "function", name: "f", description: "d", schema: SCHEMA, strict: true }],
    toolChoice: { name: "f" },
    parallelToolCalls: false,
  }, {
    tools: [{ type: "function", name: "f", description: "d", parameters: SCHEMA, strict: true }],
    tool_choice: { type: "function", name: "f" },
    parallel_tool_calls: false,
  }],
  [
    "a tool without a schema",
    { tools: [{ type: "function", name: "f" }], toolChoice: "required" },
    {
      tools: [{
        type: "function",
        name: "f",
        parameters: { type: "object", properties: {} },
        strict: false,
      }],
      tool_choice: "required",
    },
  ],
  ["members that OpenAI's other API shares", {
    api: "completions",
    native: { prompt_cache_key: "k", safety_identifier: "s", stream_options: {} },
  }, { prompt_cache_key: "k", safety_identifier: "s" }],
];

for (const [claim, chat, expected] of FIELDS) {
  Deno.test(`writeRequest() writes ${claim}`, () => {
    const { json, lost } = write(chat);
    assert.deepEqual(json, { ...BASE, ...expected });
    assert.deepEqual(lost, []);
  });
}

const LONG = "u".repeat(70);
const NATIVE_TOOL = { type: "native", api: "messages", name: "bash_20250124", value: {} } as const;

const LOSSES: readonly [string, Partial<ChatRequest>, JsonObject, readonly string[]][] = [
  [
    "sampling that the API has not",
    {
      sampling: {
        topK: 1,
        stop: ["a"],
        seed: 1,
        frequencyPenalty: 1,
        presencePenalty: 1,
        logitBias: { 1: 1 },
      },
      candidates: 2,
    },
    {},
    [
      "dropped topK",
      "dropped stop",
      "dropped seed",
      "dropped frequencyPenalty",
      "dropped presencePenalty",
      "dropped logitBias",
      "dropped candidates",
    ],
  ],
  ["nothing of one candidate or no stops", { candidates: 1, sampling: { stop: [] } }, {}, []],
  ["a budget", { reasoning: { budgetTokens: 2000 } }, {
    reasoning: { effort: "medium" },
    include: SEALED,
  }, ["changed reasoning"]],
  [
    "a wish not to think, where the model cannot be told",
    {
      model: "gpt-5",
      reasoning: { enabled: false },
    },
    { model: "gpt-5" },
    ["dropped reasoning"],
  ],
  ["a limit that is too low", { maxOutputTokens: 1 }, { max_output_tokens: 16 }, [
    "changed maxOutputTokens",
  ]],
  ["a tier of another API", { serviceTier: "reserved" }, {}, ["dropped serviceTier"]],
  ["tools of another API", { tools: [NATIVE_TOOL] }, {}, ["dropped bash_20250124"]],
  ["a choice among tools that are lost", { tools: [NATIVE_TOOL], toolChoice: "required" }, {}, [
    "dropped bash_20250124",
    "dropped toolChoice",
  ]],
  ["no choice that needs no tools", { tools: [NATIVE_TOOL], toolChoice: "auto" }, {
    tool_choice: "auto",
  }, ["dropped bash_20250124"]],
  ["a mark on a tool", {
    tools: [{ type: "function", name: "f", schema: SCHEMA, cache: {} }],
  }, {
    tools: [{ type: "function", name: "f", parameters: SCHEMA, strict: false }],
  }, ["dropped cache"]],
  [
    "members of another API",
    { native: { mcp_servers: [], prompt_cache_key: "k", stream: true } },
    {},
    [
      "dropped mcp_servers",
      "dropped prompt_cache_key",
    ],
  ],
];

for (const [claim, chat, expected, lost] of LOSSES) {
  Deno.test(`writeRequest() tells of ${claim}`, () => {
    const written = write(chat);
    assert.deepEqual(written, { json: { ...BASE, ...expected }, lost });
  });
}

Deno.test("writeRequest() shortens a user's id that is too long, always to the same", () => {
  const { json, lost } = write({ user: LONG });
  assert.match(String(json.user), /^u{23}_[0-9a-f]{40}$/);
  assert.deepEqual([json.user, lost], [write({ user: LONG }).json.user, ["changed user"]]);
  assert.notEqual(write({ user: `${LONG}x` }).json.user, json.user);
});

const NONE: readonly [string, boolean][] = [
  ["gpt-5.1", true],
  ["openai/gpt-5.2-chat", true],
  ["gpt-6", true],
  ["gpt-5", false],
  ["gpt-5-mini", false],
  ["gpt-4.1", false],
  ["gpt-35-turbo", false],
  ["o3", false],
];

for (const [model, expected] of NONE) {
  Deno.test(`writeRequest() ${expected ? "tells" : "does not tell"} ${model} not to think`, () => {
    const { json } = write({ model, reasoning: { enabled: false } });
    assert.deepEqual(json.reasoning, expected ? { effort: "none" } : undefined);
  });
}
