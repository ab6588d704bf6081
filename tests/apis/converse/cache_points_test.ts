import assert from "node:assert/strict";
import type { Block, CacheHint } from "../../../src/chat/block.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { ask, SONNET } from "./ask.ts";

const marked = (words: string, cache: CacheHint = {}): Block => ({
  type: "text",
  text: words,
  cache,
});

const everywhere: Partial<ChatRequest> = {
  instructions: [marked("s1"), marked("s2")],
  turns: [{ role: "user", blocks: [marked("m1"), marked("m2")] }],
  tools: [{ type: "function", name: "f", cache: {} }],
};

const countIn = (part: unknown) => JSON.stringify(part).split("cachePoint").length - 1;

Deno.test("cachePoints() gives four at most: to the system, then messages, then tools", () => {
  const { request, found } = ask(everywhere);
  assert.equal(countIn(request.system), 2);
  assert.equal(countIn(request.messages), 2);
  assert.equal(countIn(request.toolConfig), 0);
  assert.deepEqual(found, ["dropped cache"]);
});

Deno.test("cachePoints() stand only where the model allows them", () => {
  const fewer = { ...everywhere, instructions: [] };
  const cases = [
    [SONNET, 2, 1, []],
    ["amazon.nova-lite-v1:0", 2, 0, ["dropped cache"]],
    ["us.meta.llama3-3-70b-instruct-v1:0", 0, 0, ["dropped cache"]],
    ["anthropic.claude-v2:1", 0, 0, ["dropped cache"]],
    ["arn:aws:bedrock:eu-central-1:1:application-inference-profile/abc", 2, 1, []],
  ] as const;
  for (const [model, messages, tools, found] of cases) {
    const asked = ask({ ...fewer, model });
    assert.equal(countIn(asked.request.messages), messages, model);
    assert.equal(countIn(asked.request.toolConfig), tools, model);
    assert.deepEqual(asked.found, found, model);
  }
});

Deno.test("cachePoints() carry a time to live of an hour, where the model knows it", () => {
  const cases = [
    [SONNET, {}, undefined, []],
    [SONNET, { ttlSeconds: 300 }, undefined, []],
    [SONNET, { ttlSeconds: 3600 }, "1h", []],
    [SONNET, { ttlSeconds: 7200 }, "1h", ["changed cache"]],
    [SONNET, { ttlSeconds: 600 }, undefined, ["changed cache"]],
    ["anthropic.claude-3-7-sonnet-20250219-v1:0", { ttlSeconds: 3600 }, undefined, [
      "changed cache",
    ]],
  ] as const;
  for (const [model, hint, ttl, found] of cases) {
    const asked = ask({ model, instructions: [marked("s", hint)] });
    const point = { type: "default", ...(ttl === undefined ? {} : { ttl }) };
    assert.deepEqual(asked.request.system, [{ text: "s" }, { cachePoint: point }]);
    assert.deepEqual(asked.found, found);
  }
});
