import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { readResponse } from "../../../src/apis/completions/read_response.ts";
import { losses } from "../../../src/chat/losses.ts";
import { calling, chatOf, lostIn } from "./chats.ts";

const text = (text: string) => ({ type: "text", text });
const wireCall = (id: string | null, args: unknown = `{"a":1}`) => ({
  id,
  type: "function",
  function: { name: "f", arguments: args },
});
const call = (id: string, input = `{"a":1}`, more: object = {}) => ({
  type: "tool-call",
  id,
  name: "f",
  input,
  ...more,
});

function read(message: unknown, choice: JsonObject = {}, chat = chatOf()) {
  const answer = { choices: [{ message, finish_reason: "stop", ...choice }] };
  const [only] = readResponse(answer, calling(chat)).choices;
  return only;
}

Deno.test("readResponse() reads a chat.completion", () => {
  const answer = {
    id: "r-1",
    object: "chat.completion",
    created: 1,
    model: "m-1",
    choices: [
      { index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" },
      { index: 1, message: { role: "assistant", content: "b" }, finish_reason: "length" },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    service_tier: "default",
    system_fingerprint: "fp",
  };
  assert.deepEqual(readResponse(answer, calling()), {
    id: "r-1",
    model: "m-1",
    choices: [
      { blocks: [text("a")], finish: { reason: "stop" } },
      { blocks: [text("b")], finish: { reason: "length" } },
    ],
    usage: { inputTokens: 3, outputTokens: 2 },
    serviceTier: "default",
  });
});

Deno.test("readResponse() leaves out what the provider does not say", () => {
  const answer = { id: null, choices: [{ message: { content: "a" } }], usage: null };
  assert.deepEqual(readResponse(answer, calling()), {
    id: "",
    model: "",
    choices: [{ blocks: [text("a")], finish: { reason: "stop" } }],
  });
});

const DETAILS = [{ type: "reasoning.text", text: "r", signature: "s", index: 0 }];
const SEAL = { api: "completions", value: JSON.stringify(DETAILS) };
const PNG = "data:image/png;base64,aGk=";

const BLOCKS: readonly [string, unknown, unknown[]][] = [
  ["no message", undefined, []],
  ["null content", { content: null }, []],
  ["empty content", { content: "" }, []],
  ["content in parts", { content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }, [
    text("ab"),
  ]],
  ["a refusal", { content: null, refusal: "no" }, [{ type: "refusal", text: "no" }]],
  ["an empty refusal", { content: "a", refusal: "" }, [text("a")]],
  ["reasoning_content", { content: "a", reasoning_content: "r" }, [
    { type: "reasoning", text: "r" },
    text("a"),
  ]],
  ["reasoning", { content: "a", reasoning: "r" }, [{ type: "reasoning", text: "r" }, text("a")]],
  ["both, which are the same", { reasoning_content: "r", reasoning: "r" }, [
    { type: "reasoning", text: "r" },
  ]],
  ["reasoning_details", { content: "a", reasoning_details: DETAILS }, [
    { type: "reasoning", text: "r", seal: SEAL },
    text("a"),
  ]],
  ["reasoning beside its details", { reasoning: "r", reasoning_details: DETAILS }, [
    { type: "reasoning", text: "r", seal: SEAL },
  ]],
  ["empty details", { content: "a", reasoning: null, reasoning_details: [] }, [text("a")]],
  ["details of nothing", {
    content: "a",
    reasoning_details: [{ type: "reasoning.text", text: "", signature: "" }],
  }, [text("a")]],
  ["thinking among the parts of the content", {
    content: [
      { type: "thinking", thinking: [{ type: "text", text: "r" }, { type: "text", text: "s" }] },
      { type: "text", text: "a" },
    ],
  }, [{ type: "reasoning", text: "rs" }, text("a")]],
  ["calls behind all else", {
    content: "a",
    refusal: "no",
    tool_calls: [wireCall("1"), wireCall("2")],
  }, [text("a"), { type: "refusal", text: "no" }, call("1"), call("2")]],
  ["arguments that are an object", { tool_calls: [wireCall("1", { a: 1 })] }, [call("1")]],
  ["no arguments", { tool_calls: [wireCall("1", null)] }, [call("1", "")]],
  ["empty ids", { tool_calls: [wireCall(""), wireCall(null)] }, [call("call_1"), call("call_2")]],
  ["no call without a name", { content: "a", tool_calls: [{ id: "1" }, null, "x"] }, [text("a")]],
  ["a call with free text", {
    tool_calls: [{ id: "1", type: "custom", custom: { name: "f", input: "x" } }],
  }, [call("1", "x", { custom: true })]],
  ["a call with a seal", {
    tool_calls: [{ ...wireCall("1"), extra_content: { google: { thought_signature: "s" } } }],
  }, [call("1", `{"a":1}`, { seal: { api: "gemini", value: "s" } })]],
  ["a function_call", { content: null, function_call: { name: "f", arguments: "{}" } }, [
    call("call_1", "{}"),
  ]],
  ["images", {
    content: "a",
    images: [{ image_url: { url: PNG } }, { image_url: {} }, { image_url: 7 }],
  }, [
    text("a"),
    { type: "media", mediaType: "image/png", source: { data: "aGk=" } },
  ]],
];

for (const [claim, message, blocks] of BLOCKS) {
  Deno.test(`readResponse() reads ${claim}`, () => {
    assert.deepEqual(read(message)?.blocks, blocks);
  });
}

const CALLS = { tool_calls: [wireCall("1")] };
const REFUSAL = { refusal: "no" };

const FINISHES: readonly [string | null | undefined, JsonObject, string][] = [
  ["stop", {}, "stop"],
  [null, {}, "stop"],
  [undefined, {}, "stop"],
  ["length", {}, "length"],
  ["tool_calls", CALLS, "tool-calls"],
  ["tool_calls", {}, "tool-calls"],
  ["function_call", CALLS, "tool-calls"],
  ["content_filter", {}, "content-filter"],
  ["eos", {}, "other"],
  ["stop", CALLS, "tool-calls"],
  [null, CALLS, "tool-calls"],
  ["eos", CALLS, "tool-calls"],
  ["length", CALLS, "length"],
  ["stop", REFUSAL, "refusal"],
  ["content_filter", REFUSAL, "content-filter"],
  ["stop", { ...REFUSAL, ...CALLS }, "refusal"],
];

for (const [word, message, reason] of FINISHES) {
  Deno.test(`readResponse() of ${word} with ${JSON.stringify(message)} is ${reason}`, () => {
    assert.deepEqual(read(message, { finish_reason: word })?.finish, { reason });
  });
}

Deno.test("readResponse() tells the stop sequence where the provider does", () => {
  const chat = chatOf({ sampling: { stop: ["END", "STOP"] } });
  const finishOf = (choice: JsonObject) => read({ content: "a" }, choice, chat)?.finish;
  assert.deepEqual(finishOf({ stop_reason: "STOP" }), {
    reason: "stop-sequence",
    stopSequence: "STOP",
  });
  assert.deepEqual(finishOf({ stop_reason: 128_001 }), { reason: "stop" });
  assert.deepEqual(finishOf({ stop_reason: "END", finish_reason: "length" }), { reason: "length" });
});

Deno.test("readResponse() reads the tokens of the text, as far as they are well formed", () => {
  const content = [
    {
      token: "a",
      logprob: -0.5,
      bytes: [97],
      top_logprobs: [{ token: "b", logprob: -1, bytes: null }, 7],
    },
    { token: "c", logprob: -0.1, bytes: null },
    { token: "d" },
  ];
  assert.deepEqual(read({ content: "ac" }, { logprobs: { content } })?.blocks, [{
    type: "text",
    text: "ac",
    logprobs: [
      { token: "a", logprob: -0.5, bytes: [97], top: [{ token: "b", logprob: -1 }] },
      { token: "c", logprob: -0.1, top: [] },
    ],
  }]);
  assert.deepEqual(read({ content: "a" }, { logprobs: { content: null } })?.blocks, [text("a")]);
});

Deno.test("readResponse() reports what has no counterpart", () => {
  const lost = losses({});
  const message = { content: "a", annotations: [{ type: "url_citation" }], audio: { id: "x" } };
  const nothing = { content: "a", annotations: [], audio: null };
  readResponse({ choices: [{ message: nothing }] }, calling(chatOf(), lost));
  assert.deepEqual(lostIn(lost), []);
  readResponse({ choices: [{ message }] }, calling(chatOf(), lost));
  assert.deepEqual(lostIn(lost), ["dropped annotations", "dropped audio"]);
});

const REFUSED: readonly [string, JsonObject, object][] = [
  ["no choices", {}, { message: "the provider's answer has no choices" }],
  ["empty choices", { choices: [] }, { message: "the provider's answer has no choices" }],
  ["an error", { error: { message: "busy", code: "x" } }, { message: "busy", code: "x" }],
  ["an error that is a text", { error: "busy" }, { message: "busy" }],
];

for (const [claim, answer, expected] of REFUSED) {
  Deno.test(`readResponse() takes ${claim} for no answer`, () => {
    const failure = { kind: "upstream-invalid", status: 502, ...expected };
    assert.throws(() => readResponse(answer, calling()), failure);
  });
}
