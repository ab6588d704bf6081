import assert from "node:assert/strict";
import { modelFromPath } from "../../src/apis/model_path.ts";

const NAMED: readonly [path: string, model: string][] = [
  ["/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro"],
  ["/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "gemini-2.5-pro"],
  ["/v1beta/models/gemini-2.5-pro:countTokens", "gemini-2.5-pro"],
  ["/models/x:generateContent", "x"],
  ["/v1beta/tunedModels/mine:generateContent", "tunedModels/mine"],
  ["/v1/projects/p/locations/l/publishers/google/models/gemini-3:generateContent", "gemini-3"],
  [
    "/v1/projects/p/locations/l/publishers/anthropic/models/claude-x@20250101:rawPredict",
    "claude-x@20250101",
  ],
  ["/publishers/anthropic/models/claude-x:streamRawPredict", "claude-x"],
  ["/v1/projects/models/locations/l/publishers/google/models/m:generateContent", "m"],
  ["/v1beta/models/google/gemma:generateContent", "google/gemma"],
  ["/v1beta/models/llama%3A70b:generateContent", "llama:70b"],
  ["/v1beta/models/llama:70b:generateContent", "llama:70b"],
  ["/x:generateContent", "x"],
  ["/model/anthropic.claude-x-v1:0/converse", "anthropic.claude-x-v1:0"],
  ["/model/m/converse-stream", "m"],
  ["/model/m/invoke", "m"],
  ["/model/m/invoke-with-response-stream", "m"],
  ["/model/arn%3Aaws%3Abedrock/invoke", "arn:aws:bedrock"],
];

for (const [path, model] of NAMED) {
  Deno.test(`modelFromPath() finds ${model} in ${path}`, () => {
    assert.equal(modelFromPath(path), model);
  });
}

Deno.test("modelFromPath() joins the segments of a profile's name", () => {
  const path = "/model/arn:aws:bedrock:us-east-1:1:inference-profile/us.x/converse";
  assert.equal(modelFromPath(path), "arn:aws:bedrock:us-east-1:1:inference-profile/us.x");
});

const UNNAMED = [
  "/v1/chat/completions",
  "/v1beta/models/x",
  "/v1beta/models",
  "/model/m/other",
  "/v1/model/m/converse",
  "/",
  "",
];

for (const path of UNNAMED) {
  Deno.test(`modelFromPath() leaves ${JSON.stringify(path)} alone`, () => {
    assert.equal(modelFromPath(path), undefined);
  });
}

const REFUSED = [
  ...'/ \\ % ? # < > " ` { } | ^'.split(" ").map(encodeURIComponent),
  ...[
    "",
    ".",
    "..",
    "%2e%2e",
    "a%00",
    "a%0a",
    "a%20b",
    "a%7f",
    "a%c2%85",
    "a//b",
    "a/../b",
    "/a",
    "%zz",
  ],
];

for (const name of REFUSED) {
  Deno.test(`modelFromPath() refuses ${JSON.stringify(name)}`, () => {
    for (const path of [`/v1beta/models/${name}:generateContent`, `/model/${name}/converse`]) {
      assert.throws(() => modelFromPath(path), { kind: "invalid-request", param: "model" });
    }
  });
}
