import assert from "node:assert/strict";
import { checkShape } from "../error_shape.ts";
import { at } from "../json.ts";
import { post, type RefusalRow, type TakenRow, testRefusals, testStandIn } from "./claims.ts";
import { ResponsesUpstream } from "./responses_upstream.ts";
import { sealOf } from "./seals.ts";

const headers = { authorization: "Bearer sk-test" };
const closed = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** A request with one of everything; each row below spoils it at one place. */
const good = {
  model: "gpt-5",
  instructions: "Be brief.",
  store: false,
  include: ["reasoning.encrypted_content"],
  reasoning: { effort: "low", summary: "auto" },
  tools: [{ type: "function", name: "get_weather", strict: true, parameters: closed }],
  tool_choice: "auto",
  input: [
    {
      role: "user",
      content: [
        { type: "input_text", text: "Weather?" },
        { type: "input_image", image_url: "data:image/png;base64,AAAA" },
      ],
    },
    {
      type: "reasoning",
      id: "rs_1",
      summary: [],
      encrypted_content: sealOf("openai-reasoning", "rs_1", 1),
    },
    { type: "function_call", call_id: "call_1", name: "get_weather", arguments: '{"city":"X"}' },
    { type: "function_call_output", call_id: "call_1", output: "18 C" },
    { type: "message", role: "assistant", content: "Well." },
    { role: "user", content: "And?" },
  ],
};

const [ask, thought, call, output] = good.input;
const tool = ["tools", 0];
const schema = [...tool, "parameters"];
const format = (more: object) => ({
  format: { type: "json_schema", name: "x", strict: true, schema: closed, ...more },
});

const taken: readonly TakenRow[] = [
  [["text"], { format: { type: "text" } }],
  [["text"], format({})],
  [[], { ...good, reasoning: { effort: "none" }, temperature: 0.5 }],
  [["input"], "Weather?"],
  [["tools", 0, "strict"], undefined],
];

const rows: readonly RefusalRow[] = [
  [[], "{", /could not parse the JSON body/],
  [["novel"], 1, /^Unknown parameter: 'novel'\.$/],
  [["messages"], [], /^Unknown parameter: 'messages'\.$/],
  [["model"], undefined, /^Missing required parameter: 'model'\.$/],
  [["input"], undefined, /^Missing required parameter: 'input'\.$/],
  [["input"], { role: "user" }, /^Invalid type for 'input': expected a string|an array/],
  [["input", 0, "role"], "tool", /^Invalid value: 'tool'. Supported values are: 'assistant',/],
  [["input", 0, "content", 0, "type"], "text", /^Invalid value: 'text'. Supported .* 'input_text'/],
  [
    ["input", 0, "content", 0, "text"],
    1,
    /^Invalid type for 'input\[0\].content\[0\].text': expec/,
  ],
  [
    ["input", 0, "content", 1, "image_url"],
    "data:image/bmp;base64,AA==",
    /base64-encoded data URL/,
  ],
  [["input", 0, "content", 1, "novel"], 1, /^Unknown parameter: 'input\[0\].content\[1\].novel'/],
  [["input", 4, "content"], [{ type: "input_text", text: "x" }], /^Invalid value: 'input_text'/],
  [["input", 1, "id"], "item_1", /^Invalid 'input\[1\].id': 'item_1'. Expected an ID that begins/],
  [["input", 1, "summary"], undefined, /^Missing required parameter: 'input\[1\].summary'\.$/],
  [
    ["input", 1, "encrypted_content"],
    "gAAAAABogus",
    /encrypted content for item rs_1 could not be/,
  ],
  [["input", 1, "id"], "rs_2", /^The encrypted content for item rs_2 could not be verified/],
  [["input", 1, "encrypted_content"], undefined, /^Item with id 'rs_1' not found\. Items are not/],
  [
    ["input"],
    [ask, thought],
    /'rs_1' of type 'reasoning' was provided without its required follow/,
  ],
  [["input"], [ask, call, thought, output], /'rs_1' of type 'reasoning' was provided without/],
  [["input"], [ask, thought, thought, call, output], /^Duplicate item found with id rs_1\./],
  [
    ["input", 2, "call_id"],
    "x".repeat(65),
    /^Invalid 'input\[2\].call_id': string too long\. Expec/,
  ],
  [["input", 2, "call_id"], undefined, /^Missing required parameter: 'input\[2\].call_id'\.$/],
  [["input", 2, "id"], "call_1", /^Invalid 'input\[2\].id': 'call_1'. Expected an ID that begins/],
  [
    ["input", 2, "name"],
    "get weather",
    /^Invalid 'input\[2\].name': string does not match pattern/,
  ],
  [
    ["input", 2, "arguments"],
    {},
    /^Invalid type for 'input\[2\].arguments': expected a string, but/,
  ],
  [["input", 3], undefined, /^No tool output found for function call call_1\.$/],
  [
    ["input", 3, "call_id"],
    "call_2",
    /^No tool call found for function call output with call_id c/,
  ],
  [["input"], [ask, { type: "item_reference", id: "msg_1" }], /^Item with id 'msg_1' not found/],
  [["previous_response_id"], "resp_1", /^Previous response with id 'resp_1' not found\.$/],
  [["max_output_tokens"], 15, /^Invalid 'max_output_tokens': integer below minimum value\. Expect/],
  [["temperature"], 2.5, /^Invalid 'temperature': decimal above maximum value/],
  [["temperature"], 0.5, /^Unsupported parameter: 'temperature' is not supported with this model/],
  [["model"], "gpt-4.1", /^Unsupported parameter: 'reasoning.effort' is not supported with this/],
  [["reasoning", "effort"], "extreme", /^Invalid value: 'extreme'. Supported values are: 'none', /],
  [["include"], ["reasoning"], /^Invalid value: 'reasoning'\. Supported values are: /],
  [["stream_options"], {}, /only allowed when 'stream' is enabled/],
  [[...tool, "function"], {}, /^Unknown parameter: 'tools\[0\].function'\.$/],
  [[...tool, "name"], undefined, /^Missing required parameter: 'tools\[0\].name'\.$/],
  [schema, { type: "string" }, /^Invalid schema for function 'get_weather': schema must be a JSON/],
  [
    [...schema, "additionalProperties"],
    undefined,
    /^Invalid schema for function 'get_weather': In context=\(\), 'additionalProperties' is requi/,
  ],
  [[...schema, "required"], [], /every key in properties\. Missing 'city'\.$/],
  [
    [...schema, "properties", "city"],
    { type: "array" },
    /In context=\('properties', 'city'\), array schema missing items\.$/,
  ],
  [[...schema, "properties", "city", "oneOf"], [], /'oneOf' is not permitted\.$/],
  [[], { model: "gpt-5", input: "x", tool_choice: "required" }, /must be specified with 'tools'/],
  [
    ["tool_choice"],
    { type: "function", name: "x" },
    /^Tool choice 'function' not found in 'tools'/,
  ],
  [["tool_choice"], "any", /^Invalid value: 'any'\. Supported values are: 'none', 'auto'/],
  [["text"], format({ name: "a b" }), /^Invalid 'text.format.name': string does not match pattern/],
  [["text"], format({ schema: { type: "object" } }), /^Invalid schema for response_format 'x': In/],
  [["text"], { format: { type: "json_object" } }, /must contain the word 'json' in some form/],
  [["response_format"], {}, /^Unknown parameter: 'response_format'\.$/],
];

testRefusals("ResponsesUpstream", {
  ...{ start: ResponsesUpstream.start, good, taken, rows },
  send: (upstream, body) => post(`${upstream.url}/v1/responses`, body, headers),
  messageIn: ({ status, body }) => {
    assert.ok(status === 400 || status === 404, JSON.stringify(body));
    const error = checkShape(body, JSON.stringify(body));
    assert.equal(error.type, "invalid_request_error");
    return error.message;
  },
});

testStandIn(
  "ResponsesUpstream refuses wrong keys, paths, models, sizes and embeddings",
  () => ResponsesUpstream.start({ key: "right", models: ["gpt-5"], bodyBytesMax: 9_000 }),
  async (upstream) => {
    const right = { authorization: "Bearer right" };
    const table = [
      ["/v1/responses", { authorization: "Bearer wrong" }, good, 401, "invalid_api_key"],
      ["/v1/responses", { "api-key": "wrong" }, good, 401, "invalid_api_key"],
      ["/v1/responses", {}, good, 401, null],
      ["/v1/answers", right, good, 404, null],
      ["/v1/responses", right, { model: "o9", input: "hi" }, 404, "model_not_found"],
      ["/v1/responses", right, { ...good, user: "x".repeat(9_000) }, 413, "request_too_large"],
      ["/v1/embeddings", right, { model: "e" }, 400, "missing_required_parameter"],
      ["/v1/embeddings", right, { model: "e", input: [] }, 400, "empty_array"],
      ["/v1/embeddings", right, { model: "e", input: "a", top_k: 1 }, 400, "unknown_parameter"],
    ] as const;
    for (const [path, given, body, status, code] of table) {
      const answered = await post(`${upstream.url}${path}`, body, given);
      assert.equal(answered.status, status, JSON.stringify(answered.body));
      assert.equal(at(answered.body, "error", "code"), code, path);
    }
  },
);

testStandIn(
  "ResponsesUpstream refuses an item by its id without the thoughts before it",
  ResponsesUpstream.start,
  async (upstream) => {
    const url = `${upstream.url}/v1/responses`;
    const asked = { ...good, input: "Weather in Paris?" };
    const made = await post(url, asked, headers);
    const [reasoning, fresh] = [at(made.body, "output", 0), at(made.body, "output", 1)];
    const id = at(fresh, "call_id");
    const result = { type: "function_call_output", call_id: id, output: "18 C" };
    const say = (...items: unknown[]) => post(url, { ...good, input: [ask, ...items] }, headers);
    assert.equal((await say(reasoning, fresh, result)).status, 200);
    const refused = await say(fresh, result);
    assert.match(
      JSON.stringify(refused.body),
      /was provided without its required 'reasoning' item/,
    );
    const anonymous = { ...Object(fresh), id: undefined };
    assert.equal((await say(anonymous, result)).status, 200);
  },
);
