import assert from "node:assert/strict";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import { readDataUrl } from "../../../src/apis/responses/media.ts";
import { serve } from "../../../src/apis/responses/serve.ts";
import { readLogprobs, readUsage } from "../../../src/apis/responses/wire.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { Usage } from "../../../src/chat/usage.ts";

const USAGES: readonly [string, unknown, Usage | undefined][] = [
  ["both counts", { input_tokens: 0, output_tokens: 2 }, { inputTokens: 0, outputTokens: 2 }],
  ["input alone", { input_tokens: 1 }, { inputTokens: 1 }],
  ["output alone", { output_tokens: 1 }, { outputTokens: 1 }],
  ["no counts", { total_tokens: 1 }, undefined],
  ["counts that are none", { input_tokens: -1, output_tokens: "2" }, undefined],
  ["null", null, undefined],
];

for (const [claim, value, usage] of USAGES) {
  Deno.test(`readUsage() reads ${claim}`, () => {
    assert.deepEqual(readUsage(value), usage);
  });
}

Deno.test("readLogprobs() leaves out what is none", () => {
  const entries = [{ token: "a" }, { logprob: -1 }, 7, { token: "b", logprob: -1, bytes: null }];
  assert.deepEqual(readLogprobs(entries), [{ token: "b", logprob: -1, top: [] }]);
  assert.deepEqual(readLogprobs(undefined), []);
});

const URLS: readonly [string, object | undefined][] = [
  ["data:image/png;base64,AA==", { mediaType: "image/png", data: "AA==" }],
  ["DATA:image/png;charset=x;BASE64,AA==", { mediaType: "image/png", data: "AA==" }],
  ["data:;base64,", { mediaType: "", data: "" }],
  ["data:text/plain,hello", undefined],
  ["data:image/png;base64", undefined],
];

for (const [url, expected] of URLS) {
  Deno.test(`readDataUrl() reads ${url}`, () => {
    assert.deepEqual(readDataUrl(url), expected);
  });
}

Deno.test("serve names what may be lost in the client's own words", () => {
  const lost = losses(serve.concepts);
  for (const concept of ["logprobs", "output", "verbosity", "cache", "image"] as const) {
    lost.dropped(concept);
  }
  assert.deepEqual(lost.found.map(({ field }) => field), [
    "top_logprobs",
    "text.format",
    "text.verbosity",
    "prompt_cache_breakpoint",
    "input_image",
  ]);
});

Deno.test("responsesCall says how it is called", () => {
  const { name, path, framing } = responsesCall;
  assert.deepEqual([name, path, framing], ["responses", "/responses", "sse"]);
});
