import Anthropic from "@anthropic-ai/sdk";
import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from "@google/genai";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import OpenAI from "openai";
import { MCP_CORPUS } from "../apis/tool_schema/mcp_corpus.ts";
import { startAllProviders } from "../support/all_providers.ts";
import { at, isObject, type JsonObject } from "../support/json.ts";
import { suite } from "../support/suite.ts";
import type { StandIn } from "../support/upstreams/stand_in.ts";

const names = ["gemini", "vertex-gemini", "bedrock", "anthropic", "openai"] as const;
const bodyBytesMax = 12_000_000;

const test = suite(() =>
  startAllProviders({
    names,
    more: () => ({ beside: { frontendPolicies: { http: { maxBufferSize: bodyBytesMax } } } }),
  })
);

const openai = (url: string) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-client", maxRetries: 0 });
const anthropic = (url: string) =>
  new Anthropic({ baseURL: url, apiKey: "sk-client", maxRetries: 0 });
const google = (url: string) =>
  new GoogleGenAI({ apiKey: "AIza-client", httpOptions: { baseUrl: url } });

/** The tools of the corpus, and which of them only Google's API takes. */
const tools = Object.entries(MCP_CORPUS).map(([claim, schema], index) => ({
  name: `tool_${index}`,
  schema: isObject(schema) ? schema : {},
  isGoogles: claim.startsWith("openapi"),
}));

type Tools = typeof tools;

/** Clients that must call a tool of the corpus, and give what it was called with. */
const callers = {
  async "openai chat"(url: string, model: string, tools: Tools, name: string) {
    const { choices } = await openai(url).chat.completions.create({
      ...{ model, messages: [{ role: "user", content: "Do it." }] },
      tools: tools.map(({ name, schema }) => ({
        ...{ type: "function", function: { name, parameters: { ...schema } } },
      })),
      tool_choice: { type: "function", function: { name } },
    });
    const call = choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") return undefined;
    return { name: call.function.name, args: JSON.parse(call.function.arguments) };
  },
  async "openai responses"(url: string, model: string, tools: Tools, name: string) {
    const { output } = await openai(url).responses.create({
      ...{ model, input: "Do it.", store: false },
      tools: tools.map(({ name, schema }) => ({
        ...{ type: "function", name, parameters: { ...schema }, strict: false },
      })),
      tool_choice: { type: "function", name },
    });
    const call = output.find((item) => item.type === "function_call");
    return call && { name: call.name, args: JSON.parse(call.arguments) };
  },
  async "anthropic"(url: string, model: string, tools: Tools, name: string) {
    const { content } = await anthropic(url).messages.create({
      ...{ model, max_tokens: 1024, messages: [{ role: "user", content: "Do it." }] },
      tools: tools.map(({ name, schema }) => ({
        ...{ name, input_schema: { ...schema, type: "object" } },
      })),
      tool_choice: { type: "tool", name },
    });
    const call = content.find((block) => block.type === "tool_use");
    return call && { name: call.name, args: call.input };
  },
  async "genai"(url: string, model: string, tools: Tools, name: string) {
    const { functionCalls } = await google(url).models.generateContent({
      ...{ model, contents: "Do it." },
      config: {
        tools: [{
          functionDeclarations: tools.map(({ name, schema }) => ({
            ...{ name, parametersJsonSchema: schema },
          })),
        }],
        toolConfig: {
          functionCallingConfig: {
            mode: FunctionCallingConfigMode.ANY,
            allowedFunctionNames: [name],
          },
        },
      },
    });
    const [call] = functionCalls ?? [];
    return call && { name: call.name, args: call.args };
  },
} as const;

/** Clients whose tools the provider itself has to take, as they are. */
const forwarded = [
  ["anthropic", "anthropic"],
  ["openai", "openai chat"],
  ["openai", "openai responses"],
];

for (const model of names) {
  for (const [client, call] of Object.entries(callers)) {
    if (forwarded.some((pair) => pair[0] === model && pair[1] === client)) continue;
    test(`${model} takes every tool schema of ${client} (R24)`, async (shared) => {
      const upstream = shared.upstream(model);
      const own = tools.filter(({ isGoogles }) => model.includes("gemini") || !isGoogles);
      for (const { name, schema } of own) {
        const refused = upstream.refusals.length;
        const called = await call(shared.gateway.url, model, own, name);
        assert.deepEqual(refusalsOf(upstream, refused), []);
        assert.equal(called?.name, name);
        for (const member of requiredOf(schema)) {
          assert.notEqual(at(called?.args, member), undefined, `${name} without ${member}`);
        }
      }
      assert.deepEqual(upstream.ignored, []);
    });
  }
}

function requiredOf({ required, properties }: JsonObject): string[] {
  const names = Array.isArray(required) ? required.map(String) : [];
  return names.filter((name) => isObject(properties) && Object.hasOwn(properties, name));
}

function refusalsOf({ refusals }: StandIn, from: number): unknown[] {
  return refusals.slice(from).map(({ body }) => body);
}

const imageBytes = Buffer.alloc(5_000_000, "an image is bytes that nobody has to look at; ");
const imageBase64 = imageBytes.toString("base64");
const imageHash = createHash("sha256").update(imageBase64).digest("hex");

const imageSenders = {
  "openai chat": (url: string, model: string) =>
    openai(url).chat.completions.create({
      model,
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${imageBase64}` } },
        ],
      }],
    }),
  "anthropic": (url: string, model: string) =>
    anthropic(url).messages.create({
      ...{ model, max_tokens: 1024 },
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: imageBase64 } },
        ],
      }],
    }),
} as const;

for (const model of names) {
  for (const [client, send] of Object.entries(imageSenders)) {
    test(`an image of 5 MB goes from ${client} to ${model}`, async ({ gateway, upstream }) => {
      const refused = upstream(model).refusals.length;
      await send(gateway.url, model);
      assert.deepEqual(refusalsOf(upstream(model), refused), []);
      const data = longestText(upstream(model).last.body).replace(/^data:image\/png;base64,/, "");
      assert.equal(createHash("sha256").update(data).digest("hex"), imageHash);
    });
  }
}

/** The image is by far the longest text of its request. */
function longestText(value: unknown): string {
  if (typeof value === "string") return value;
  const parts: readonly unknown[] = Array.isArray(value)
    ? value
    : isObject(value)
    ? Object.values(value)
    : [];
  return parts.map(longestText).reduce((one, other) => one.length < other.length ? other : one, "");
}

test("more than the limit is a 413 in every client's words (R31)", async ({ gateway }) => {
  const text = "x".repeat(bodyBytesMax);
  const says = /frontendPolicies\.http\.maxBufferSize/;
  const { url } = gateway;
  const message = { role: "user" as const, content: text };
  await assert.rejects(
    openai(url).chat.completions.create({ model: "bedrock", messages: [message] }),
    (error) => error instanceof OpenAI.APIError && error.status === 413 && says.test(error.message),
  );
  await assert.rejects(
    anthropic(url).messages.create({ model: "gemini", max_tokens: 9, messages: [message] }),
    (error) =>
      error instanceof Anthropic.APIError && error.status === 413 && says.test(error.message),
  );
  await assert.rejects(
    google(url).models.generateContent({ model: "anthropic", contents: text }),
    (error) => error instanceof ApiError && error.status === 413 && says.test(error.message),
  );
});
