import assert from "node:assert/strict";
import { checkShape } from "../error_shape.ts";
import { at } from "../json.ts";
import { post, type RefusalRow, type TakenRow, testRefusals, testStandIn } from "./claims.ts";
import { CompletionsUpstream } from "./completions_upstream.ts";
import { sealOf } from "./seals.ts";

const headers = { authorization: "Bearer sk-test" };
const call = (id: string) => ({
  ...{ id, type: "function", function: { name: "get_weather", arguments: "{}" } },
});
const definition = { name: "get_weather", parameters: { type: "object", properties: {} } };

/** A request with one of everything; each row below spoils it at one place. */
const good = {
  model: "gpt-4.1",
  temperature: 0.5,
  tools: [{ type: "function", function: definition }],
  tool_choice: "auto",
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "Weather?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      ],
    },
    { role: "assistant", content: null, tool_calls: [call("call_1"), call("call_2")] },
    { role: "tool", tool_call_id: "call_1", content: "18 C" },
    { role: "tool", tool_call_id: "call_2", content: "19 C" },
  ],
};

const [system, user] = good.messages;
const tool = ["tools", 0, "function"];
const format = (schema: unknown) => ({
  ...{ type: "json_schema", json_schema: { name: "x", strict: true, schema } },
});

const taken: readonly TakenRow[] = [
  [["response_format"], { type: "text" }],
  [["response_format"], { type: "json_schema", json_schema: { name: "x" } }],
  [[], { ...good, model: "gpt-5", reasoning_effort: "none" }],
  [["messages", 1, "content"], "Weather?"],
];

const rows: readonly RefusalRow[] = [
  [[], "{", /could not parse the JSON body/],
  [["novel"], 1, /^Unknown parameter: 'novel'\.$/],
  [["model"], undefined, /^Missing required parameter: 'model'\.$/],
  [["messages"], [], /^Invalid 'messages': empty array\./],
  [["messages", 0, "role"], "model", /^Invalid value: 'model'\. Supported values are: 'system', /],
  [["messages", 0, "content"], null, /^Invalid type for 'messages\[0\].content': expected/],
  [["messages", 1, "content", 0, "type"], "input_text", /^Invalid value: 'input_text'\. Supported/],
  [
    ["messages", 1, "content", 1, "image_url"],
    "data:",
    /'messages\[1\].content\[1\].image_url': exp/,
  ],
  [["messages", 1, "content", 1, "image_url", "url"], "x.png", /base64-encoded data URL/],
  [
    ["messages", 2, "reasoning_content"],
    "Hm.",
    /^Unknown parameter: 'messages\[2\].reasoning_conte/,
  ],
  [["messages", 2, "tool_calls"], [], /^Invalid 'messages\[2\].tool_calls': empty array/],
  [["messages", 2, "tool_calls", 0, "id"], "x".repeat(41), /tool_calls\[0\].id': string too long/],
  [["messages", 2, "tool_calls", 0, "function", "arguments"], {}, /arguments': expected a string/],
  [["messages", 2, "tool_calls", 0, "function", "name"], "a b", /does not match pattern/],
  [
    ["messages", 2],
    { role: "assistant", content: null },
    /Invalid value for 'content': expected a/,
  ],
  [["messages", 3], undefined, /did not have response messages: call_1$/],
  [["messages", 4], user, /did not have response messages: call_2$/],
  [["messages", 3, "tool_call_id"], "call_9", /must be a response to a preceeding message/],
  [["messages"], [system, user, good.messages[3]], /must be a response to a preceeding message/],
  [["temperature"], 3, /^Invalid 'temperature': integer above maximum value/],
  [["stop"], ["a", "b", "c", "d", "e"], /^Invalid 'stop': array too long/],
  [["max_tokens"], 0, /^Invalid 'max_tokens': integer below minimum value/],
  [["reasoning_effort"], "low", /^Unrecognized request argument supplied: reasoning_effort$/],
  [["model"], "gpt-5", /^Unsupported value: 'temperature' does not support 0\.5 with this model/],
  [["stream_options"], {}, /only allowed when 'stream' is enabled/],
  [["tools"], undefined, /'tool_choice' is only allowed when 'tools' are specified/],
  [["tools"], [], /^Invalid 'tools': empty array/],
  [["tools", 0, "name"], "x", /^Unknown parameter: 'tools\[0\].name'\.$/],
  [[...tool, "name"], "get weather", /^Invalid 'tools\[0\].function.name': string does not match/],
  [
    [...tool, "parameters"],
    {},
    /^Invalid schema for function 'get_weather': schema must be a JSON/,
  ],
  [[...tool, "strict"], true, /In context=\(\), 'additionalProperties' is required/],
  [["tool_choice"], "any", /^Invalid value: 'any'\. Supported values are: 'none', 'auto'/],
  [
    ["tool_choice"],
    { type: "function", function: { name: "x" } },
    /^Tool choice 'function' not fo/,
  ],
  [["response_format"], format({ type: "object" }), /^Invalid schema for response_format 'x': In/],
  [["response_format"], { type: "json_object" }, /'messages' must contain the word 'json'/],
  [["thinking"], { type: "enabled" }, /^Unknown parameter: 'thinking'\.$/],
];

testRefusals("CompletionsUpstream", {
  ...{ start: CompletionsUpstream.start, good, taken, rows },
  send: (upstream, body) => post(`${upstream.url}/v1/chat/completions`, body, headers),
  messageIn: ({ status, body }) => {
    assert.equal(status, 400, JSON.stringify(body));
    const error = checkShape(body, JSON.stringify(body));
    assert.equal(error.type, "invalid_request_error");
    return error.message;
  },
});

const path = "/v1/chat/completions";

testStandIn(
  "CompletionsUpstream refuses what OpenAI's reasoning models refuse",
  CompletionsUpstream.start,
  async (upstream) => {
    const hello = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };
    const rows = [
      [{ max_tokens: 10 }, /^Unsupported parameter: 'max_tokens' is not supported with this model/],
      [{ max_tokens: 10, max_completion_tokens: 10 }, /at the same time/],
      [{ stop: ["x"] }, /^Unsupported parameter: 'stop' is not supported/],
    ] as const;
    for (const [more, message] of rows) {
      const { status, body } = await post(upstream.url + path, { ...hello, ...more }, headers);
      assert.equal(status, 400);
      assert.match(String(at(body, "error", "message")), message);
    }
    const taken = { ...hello, max_completion_tokens: 10, temperature: 1 };
    assert.equal((await post(upstream.url + path, taken, headers)).status, 200);
  },
);

testStandIn(
  "CompletionsUpstream refuses calls without their thoughts as DeepSeek does",
  () => CompletionsUpstream.start({ flavour: "deepseek" }),
  async (upstream) => {
    const { temperature: _, ...asked } = { ...good, model: "deepseek-reasoner" };
    const refused = await post(upstream.url + path, asked, headers);
    assert.match(
      String(at(refused.body, "error", "message")),
      /^Missing `reasoning_content` field/,
    );
    const messages = good.messages.with(
      2,
      Object.assign({}, good.messages[2], {
        reasoning_content: "Hm.",
      }),
    );
    assert.equal((await post(upstream.url + path, { ...asked, messages }, headers)).status, 200);
  },
);

testStandIn(
  "CompletionsUpstream refuses changed thoughts as OpenRouter does",
  () => CompletionsUpstream.start({ flavour: "openrouter" }),
  async (upstream) => {
    const signature = sealOf("claude-thinking", "Hm.", 1);
    const say = (text: string) => {
      const reasoning_details = [{ type: "reasoning.text", text, signature }];
      const messages = good.messages.with(
        2,
        Object.assign({}, good.messages[2], {
          reasoning_details,
        }),
      );
      return post(upstream.url + path, { ...good, messages }, headers);
    };
    assert.equal((await say("Hm.")).status, 200);
    assert.match(String(at((await say("Ha.")).body, "error", "message")), /^Invalid signature/);
  },
);

testStandIn(
  "CompletionsUpstream refuses wrong keys, paths and models",
  () => CompletionsUpstream.start({ key: "right", models: ["gpt-4.1"], prefix: "" }),
  async (upstream) => {
    const right = { authorization: "Bearer right" };
    const table = [
      ["/chat/completions", { authorization: "Bearer wrong" }, good, 401, "invalid_api_key"],
      ["/v1/chat/completions", right, good, 404, null],
      ["/chat/completions", right, { ...good, model: "gpt-4o" }, 404, "model_not_found"],
      ["/chat/completions", right, good, 200, undefined],
    ] as const;
    for (const [place, given, body, status, code] of table) {
      const answered = await post(upstream.url + place, body, given);
      assert.equal(answered.status, status, JSON.stringify(answered.body));
      assert.equal(at(answered.body, "error", "code"), code);
    }
  },
);
