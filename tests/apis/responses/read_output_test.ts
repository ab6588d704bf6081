import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import type { Block } from "../../../src/chat/block.ts";
import { callContext } from "./samples.ts";

const ANSWER = { id: "resp_1", object: "response", model: "up", status: "completed", error: null };
const item = (type: string, members: object = {}) => ({ type, ...members });
const part = (text: string, members: object = {}) =>
  item("output_text", { text, annotations: [], ...members });
const message = (...content: readonly object[]) =>
  item("message", { id: "msg_1", role: "assistant", status: "completed", content });
const CALL = item("function_call", { id: "fc_1", call_id: "c", name: "f", arguments: "{}" });
const SEARCH = item("web_search_call", { id: "ws_1", status: "completed" });

function read(members: JsonObject) {
  const context = callContext();
  const response = responsesCall.readResponse({ ...ANSWER, output: [], ...members }, context);
  return { ...response, lost: context.losses.found };
}

const OUTPUTS: readonly [string, readonly object[], readonly Block[]][] = [
  ["texts", [message(part("a"), part("b"))], [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ]],
  ["no empty texts", [message(part(""))], []],
  ["probabilities", [
    message(part("a", {
      logprobs: [{
        token: "a",
        logprob: -1,
        bytes: [97],
        top_logprobs: [{ token: "b", logprob: -2 }],
      }],
    })),
  ], [{
    type: "text",
    text: "a",
    logprobs: [{ token: "a", logprob: -1, bytes: [97], top: [{ token: "b", logprob: -2 }] }],
  }]],
  ["a refusal", [message(item("refusal", { refusal: "no" }))], [{ type: "refusal", text: "no" }]],
  ["thoughts", [
    item("reasoning", {
      id: "rs_1",
      summary: [{ type: "summary_text", text: "a" }, { type: "summary_text", text: "b" }],
      encrypted_content: "enc",
    }),
  ], [{
    type: "reasoning",
    text: "a\n\nb",
    seal: { api: "responses", value: "enc", id: "rs_1" },
  }]],
  ["thoughts that are not hidden", [
    item("reasoning", {
      id: "rs_1",
      summary: [],
      content: [{ type: "reasoning_text", text: "a" }],
    }),
  ], [{ type: "reasoning", text: "a" }]],
  ["no thoughts of which nothing is told", [item("reasoning", { id: "rs_1", summary: [] })], []],
  ["calls", [
    CALL,
    item("custom_tool_call", { id: "ctc_1", call_id: "d", name: "g", input: "x" }),
    item("function_call", { name: "h" }),
  ], [
    { type: "tool-call", id: "c", name: "f", input: "{}" },
    { type: "tool-call", id: "d", name: "g", input: "x", custom: true },
    { type: "tool-call", id: "call_1", name: "h", input: "" },
  ]],
  ["items of its own", [SEARCH], [
    { type: "native", api: "responses", name: "web_search_call", value: SEARCH },
  ]],
];

for (const [claim, output, blocks] of OUTPUTS) {
  Deno.test(`readResponse() reads ${claim}`, () => {
    assert.deepEqual(read({ output }).choices[0]?.blocks, blocks);
  });
}

Deno.test("readResponse() reads head, tier and usage", () => {
  const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
  assert.deepEqual(read({ usage, service_tier: "flex" }), {
    id: "resp_1",
    model: "up",
    choices: [{ blocks: [], finish: { reason: "stop" } }],
    usage: { inputTokens: 10, outputTokens: 5 },
    serviceTier: "flex",
    lost: [],
  });
});

Deno.test("readResponse() tells of annotations", () => {
  const output = [message(part("a", { annotations: [{ type: "url_citation" }] }))];
  assert.deepEqual(read({ output }).lost, [{ kind: "dropped", field: "annotations" }]);
});

const incomplete = (reason?: string) => ({
  status: "incomplete",
  incomplete_details: reason === undefined ? null : { reason },
});

const FINISHES: readonly [string, JsonObject, string][] = [
  ["a text", { output: [message(part("a"))] }, "stop"],
  ["a call", { output: [message(part("a")), CALL] }, "tool-calls"],
  ["a custom call", { output: [item("custom_tool_call", { call_id: "c" })] }, "tool-calls"],
  ["a refusal", { output: [message(item("refusal", { refusal: "" }))] }, "refusal"],
  ["a call and a refusal", {
    output: [message(item("refusal", { refusal: "no" })), CALL],
  }, "tool-calls"],
  ["a limit of tokens", { output: [CALL], ...incomplete("max_output_tokens") }, "length"],
  ["a limit of another name", incomplete("token_limit"), "length"],
  ["no reason", incomplete(), "length"],
  ["a full context", incomplete("context_window_exceeded"), "context-window"],
  ["a filter", incomplete("content_filter"), "content-filter"],
  ["another reason", incomplete("odd"), "other"],
  ["no status", { status: undefined, output: [] }, "stop"],
];

for (const [claim, members, reason] of FINISHES) {
  Deno.test(`readResponse() finishes for ${reason} at ${claim}`, () => {
    assert.deepEqual(read(members).choices[0]?.finish, { reason });
  });
}

const FAILURES: readonly [string, JsonObject, object][] = [
  ["an error", { error: { code: "server_error", message: "broken" } }, {
    message: "broken",
    code: "server_error",
  }],
  ["a failure without words", { status: "failed" }, { message: "the provider's response failed" }],
  ["an unfinished answer", { status: "in_progress" }, { kind: "upstream-invalid" }],
  ["a cancelled answer", { status: "cancelled" }, { kind: "upstream-invalid" }],
  ["no output", { output: null }, { kind: "upstream-invalid" }],
];

for (const [claim, members, error] of FAILURES) {
  Deno.test(`readResponse() throws at ${claim}`, () => {
    assert.throws(() => read(members), { status: 502, ...error });
  });
}
