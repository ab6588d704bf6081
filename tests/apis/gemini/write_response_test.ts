import assert from "node:assert/strict";
import { serve } from "../../../src/apis/gemini/serve.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import type { ChatResponse, FinishReason } from "../../../src/chat/response.ts";
import { testContext } from "./contexts.ts";

function written(response: Partial<ChatResponse>) {
  const context = testContext();
  const answer = serve.writeResponse({ id: "r", model: "m", choices: [], ...response }, context);
  return { answer, lost: context.losses.found.map(({ field }) => field) };
}

function partsOf(...blocks: Block[]) {
  const choices = [{ blocks, finish: { reason: "stop" } as const }];
  const { answer, lost } = written({ choices });
  const { candidates } = answer;
  const [candidate] = Array.isArray(candidates) ? candidates : [];
  return { parts: candidate.content.parts, lost };
}

const OWN: Seal = { api: "gemini", value: "c2ln" };
const FOREIGN: Seal = { api: "messages", value: "sig" };
const TOKEN = writeSealToken(FOREIGN, "gemini");
const CALL = { type: "tool-call", id: "c", name: "f" } as const;

const PARTS: readonly [claim: string, block: Block, parts: readonly unknown[], lost?: string][] = [
  ["text", { type: "text", text: "a" }, [{ text: "a" }]],
  ["an empty text for no text", { type: "text", text: "" }, [{ text: "" }]],
  ["a refusal", { type: "refusal", text: "no" }, [{ text: "no" }]],
  ["thoughts", { type: "reasoning", text: "hm" }, [{ text: "hm", thought: true }]],
  [
    "Google's own sealed thoughts",
    { type: "reasoning", text: "hm", seal: OWN },
    [{ text: "hm", thought: true, thoughtSignature: "c2ln" }],
  ],
  [
    "thoughts that another provider sealed",
    { type: "reasoning", text: "hm", seal: FOREIGN },
    [{ text: "hm", thought: true, thoughtSignature: TOKEN }],
  ],
  [
    "a seal alone",
    { type: "reasoning", text: "", seal: FOREIGN },
    [{ text: "", thoughtSignature: TOKEN }],
  ],
  [
    "a call",
    { ...CALL, input: `{"a":1}` },
    [{ functionCall: { id: "c", name: "f", args: { a: 1 } } }],
  ],
  [
    "a sealed call",
    { ...CALL, input: "", seal: OWN },
    [{ functionCall: { id: "c", name: "f", args: {} }, thoughtSignature: "c2ln" }],
  ],
  [
    "a call with broken arguments",
    { ...CALL, input: `{"a"` },
    [{ functionCall: { id: "c", name: "f", args: {} } }],
    "functionCall.args",
  ],
  [
    "a call of free text",
    { ...CALL, input: "SELECT", custom: true },
    [{ functionCall: { id: "c", name: "f", args: { input: "SELECT" } } }],
  ],
  [
    "an image",
    { type: "media", mediaType: "image/png", source: { data: "AAAA" } },
    [{ inlineData: { mimeType: "image/png", data: "AAAA" } }],
  ],
  [
    "an image at an address",
    { type: "media", mediaType: "image/*", source: { url: "https://x/y.png" } },
    [{ fileData: { mimeType: "image/png", fileUri: "https://x/y.png" } }],
  ],
  [
    "no file of another provider",
    { type: "media", mediaType: "image/*", source: { fileId: "f", api: "messages" } },
    [{ text: "" }],
    "media",
  ],
  [
    "Google's own block",
    { type: "native", api: "gemini", name: "executableCode", value: { executableCode: {} } },
    [{ executableCode: {} }],
  ],
  [
    "no block of another API",
    { type: "native", api: "messages", name: "server_tool_use", value: {} },
    [{ text: "" }],
    "server_tool_use",
  ],
];

for (const [claim, block, parts, lost] of PARTS) {
  Deno.test(`writeResponse() writes ${claim}`, () => {
    assert.deepEqual(partsOf(block), { parts, lost: lost === undefined ? [] : [lost] });
  });
}

const FINISHES: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  "stop-sequence": "STOP",
  "tool-calls": "STOP",
  paused: "STOP",
  length: "MAX_TOKENS",
  "context-window": "MAX_TOKENS",
  refusal: "SAFETY",
  "content-filter": "SAFETY",
  other: "OTHER",
};

Deno.test("writeResponse() writes every reason", () => {
  const reasons: FinishReason[] = [
    ...["stop", "stop-sequence", "tool-calls", "paused", "length"] as const,
    ...["context-window", "refusal", "content-filter", "other"] as const,
  ];
  for (const reason of reasons) {
    const { answer } = written({ choices: [{ blocks: [], finish: { reason } }] });
    assert.deepEqual(answer.candidates, [{
      content: { role: "model", parts: [{ text: "" }] },
      finishReason: FINISHES[reason],
      index: 0,
    }]);
  }
});

Deno.test("writeResponse() writes usage in Google's way", () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 7,
    cacheReadTokens: 4,
    cacheWriteTokens: 1,
    reasoningTokens: 3,
  };
  assert.deepEqual(written({ usage }).answer, {
    candidates: [],
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 3,
      cachedContentTokenCount: 4,
      totalTokenCount: 17,
    },
    modelVersion: "m",
    responseId: "r",
  });
  const strange = { outputTokens: 2, reasoningTokens: 3 };
  assert.deepEqual(written({ usage: strange }).answer.usageMetadata, {
    candidatesTokenCount: 0,
    thoughtsTokenCount: 3,
    totalTokenCount: 2,
  });
  assert.deepEqual(written({ usage: { inputTokens: 1 } }).answer.usageMetadata, {
    promptTokenCount: 1,
    totalTokenCount: 1,
  });
});

Deno.test("writeResponse() names the model and the answer where the provider does not", () => {
  const { answer } = written({ id: "", model: "" });
  assert.deepEqual([answer.modelVersion, answer.responseId], ["asked-model", "new0"]);
});

Deno.test("writeResponse() writes several candidates with their likelihoods", () => {
  const logprobs = [{ token: "a", logprob: -1, top: [{ token: "b", logprob: -2 }] }];
  const finish = { reason: "stop" } as const;
  const { answer } = written({
    choices: [
      { blocks: [{ type: "text", text: "a", logprobs }], finish },
      { blocks: [{ type: "text", text: "b" }], finish },
    ],
  });
  assert.deepEqual(answer.candidates, [
    {
      content: { role: "model", parts: [{ text: "a" }] },
      finishReason: "STOP",
      index: 0,
      logprobsResult: {
        chosenCandidates: [{ token: "a", logProbability: -1 }],
        topCandidates: [{ candidates: [{ token: "b", logProbability: -2 }] }],
      },
    },
    { content: { role: "model", parts: [{ text: "b" }] }, finishReason: "STOP", index: 1 },
  ]);
});
