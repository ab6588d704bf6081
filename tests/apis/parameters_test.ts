import assert from "node:assert/strict";
import type { Api, JsonObject } from "../../src/apis/api.ts";
import { completions } from "../../src/apis/completions/index.ts";
import { gemini } from "../../src/apis/gemini/index.ts";
import { CALLED_APIS } from "../../src/apis/index.ts";
import { messages } from "../../src/apis/messages/index.ts";
import { responses } from "../../src/apis/responses/index.ts";
import type { ChatApiName } from "../../src/chat/api_name.ts";
import { sdkMembers } from "../support/sdk_members.ts";
import { fateOf } from "./parameters/carried.ts";
import { COMPLETIONS, GEMINI, MESSAGES, RESPONSES, type Sample } from "./parameters/samples.ts";

interface Client {
  readonly api: Api;
  readonly base: JsonObject;
  readonly samples: readonly Sample[];
  readonly documented: readonly string[];
}

const CLIENTS: readonly Client[] = [
  {
    api: completions,
    base: { model: "m", messages: [{ role: "user", content: "hi" }] },
    samples: COMPLETIONS,
    documented: sdkMembers(
      "openai/resources/chat/completions/completions",
      "ChatCompletionCreateParamsBase",
    ),
  },
  {
    api: responses,
    base: { model: "m", input: "hi" },
    samples: RESPONSES,
    documented: sdkMembers("openai/resources/responses/responses", "ResponseCreateParamsBase"),
  },
  {
    api: messages,
    base: { model: "m", max_tokens: 4000, messages: [{ role: "user", content: "hi" }] },
    samples: MESSAGES,
    documented: sdkMembers(
      "@anthropic-ai/sdk/resources/messages/messages",
      "MessageCreateParamsBase",
    ),
  },
  {
    api: gemini,
    base: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
    samples: GEMINI,
    documented: sdkMembers("@google/genai", "GenerationConfig", "node.d.ts").map((name) =>
      `generationConfig.${name}`
    ),
  },
];

/** Models of every family that the writers treat in their own way. */
const TARGETS: readonly (readonly [ChatApiName, string])[] = [
  ["completions", "gpt-4o"],
  ["completions", "gpt-5.6"],
  ["messages", "claude-sonnet-4-20250514"],
  ["messages", "claude-opus-4-7"],
  ["responses", "gpt-5.2"],
  ["gemini", "gemini-2.5-pro"],
  ["gemini", "gemini-3-pro-preview"],
  ["converse", "anthropic.claude-sonnet-4-20250514-v1:0"],
  ["converse", "amazon.nova-pro-v1:0"],
];

for (const { api, samples, documented } of CLIENTS) {
  Deno.test(`the table knows every documented parameter of ${api.name}`, () => {
    const known = new Set(samples.map(({ name }) => name));
    assert.deepEqual(documented.filter((name) => !known.has(name)), []);
  });
}

for (const { api, base, samples } of CLIENTS) {
  for (const [target, model] of TARGETS) {
    if (target === api.name) continue;
    Deno.test(`R28 no parameter of ${api.name} is lost in silence on ${target}, ${model}`, () => {
      const silent = samples
        .filter(({ plumbing, anyway }) => !plumbing && !anyway?.includes(target))
        .filter((sample) => fateOf(api, base, sample, CALLED_APIS[target], model) === "silent");
      assert.deepEqual(silent.map(({ name }) => name), []);
    });
  }
}
