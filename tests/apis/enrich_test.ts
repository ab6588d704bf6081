import assert from "node:assert/strict";
import type { Api, JsonObject } from "../../src/apis/api.ts";
import { completions } from "../../src/apis/completions/index.ts";
import { embeddings } from "../../src/apis/embeddings/index.ts";
import { gemini } from "../../src/apis/gemini/index.ts";
import { messages } from "../../src/apis/messages/index.ts";
import type { Prompts } from "../../src/apis/prompts.ts";
import { rerank } from "../../src/apis/rerank/index.ts";
import { responses } from "../../src/apis/responses/index.ts";
import { lineOf } from "./text_table.ts";

const ALL: Prompts = {
  prepend: [
    { role: "system", content: "s1" },
    { role: "user", content: "u1" },
    { role: "assistant", content: "a1" },
    { role: "developer", content: "s2" },
  ],
  append: [{ role: "system", content: "s3" }, { role: "user", content: "u2" }],
};

const TALK: Prompts = {
  prepend: [{ role: "assistant", content: "a" }],
  append: [{ role: "user", content: "u" }],
};

const SYSTEM: Prompts = { prepend: [{ role: "system", content: "s" }], append: [] };

const CASES: readonly {
  readonly api: Api;
  readonly name: string;
  readonly request: JsonObject;
  readonly prompts: Prompts;
  readonly set: JsonObject;
}[] = [
  {
    api: completions,
    name: "all messages, as they are",
    request: { messages: [{ role: "user", content: "x" }] },
    prompts: ALL,
    set: { messages: [...ALL.prepend, { role: "user", content: "x" }, ...ALL.append] },
  },
  {
    api: messages,
    name: "what the system says into a text",
    request: { system: "x", messages: [] },
    prompts: ALL,
    set: {
      system: "s1\n\ns2\n\nx\n\ns3",
      messages: [ALL.prepend[1], ALL.prepend[2], ALL.append[1]],
    },
  },
  {
    api: messages,
    name: "what the system says into blocks, which keep their marks",
    request: {
      system: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }],
      messages: [{ role: "user", content: "y" }],
    },
    prompts: { prepend: ALL.prepend.slice(0, 1), append: ALL.append.slice(0, 1) },
    set: {
      system: [
        { type: "text", text: "s1" },
        { type: "text", text: "x", cache_control: { type: "ephemeral" } },
        { type: "text", text: "s3" },
      ],
    },
  },
  {
    api: messages,
    name: "messages around a client's, and no system prompt",
    request: { messages: [{ role: "user", content: "y" }] },
    prompts: TALK,
    set: { messages: [...TALK.prepend, { role: "user", content: "y" }, ...TALK.append] },
  },
  {
    api: messages,
    name: "nothing away of a system prompt that is none",
    request: { system: { a: 1 }, messages: [] },
    prompts: SYSTEM,
    set: { system: [{ type: "text", text: "s" }, { a: 1 }] },
  },
  {
    api: responses,
    name: "instructions, and items around a text",
    request: { input: "x" },
    prompts: ALL,
    set: {
      instructions: "s1\n\ns2\n\ns3",
      input: [
        { type: "message", role: "user", content: "u1" },
        { type: "message", role: "assistant", content: "a1" },
        { type: "message", role: "user", content: "x" },
        { type: "message", role: "user", content: "u2" },
      ],
    },
  },
  {
    api: responses,
    name: "instructions alone, beside a client's",
    request: { instructions: "i", input: [{ role: "user", content: "x" }] },
    prompts: SYSTEM,
    set: { instructions: "s\n\ni" },
  },
  {
    api: responses,
    name: "an input where the provider has kept it",
    request: { previous_response_id: "1" },
    prompts: TALK,
    set: {
      input: [
        { type: "message", role: "assistant", content: "a" },
        { type: "message", role: "user", content: "u" },
      ],
    },
  },
  {
    api: responses,
    name: "items where the instructions are of another kind",
    request: { instructions: [], input: "x" },
    prompts: SYSTEM,
    set: {
      input: [
        { type: "message", role: "system", content: "s" },
        { type: "message", role: "user", content: "x" },
      ],
    },
  },
  {
    api: gemini,
    name: "a system instruction and contents",
    request: { contents: [{ role: "user", parts: [{ text: "x" }] }] },
    prompts: ALL,
    set: {
      systemInstruction: { parts: [{ text: "s1" }, { text: "s2" }, { text: "s3" }] },
      contents: [
        { role: "user", parts: [{ text: "u1" }] },
        { role: "model", parts: [{ text: "a1" }] },
        { role: "user", parts: [{ text: "x" }] },
        { role: "user", parts: [{ text: "u2" }] },
      ],
    },
  },
  {
    api: gemini,
    name: "parts of an instruction in protobuf's spelling",
    request: { contents: [], system_instruction: { role: "user", parts: { text: "x" } } },
    prompts: SYSTEM,
    set: { system_instruction: { role: "user", parts: [{ text: "s" }, { text: "x" }] } },
  },
  {
    api: gemini,
    name: "parts of an instruction that is a text",
    request: { contents: [], systemInstruction: "x" },
    prompts: SYSTEM,
    set: { systemInstruction: { parts: [{ text: "s" }, { text: "x" }] } },
  },
];

for (const { api, name, request, prompts, set } of CASES) {
  Deno.test(`enrich() gives ${api.name} ${name}`, () => {
    assert.deepEqual(api.enrich?.(request, prompts).set, set);
  });
}

for (const api of [completions, messages, responses, gemini]) {
  Deno.test(`enrich() changes nothing of ${api.name} for no messages`, () => {
    const request = { messages: [], input: "x", contents: [] };
    assert.deepEqual(api.enrich?.(request, { prepend: [], append: [] }).set ?? {}, {});
  });

  Deno.test(`enrich() of ${api.name} is read by those who look at texts`, () => {
    const request = { messages: [], input: [], contents: [] };
    const edited = { ...request, ...api.enrich?.(request, ALL).set };
    const lines = (api.texts?.request(edited) ?? []).map((place) => lineOf({ ...place, path: [] }));
    const said = lines.map((line) => line.replace(/^\w+ (\w+) : /, "$1 ")).sort();
    const system = said.filter((line) => line.startsWith("system")).join(" ");
    assert.match(system, /s1\s+(system )?s2\s+(system )?s3/);
    assert.deepEqual(said.filter((line) => !line.startsWith("system")), [
      "assistant a1",
      "user u1",
      "user u2",
    ]);
  });
}

Deno.test("enrich() is nothing for what is no chat", () => {
  assert.equal(embeddings.enrich, undefined);
  assert.equal(rerank.enrich, undefined);
});
