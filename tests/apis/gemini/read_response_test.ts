import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { geminiCall } from "../../../src/apis/gemini/index.ts";
import { testContext } from "./contexts.ts";

function read(answer: JsonObject, headers: HeadersInit = {}) {
  const context = testContext(headers);
  const response = geminiCall.readResponse(answer, context);
  return { response, lost: context.losses.found.map(({ field }) => field) };
}

function blocksOf(...parts: unknown[]) {
  return read({ responseId: "r", candidates: [{ content: { parts } }] }).response.choices[0]
    ?.blocks;
}

const SEAL = { api: "gemini", value: "c2ln" } as const;

const PARTS: readonly [claim: string, parts: readonly unknown[], blocks: readonly unknown[]][] = [
  ["text in pieces", [{ text: "a" }, { text: "b" }], [{ type: "text", text: "ab" }]],
  ["no empty text", [{ text: "" }, {}], []],
  [
    "thoughts and text",
    [{ text: "h", thought: true }, { text: "m", thought: true }, { text: "a" }],
    [{ type: "reasoning", text: "hm" }, { type: "text", text: "a" }],
  ],
  [
    "a sealed thought",
    [{ text: "hm", thought: true, thoughtSignature: "c2ln" }],
    [{ type: "reasoning", text: "hm", seal: SEAL }],
  ],
  [
    "a seal after its thought",
    [{ text: "hm", thought: true }, { text: "", thought: true, thoughtSignature: "c2ln" }],
    [{ type: "reasoning", text: "hm", seal: SEAL }],
  ],
  [
    "a seal of text",
    [{ text: "a", thoughtSignature: "c2ln" }, { text: "b" }],
    [
      { type: "text", text: "a" },
      { type: "reasoning", text: "", seal: SEAL },
      { type: "text", text: "b" },
    ],
  ],
  [
    "a seal alone",
    [{ text: "a" }, { text: "", thoughtSignature: "c2ln" }],
    [{ type: "text", text: "a" }, { type: "reasoning", text: "", seal: SEAL }],
  ],
  [
    "calls, which get ids where they have none",
    [
      { functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" },
      { functionCall: { name: "g", id: "own" } },
      { functionCall: { name: "h", args: {} } },
    ],
    [
      { type: "tool-call", id: "call_r_0", name: "f", input: `{"a":1}`, seal: SEAL },
      { type: "tool-call", id: "own", name: "g", input: "{}" },
      { type: "tool-call", id: "call_r_2", name: "h", input: "{}" },
    ],
  ],
  [
    "an image and its seal",
    [{ inlineData: { mimeType: "image/png", data: "AAAA" }, thoughtSignature: "c2ln" }],
    [
      { type: "media", mediaType: "image/png", source: { data: "AAAA" } },
      { type: "reasoning", text: "", seal: SEAL },
    ],
  ],
  [
    "code that Google ran",
    [{ executableCode: { code: "1" } }],
    [{
      type: "native",
      api: "gemini",
      name: "executableCode",
      value: { executableCode: { code: "1" } },
    }],
  ],
  [
    "nothing of malformed parts",
    [null, 7, { text: 7 }, { inlineData: { data: 7 } }, { fileData: {} }, { functionCall: 7 }],
    [],
  ],
];

for (const [claim, parts, blocks] of PARTS) {
  Deno.test(`readResponse() reads ${claim}`, () => assert.deepEqual(blocksOf(...parts), blocks));
}

const FINISHES: readonly [word: string | undefined, reason: string, withCall: string][] = [
  ["STOP", "stop", "tool-calls"],
  [undefined, "stop", "tool-calls"],
  ["FINISH_REASON_UNSPECIFIED", "stop", "tool-calls"],
  ["MAX_TOKENS", "length", "length"],
  ["CONTINUATION", "length", "length"],
  ...[
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
  ].map((word): [string, string, string] => [word, "content-filter", "content-filter"]),
  ...["MALFORMED_FUNCTION_CALL", "OTHER", "IMAGE_OTHER", "NO_IMAGE", "BRAND_NEW"]
    .map((word): [string, string, string] => [word, "other", "tool-calls"]),
];

for (const [finishReason, reason, withCall] of FINISHES) {
  Deno.test(`readResponse() reads ${finishReason} as ${reason}, and beside calls ${withCall}`, () => {
    const parts = [{ functionCall: { name: "f" } }];
    const answer = {
      candidates: [{ finishReason }, { finishReason, content: { parts } }],
    };
    const reasons = read(answer).response.choices.map(({ finish }) => finish.reason);
    assert.deepEqual(reasons, [reason, withCall]);
  });
}

Deno.test("readResponse() reads every candidate, with ids that differ", () => {
  const content = { parts: [{ functionCall: { name: "f" } }] };
  const { response } = read({ responseId: "r", candidates: [{ content }, { content }] });
  const ids = response.choices.flatMap(({ blocks }) =>
    blocks.map((block) => block.type === "tool-call" ? block.id : "")
  );
  assert.deepEqual(ids, ["call_r_0", "call_r_1_0"]);
});

Deno.test("readResponse() makes fresh ids for an answer without one", () => {
  const { response } = read({
    candidates: [{ content: { parts: [{ functionCall: { name: "f" } }] } }],
  });
  const [block] = response.choices[0]?.blocks ?? [];
  assert.equal(block?.type === "tool-call" && block.id, "call_new0");
});

Deno.test("readResponse() reads an answer without candidates", () => {
  const blocked = read({ promptFeedback: { blockReason: "SAFETY" }, modelVersion: "m" }).response;
  assert.deepEqual(blocked, {
    id: "",
    model: "m",
    choices: [{ blocks: [], finish: { reason: "content-filter" } }],
  });
  const empty = read({ usageMetadata: { promptTokenCount: 1 } }).response;
  assert.equal(empty.choices[0]?.finish.reason, "stop");
});

Deno.test("readResponse() takes what Google never says for no answer", () => {
  for (const answer of [{}, { hello: "world" }]) {
    assert.throws(() => read(answer), { kind: "upstream-invalid" });
  }
});

Deno.test("readResponse() reads usage, the tier and likelihoods", () => {
  const { response } = read({
    responseId: "r",
    modelVersion: "m",
    candidates: [{
      content: { parts: [{ text: "h", thought: true }, { text: "a" }, { text: "b" }] },
      finishReason: "STOP",
      logprobsResult: {
        chosenCandidates: [
          { token: "a", logProbability: -0.5, tokenId: 7 },
          { token: "b", logProbability: -1 },
        ],
        topCandidates: [{ candidates: [{ token: "x", logProbability: -2 }, 7] }],
      },
    }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  }, { "x-gemini-service-tier": "flex" });
  assert.deepEqual(response, {
    id: "r",
    model: "m",
    choices: [{
      blocks: [
        { type: "reasoning", text: "h" },
        {
          type: "text",
          text: "ab",
          logprobs: [
            { token: "a", logprob: -0.5, top: [{ token: "x", logprob: -2 }] },
            { token: "b", logprob: -1, top: [] },
          ],
        },
      ],
      finish: { reason: "stop" },
    }],
    usage: { inputTokens: 3, outputTokens: 2 },
    serviceTier: "flex",
  });
});

Deno.test("readResponse() names sources that other APIs have no room for", () => {
  const metadata = { groundingMetadata: { chunks: [] }, citationMetadata: { citations: [] } };
  assert.deepEqual(read({ candidates: [metadata] }).lost, [
    "citationMetadata",
    "groundingMetadata",
  ]);
  assert.deepEqual(read({ candidates: [{ groundingMetadata: {} }] }).lost, []);
});
