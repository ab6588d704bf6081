import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/cl100k_base";
import type { JsonObject } from "../../../src/apis/api.ts";
import { geminiCount } from "../../../src/apis/token_count/index.ts";

const { view } = geminiCount;
const TARGET = "/v1beta/models/gemini-2.5-pro:countTokens";

/** Six tokens in either encoding. */
const SIX = "tiktoken is great!";
const CONTENTS = [{ role: "user", parts: [{ text: SIX }] }];

const CHECKED: readonly [request: JsonObject, isFine: boolean][] = [
  [{ contents: [] }, true],
  [{ contents: CONTENTS[0] }, true],
  [{ generateContentRequest: { contents: [] } }, true],
  [{ generate_content_request: { contents: [] } }, true],
  [{ instances: [{ content: "x" }] }, true],
  [{}, false],
  [{ contents: null }, false],
  [{ generateContentRequest: {} }, false],
  [{ systemInstruction: {} }, false],
];

for (const [request, isFine] of CHECKED) {
  Deno.test(`check() of ${JSON.stringify(request)} is ${isFine ? "fine" : "not fine"}`, () => {
    if (isFine) return view.check(request, TARGET);
    assert.throws(() => view.check(request, TARGET), {
      kind: "invalid-request",
      status: 400,
      param: "contents",
    });
  });
}

async function count(request: JsonObject, model = "gpt-4"): Promise<JsonObject> {
  assert.ok(geminiCount.answerLocally !== undefined);
  return await geminiCount.answerLocally(request, {
    model,
    headers: new Headers(),
    newId: (prefix) => prefix,
  });
}

const JSON_OF_SIX = countTokens(`{"a":"${SIX}"}`);

function withPart(...parts: readonly unknown[]): JsonObject {
  return { contents: [{ role: "user", parts }] };
}

const COUNTED: readonly [name: string, request: JsonObject, tokens: number][] = [
  ["nothing", { contents: [] }, 0],
  ["text", { contents: CONTENTS }, 6],
  ["a content that stands alone", { contents: { parts: { text: SIX } } }, 6],
  ["several parts and contents", { contents: [...CONTENTS, ...CONTENTS, {}, null, 7] }, 12],
  ["thoughts", withPart({ text: SIX, thought: true, thoughtSignature: "c2ln" }), 6],
  ["no images", withPart({ inlineData: { mimeType: "image/png", data: "iVBORw0KGgo" } }), 0],
  ["no files", withPart({ fileData: { fileUri: "gs://a/b", mimeType: "video/mp4" } }), 0],
  ["a call", withPart({ functionCall: { name: SIX, args: { a: SIX } } }), 6 + JSON_OF_SIX],
  ["a call without arguments", withPart({ function_call: { name: SIX } }), 6],
  [
    "a call's result",
    withPart({ functionResponse: { name: SIX, response: { a: SIX } } }),
    6 + JSON_OF_SIX,
  ],
  ["code", withPart({ executableCode: { language: "PYTHON", code: SIX } }), 6],
  ["what code printed", withPart({ codeExecutionResult: { outcome: "OK", output: SIX } }), 6],
  ["instructions", { contents: CONTENTS, systemInstruction: { parts: [{ text: SIX }] } }, 12],
  ["instructions, spelled so", { contents: [], system_instruction: { parts: { text: SIX } } }, 6],
  [
    "a whole request before bare contents",
    {
      contents: [...CONTENTS, ...CONTENTS],
      generateContentRequest: {
        model: "models/gemini-2.5-pro",
        contents: CONTENTS,
        systemInstruction: { parts: [{ text: SIX }] },
      },
    },
    12,
  ],
];

for (const [name, request, tokens] of COUNTED) {
  Deno.test(`answerLocally() counts ${name}`, async () => {
    assert.deepEqual(await count(request), {
      totalTokens: tokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }],
    });
  });
}

Deno.test("answerLocally() counts tools as their JSON", async () => {
  const tools = [{ functionDeclarations: [{ name: "f", description: SIX }] }];
  const { totalTokens } = await count({ contents: [], tools });
  assert.ok(Number(totalTokens) > 12, `${totalTokens}`);
});

Deno.test("answerLocally() counts in the encoding of the model", async () => {
  const request = withPart({ text: "お誕生日おめでとう" });
  assert.equal((await count(request, "gemini-2.5-pro")).totalTokens, 9);
  assert.equal((await count(request, "gpt-5")).totalTokens, 8);
});

Deno.test("answerLocally() cannot count instances of older models", async () => {
  await assert.rejects(count({ instances: [{ content: "x" }] }), {
    kind: "invalid-request",
    param: "contents",
  });
});

Deno.test("promptLength() counts the characters of what is counted", () => {
  assert.equal(view.promptLength({ generateContentRequest: { contents: CONTENTS } }), SIX.length);
});

const OWN: readonly [unknown, boolean][] = [
  [{ error: { code: 400, message: "m", status: "INVALID_ARGUMENT" } }, true],
  [{ error: { code: "c", message: "m" } }, false],
  [{ error: { code: 400 } }, false],
  [[{ error: { code: 400, message: "m" } }], false],
  [{ type: "error", error: { type: "t", message: "m" } }, false],
  [undefined, false],
];

for (const [body, isOwn] of OWN) {
  Deno.test(`isOwnError() of ${JSON.stringify(body)} is ${isOwn}`, () => {
    assert.equal(geminiCount.isOwnError(body), isOwn);
  });
}

Deno.test("a count costs nothing, and its answer says nothing of cost", () => {
  assert.equal(geminiCount.metered, false);
  assert.deepEqual(view.readAnswer({ totalTokens: 5 }), { textLength: 0 });
});
