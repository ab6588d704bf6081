import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { JsonObject } from "../../../src/apis/api.ts";
import { bedrockCount } from "../../../src/apis/token_count/bedrock.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { readAnswer, writeRequest } from "../embeddings/convert.ts";

/** The request to the model that is inside of the request for a count. */
function invoked(request: JsonObject): unknown {
  const headers = { "anthropic-version": "2023-06-01" };
  const { body, losses } = writeRequest(bedrockCount, request, { headers });
  assert.deepEqual(losses, []);
  assert.ok(isMapping(body.input) && isMapping(body.input.invokeModel));
  assert.deepEqual(Object.keys(body), ["input"]);
  return JSON.parse(Buffer.from(`${body.input.invokeModel.body}`, "base64").toString());
}

const MESSAGES = [{ role: "user", content: "héllo" }];
const DEFAULTS = { max_tokens: 1, anthropic_version: "bedrock-2023-05-31" };

const WRITTEN: readonly [request: JsonObject, invoked: JsonObject][] = [
  [{ model: "m", messages: MESSAGES }, { messages: MESSAGES, ...DEFAULTS }],
  [
    { model: "m", messages: MESSAGES, system: "s", tools: [{ name: "f" }], max_tokens: 9 },
    { messages: MESSAGES, system: "s", tools: [{ name: "f" }], ...DEFAULTS, max_tokens: 9 },
  ],
  [{ model: "m", messages: MESSAGES, anthropic_version: "v" }, {
    messages: MESSAGES,
    ...DEFAULTS,
    anthropic_version: "v",
  }],
  [
    { model: "m", messages: [], thinking: { type: "enabled", budget_tokens: 2048 } },
    {
      messages: [],
      thinking: { type: "enabled", budget_tokens: 2048 },
      ...DEFAULTS,
      max_tokens: 2049,
    },
  ],
];

for (const [request, expected] of WRITTEN) {
  Deno.test(`bedrockCount.writeRequest() of ${JSON.stringify(request)}`, () => {
    assert.deepEqual(invoked(request), expected);
  });
}

Deno.test("bedrockCount.readAnswer() speaks Anthropic's words", () => {
  assert.deepEqual(readAnswer(bedrockCount, { inputTokens: 15 }), { input_tokens: 15 });
  assert.deepEqual(readAnswer(bedrockCount, { input_tokens: 0 }), { input_tokens: 0 });
  for (const answer of [{}, { inputTokens: "15" }, { message: "m" }]) {
    assert.throws(() => readAnswer(bedrockCount, answer), { kind: "upstream-invalid" });
  }
});
