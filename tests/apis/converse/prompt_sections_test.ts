import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { cachePoints, type PromptCaching } from "../../../src/apis/prompt_caching.ts";
import { EVERYTHING, only } from "../prompt_caching_settings.ts";

const MARK = { cachePoint: { type: "default" } };
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const NOVA = "amazon.nova-pro-v1:0";
const user = (...content: readonly JsonObject[]) => ({ role: "user", content });

const TOOLS = { tools: [{ toolSpec: { name: "a" } }], toolChoice: { auto: {} } };
const RESULT = { toolResult: { toolUseId: "1", content: [{ text: "r" }] } };
const THOUGHT = { reasoningContent: { reasoningText: { text: "t" } } };

const CASES: readonly {
  readonly name: string;
  readonly model: string;
  readonly body: JsonObject;
  readonly settings?: PromptCaching;
  readonly set: JsonObject | undefined;
}[] = [
  {
    name: "the ends of all parts",
    model: CLAUDE,
    body: { toolConfig: TOOLS, system: [{ text: "s" }], messages: [user({ text: "u" }, RESULT)] },
    set: {
      system: [{ text: "s" }, MARK],
      messages: [user({ text: "u" }, RESULT, MARK)],
      toolConfig: { ...TOOLS, tools: [...TOOLS.tools, MARK] },
    },
  },
  {
    name: "no tools of Nova, and what is a text",
    model: NOVA,
    body: { toolConfig: TOOLS, system: [{ text: "s" }], messages: [user({ text: "u" }, RESULT)] },
    set: {
      system: [{ text: "s" }, MARK],
      messages: [user({ text: "u" }, MARK, RESULT)],
    },
  },
  {
    name: "a message before the last",
    model: CLAUDE,
    body: {
      messages: [
        user({ text: "u" }),
        { role: "assistant", content: [{ text: "a" }, THOUGHT] },
        user({ text: "v" }),
      ],
    },
    settings: only({ cacheMessages: true, cacheMessageOffset: 1 }),
    set: {
      messages: [
        user({ text: "u" }),
        { role: "assistant", content: [{ text: "a" }, MARK, THOUGHT] },
        user({ text: "v" }),
      ],
    },
  },
  {
    name: "nothing that is not there",
    model: CLAUDE,
    body: { messages: [] },
    set: undefined,
  },
  {
    name: "no part that has marks",
    model: CLAUDE,
    body: {
      toolConfig: { tools: [...TOOLS.tools, MARK] },
      system: [{ text: "s" }, MARK, { text: "t" }],
      messages: [user({ text: "u" })],
    },
    set: { messages: [user({ text: "u" }, MARK)] },
  },
  {
    name: "nothing where there are all marks that there may be",
    model: CLAUDE,
    body: {
      system: [{ text: "s" }],
      messages: [
        user({ text: "a" }, MARK, { text: "b" }, MARK),
        user({ text: "c" }, MARK, { text: "d" }, MARK),
      ],
    },
    set: undefined,
  },
  {
    name: "nothing in front of a mark for an hour",
    model: CLAUDE,
    body: {
      toolConfig: TOOLS,
      system: [{ text: "s" }],
      messages: [user({ text: "a" }, { cachePoint: { type: "default", ttl: "1h" } })],
    },
    set: undefined,
  },
];

for (const { name, model, body, settings = EVERYTHING, set } of CASES) {
  Deno.test(`cachePoints() marks for Bedrock ${name}`, () => {
    const before = JSON.stringify(body);
    assert.deepEqual(cachePoints("converse", body, settings, { model })?.set, set);
    assert.equal(JSON.stringify(body), before);
  });
}

Deno.test("cachePoints() marks nothing of models that would refuse it", () => {
  const body = { system: [{ text: "s" }], messages: [] };
  const marks = (model: string) =>
    cachePoints("converse", body, EVERYTHING, { model }) !== undefined;
  const models: readonly (readonly [string, boolean])[] = [
    [CLAUDE, true],
    [NOVA, true],
    ["anthropic.claude-3-5-haiku-20241022-v1:0", true],
    ["eu.anthropic.claude-3-7-sonnet-20250219-v1:0", true],
    ["arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-1", true],
    ["us.amazon.nova-premier-v1:0", true],
    ["anthropic.claude-3-haiku-20240307-v1:0", false],
    ["anthropic.claude-3-5-sonnet-20240620-v1:0", false],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", false],
    ["anthropic.claude-v2:1", false],
    ["arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", false],
    ["amazon.titan-text-express-v1", false],
    ["meta.llama3-3-70b-instruct-v1:0", false],
    ["deepseek.r1-v1:0", false],
    ["openai.gpt-oss-120b-1:0", false],
  ];
  assert.deepEqual(models.map(([model]) => [model, marks(model)]), models);
});
