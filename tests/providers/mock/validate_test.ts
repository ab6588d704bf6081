import assert from "node:assert/strict";
import { ask, HELLO, provider } from "./ask.ts";
import { at } from "../../support/json.ts";

interface Refused {
  readonly message: RegExp | string;
  readonly param?: string;
  readonly code?: string;
}

const user = { role: "user", content: "Hello" };
const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const tool = { type: "function", function: { name: "f" } };

const ALWAYS: readonly (readonly [unknown, Refused])[] = [
  ["{", { message: /could not parse the JSON body/ }],
  ["[]", { message: /could not parse the JSON body/ }],
  [{ messages: [user] }, { message: "you must provide a model parameter" }],
  [{ model: 7, messages: [user] }, {
    message: "Invalid type for 'model': expected a string, but got an integer instead.",
    param: "model",
    code: "invalid_type",
  }],
  [{ model: "m" }, {
    message: "Missing required parameter: 'messages'.",
    param: "messages",
    code: "missing_required_parameter",
  }],
  [{ model: "m", messages: [] }, {
    message: "Invalid 'messages': empty array. Expected an array with minimum length 1, but got " +
      "an empty array instead.",
    param: "messages",
    code: "empty_array",
  }],
  [{ model: "m", messages: [{ role: "boss", content: "x" }] }, {
    message: "Invalid value: 'boss'. Supported values are: 'system', 'assistant', 'user', " +
      "'function', 'tool', and 'developer'.",
    param: "messages[0].role",
    code: "invalid_value",
  }],
  [{ model: "m", messages: [user, { content: "x" }] }, {
    message: /Missing/,
    param: "messages[1].role",
    code: "missing_required_parameter",
  }],
  [{ model: "m", messages: ["x"] }, { message: /expected an object/, param: "messages[0]" }],
  [{ model: "m", messages: [{ role: "user" }] }, {
    message: "Invalid value for 'content': expected a string, got null.",
    param: "messages[0].content",
  }],
  [{ model: "m", messages: [{ role: "user", content: {} }] }, {
    message: "Invalid type for 'messages[0].content': expected one of a string or array of " +
      "objects, but got an object instead.",
    param: "messages[0].content",
    code: "invalid_type",
  }],
  [{ model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] }, {
    message: /got null/,
    param: "messages[0].content[0].text",
  }],
  [{ model: "m", messages: [{ role: "assistant", tool_calls: [{ ...call, id: 1 }] }] }, {
    message: /a string/,
    param: "messages[0].tool_calls[0].id",
  }],
  [{ model: "m", messages: [{ role: "tool", content: "x" }] }, {
    message: /must have a 'tool_call_id'/,
    param: "messages[0].tool_call_id",
  }],
  [{ ...HELLO, stream: "yes" }, {
    message: "Invalid type for 'stream': expected a boolean, but got a string instead.",
    param: "stream",
    code: "invalid_type",
  }],
  [{ ...HELLO, temperature: 2.5 }, {
    message: "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got " +
      "2.5 instead.",
    param: "temperature",
    code: "decimal_above_max_value",
  }],
  [{ ...HELLO, max_tokens: 0 }, {
    message: "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got " +
      "0 instead.",
    param: "max_tokens",
    code: "integer_below_min_value",
  }],
  [{ ...HELLO, max_tokens: 1.5 }, { message: /got a decimal/, param: "max_tokens" }],
  [{ ...HELLO, n: 129 }, { message: /<= 128/, param: "n" }],
  [{ ...HELLO, stop: ["a", "b", "c", "d", "e"] }, {
    message: /maximum length 4/,
    param: "stop",
    code: "array_above_max_length",
  }],
  [{ ...HELLO, stop: ["a", 1] }, { message: /a string/, param: "stop[1]" }],
  [{ ...HELLO, response_format: { type: "xml" } }, {
    message: /'json_object', 'json_schema', and 'text'/,
    param: "response_format.type",
  }],
  [{ ...HELLO, response_format: { type: "json_schema" } }, {
    message: /Missing/,
    param: "response_format.json_schema",
  }],
  [{ ...HELLO, tools: [{ type: "function" }] }, { message: /Missing/, param: "tools[0].function" }],
  [{ ...HELLO, tools: [tool], tool_choice: "must" }, { message: /'must'/, param: "tool_choice" }],
  [{
    ...HELLO,
    tools: [tool],
    tool_choice: { type: "function", function: { name: "g" } },
  }, { message: "Tool choice 'g' not found in 'tools' parameter.", param: "tool_choice" }],
];

const STRICTLY: readonly (readonly [unknown, Refused])[] = [
  [{ ...HELLO, top_k: 5 }, { message: "Unrecognized request argument supplied: top_k" }],
  [{ ...HELLO, top_k: 5, min_p: 0 }, {
    message: "Unrecognized request arguments supplied: top_k, min_p",
  }],
  [{ ...HELLO, reasoning_effort: "huge" }, {
    message: /'huge'/,
    param: "reasoning_effort",
    code: "invalid_value",
  }],
  [{ ...HELLO, messages: [{ role: "user", content: [{ type: "video_url" }] }] }, {
    message: /'video_url'/,
    param: "messages[0].content[0].type",
  }],
  [{ ...HELLO, stream_options: {} }, { message: /'stream' is enabled/, param: "stream_options" }],
  [{ ...HELLO, max_tokens: 1, max_completion_tokens: 1 }, {
    message: /at the same time/,
    param: "max_tokens",
    code: "invalid_parameter_combination",
  }],
  [{ ...HELLO, response_format: { type: "json_object" } }, {
    message: /must contain the word 'json'/,
    param: "messages",
  }],
  [{ ...HELLO, tool_choice: "auto" }, { message: /only allowed when/, param: "tool_choice" }],
  [{ ...HELLO, tools: [] }, { message: /empty array/, param: "tools", code: "empty_array" }],
  [{ ...HELLO, messages: [user, { role: "tool", tool_call_id: "call_1", content: "x" }] }, {
    message: /must be a response to a preceeding message/,
    param: "messages.[1].role",
  }],
  [{ ...HELLO, messages: [user, { role: "assistant", tool_calls: [call] }, user] }, {
    message: /did not have response messages: call_1$/,
    param: "messages.[2].role",
  }],
];

const ACCEPTED: readonly unknown[] = [
  { ...HELLO, temperature: null, stop: null, tools: null, stream: null, max_tokens: null },
  { ...HELLO, max_completion_tokens: 5, stop: "x", seed: 1, metadata: { a: "b" }, user: "me" },
  {
    ...HELLO,
    messages: [user, { role: "assistant", content: null, tool_calls: [call] }, {
      role: "tool",
      tool_call_id: "call_1",
      content: [{ type: "text", text: "x" }],
    }],
  },
  { ...HELLO, tools: [tool], tool_choice: { type: "function", function: { name: "f" } } },
  { ...HELLO, stream: true, stream_options: { include_usage: true } },
];

async function checkRefused(strict: boolean, body: unknown, expected: Refused): Promise<void> {
  const response = await ask(provider({ strict }), body);
  const answer: unknown = await response.json();
  assert.equal(response.status, 400, JSON.stringify(answer));
  assert.equal(at(answer, "error", "type"), "invalid_request_error");
  const message = String(at(answer, "error", "message"));
  if (typeof expected.message === "string") assert.equal(message, expected.message);
  else assert.match(message, expected.message);
  assert.equal(at(answer, "error", "param"), expected.param ?? null);
  if (expected.code) assert.equal(at(answer, "error", "code"), expected.code);
}

for (const [body, expected] of ALWAYS) {
  Deno.test(`validate() refuses ${JSON.stringify(body)}`, async () => {
    await checkRefused(false, body, expected);
    await checkRefused(true, body, expected);
  });
}

for (const [body, expected] of STRICTLY) {
  Deno.test(`validate() refuses only strictly ${JSON.stringify(body)}`, async () => {
    await checkRefused(true, body, expected);
    assert.equal((await ask(provider(), body)).status, 200);
  });
}

for (const body of ACCEPTED) {
  Deno.test(`validate() accepts ${JSON.stringify(body)}`, async () => {
    const response = await ask(provider({ strict: true }), body);
    assert.equal(response.status, 200, await response.text());
  });
}
