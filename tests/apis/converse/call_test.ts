import assert from "node:assert/strict";
import { converseCall } from "../../../src/apis/converse/index.ts";
import { ask } from "./ask.ts";

const NOVA = "amazon.nova-lite-v1:0";

Deno.test("converseCall is called at a path of the provider's, in binary frames", () => {
  assert.equal(converseCall.name, "converse");
  assert.equal(converseCall.path, "");
  assert.equal(converseCall.framing, "aws-event-stream");
});

Deno.test("writeRequest() says no more than it must", () => {
  for (const stream of [false, true]) {
    const { request, found } = ask({ stream, native: { stream, stream_options: {} } });
    assert.deepEqual(request, {
      messages: [{ role: "user", content: [{ text: "Hello" }] }],
      inferenceConfig: { maxTokens: 4096 },
    });
    assert.deepEqual(found, []);
  }
});

Deno.test("writeRequest() writes how the next token is chosen", () => {
  const sampling = { temperature: 0.2, topP: 0.9, stop: ["a", "b"] };
  const { request, found } = ask({ model: NOVA, sampling, maxOutputTokens: 7 });
  assert.deepEqual(request.inferenceConfig, {
    maxTokens: 7,
    temperature: 0.2,
    topP: 0.9,
    stopSequences: ["a", "b"],
  });
  assert.equal("additionalModelResponseFieldPaths" in request, false);
  assert.deepEqual(found, []);
});

Deno.test("writeRequest() keeps to what the model accepts of it", () => {
  const hot = ask({ model: NOVA, sampling: { temperature: 1.5, stop: [] } });
  assert.deepEqual(hot.request.inferenceConfig, { maxTokens: 4096, temperature: 1 });
  assert.deepEqual(hot.found, ["changed temperature"]);
  assert.deepEqual(ask({ sampling: { temperature: 1 } }).found, []);
  const both = ask({ sampling: { temperature: 0, topP: 0.5 } });
  assert.deepEqual(both.request.inferenceConfig, { maxTokens: 4096, temperature: 0 });
  assert.deepEqual(both.found, ["dropped topP"]);
  const one = ask({ sampling: { topP: 0.5 } });
  assert.deepEqual(one.request.inferenceConfig, { maxTokens: 4096, topP: 0.5 });
});

Deno.test("writeRequest() gives Claude what only the messages API has", () => {
  const parts = { sampling: { topK: 3, stop: ["x"] }, user: "u" };
  const { request, found } = ask(parts);
  assert.deepEqual(request.additionalModelRequestFields, { top_k: 3, metadata: { user_id: "u" } });
  assert.deepEqual(request.additionalModelResponseFieldPaths, ["/stop_sequence"]);
  assert.deepEqual(found, []);
  const nova = ask({ ...parts, model: NOVA });
  assert.equal("additionalModelRequestFields" in nova.request, false);
  assert.deepEqual(nova.found, ["dropped topK", "dropped user"]);
});

Deno.test("writeRequest() writes the form that the answer must have", () => {
  const format = (jsonSchema: unknown) => ({
    textFormat: { type: "json_schema", structure: { jsonSchema } },
  });
  const cases = [
    [{ type: "text" }, undefined],
    [{ type: "json" }, undefined],
    [
      { type: "json-schema", schema: { type: "array" }, name: "n", strict: true },
      format({ schema: '{"type":"array"}', name: "n" }),
    ],
    [
      { type: "json-schema", schema: { type: "object", properties: { a: { type: "null" } } } },
      format({
        schema: '{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":false}',
      }),
    ],
  ] as const;
  for (const [output, expected] of cases) {
    assert.deepEqual(ask({ output }).request.outputConfig, expected);
  }
});

Deno.test("writeRequest() asks in words for a form that no schema can say", () => {
  const { request, found } = ask({
    instructions: [{ type: "text", text: "be brief" }],
    output: { type: "json" },
  });
  assert.deepEqual(request.system, [
    { text: "be brief" },
    { text: "Answer with one JSON object and nothing else." },
  ]);
  assert.deepEqual(found, ["changed output"]);
});

Deno.test("writeRequest() translates service tiers", () => {
  const cases = [
    ["auto", undefined, []],
    ["default", { type: "default" }, []],
    ["standard_only", { type: "default" }, []],
    ["priority", { type: "priority" }, []],
    ["flex", { type: "flex" }, []],
    ["scale", undefined, ["dropped serviceTier"]],
  ] as const;
  for (const [serviceTier, expected, lost] of cases) {
    const { request, found } = ask({ serviceTier });
    assert.deepEqual(request.serviceTier, expected);
    assert.deepEqual(found, lost);
  }
});

Deno.test("writeRequest() R28 names everything that it leaves out", () => {
  const { request, found } = ask({
    sampling: {
      seed: 1,
      frequencyPenalty: 0,
      presencePenalty: 0,
      logitBias: {},
      topLogprobs: 0,
    },
    candidates: 2,
    verbosity: "low",
    metadata: { a: "b" },
    native: { stream: true, store: true, vendor_extensions: { other: 1 } },
  });
  assert.deepEqual(Object.keys(request), ["messages", "inferenceConfig"]);
  assert.deepEqual(found, [
    "dropped seed",
    "dropped frequencyPenalty",
    "dropped presencePenalty",
    "dropped logitBias",
    "dropped logprobs",
    "dropped candidates",
    "dropped verbosity",
    "dropped metadata",
    "dropped store",
    "dropped vendor_extensions",
  ]);
  assert.deepEqual(ask({ candidates: 1, metadata: {}, parallelToolCalls: true }).found, []);
});
