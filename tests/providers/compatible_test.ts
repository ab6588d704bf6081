import assert from "node:assert/strict";
import { PRESETS } from "../../src/providers/compatible/presets.ts";
import { adapted, connected, refusals } from "./upstream_call.ts";

Deno.test("connect() takes name, model and special path from the settings", () => {
  const provider = connected("custom", {
    formats: [{ type: "completions", path: "/x" }, { type: "anthropicTokenCount", path: "/y" }],
    model: "m",
    providerOverride: "mine",
  });
  assert.deepEqual([provider.name, provider.model, provider.paths.exact], [
    "mine",
    "m",
    { completions: "/x", messagesCount: "/y" },
  ]);
  const plain = connected("custom", { formats: [{ type: "completions" }] });
  assert.deepEqual([plain.name, plain.origin, plain.paths.exact], ["custom", undefined, {}]);
});

Deno.test("adapt() leaves a model out of Gemini's bodies only", () => {
  const custom = connected("custom", { formats: [{ type: "generateContent" }] });
  assert.deepEqual(adapted(custom, { model: "m", contents: [] }, { api: "gemini" }), {
    contents: [],
  });
  assert.deepEqual(adapted(custom, { model: "m" }), { model: "m" });
});

const REFUSED: readonly [unknown, RegExp][] = [
  [{}, /formats/],
  [{ formats: [] }, /at least one format/],
  [{ formats: [{ type: "realtime" }] }, /not supported yet: realtime/],
  [{ formats: [{ type: "completion" }] }, /expected "completions"/],
  [{ formats: [{ type: "completions", path: "x" }] }, /must begin with \//],
  [{ formats: [{ type: "rerank" }, { type: "rerank" }] }, /must not name rerank twice/],
  [{ formats: [{ type: "completions" }], nope: 1 }, /unknown key "nope"/],
];

for (const [settings, expected] of REFUSED) {
  Deno.test(`settings refuse ${JSON.stringify(settings)}`, () => {
    assert.match(refusals("custom", settings).join(), expected);
  });
}

/** The thirteen of the reference: what they speak, with whole paths where those are special. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  cohere: [
    "completions /compatibility/v1/chat/completions",
    "embeddings /compatibility/v1/embeddings",
    "rerank /v2/rerank",
  ],
  ollama: ["completions", "responses", "embeddings"],
  baseten: ["completions", "messages"],
  cerebras: ["completions"],
  deepinfra: ["completions", "messages /anthropic/v1/messages", "embeddings"],
  deepseek: ["completions", "messages /anthropic/v1/messages", "responses"],
  groq: ["completions", "responses"],
  huggingface: ["completions", "responses"],
  mistral: ["completions", "embeddings"],
  openrouter: ["completions", "messages", "responses", "embeddings", "rerank"],
  togetherai: ["completions", "embeddings", "rerank"],
  xai: ["completions", "responses"],
  fireworks: ["completions", "messages", "responses", "embeddings", "rerank"],
};

Deno.test("presets are the thirteen of the reference, at addresses that parse", () => {
  const formats = Object.entries(PRESETS).map(([name, preset]) => [
    name,
    preset.formats.map(({ type, path }) => path === undefined ? type : `${type} ${path}`),
  ]);
  assert.deepEqual(Object.fromEntries(formats), SPOKEN);
  for (const { baseUrl } of Object.values(PRESETS)) assert.ok(URL.canParse(baseUrl), baseUrl);
  assert.equal(PRESETS.ollama?.baseUrl, "http://localhost:11434/v1");
});

for (const [name, { formats }] of Object.entries(PRESETS)) {
  Deno.test(`the preset ${name} holds as settings of a custom provider`, () => {
    const settings = { formats, providerOverride: name };
    assert.deepEqual(refusals("custom", settings), []);
    assert.equal(connected("custom", settings).name, name);
  });
}
