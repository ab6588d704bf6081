import assert from "node:assert/strict";
import { at } from "../json.ts";
import { post, type RefusalRow, type TakenRow, testRefusals, testStandIn } from "./claims.ts";
import { MessagesUpstream } from "./messages_upstream.ts";
import { sealOf } from "./seals.ts";

const headers = { "x-api-key": "sk-ant-test", "anthropic-version": "2023-06-01" };
const weather = { name: "get_weather", input_schema: { type: "object", properties: {} } };

/** A request with one of everything; each row below spoils it at one place. */
const good = {
  model: "claude-test",
  max_tokens: 2000,
  system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
  tools: [weather],
  tool_choice: { type: "auto" },
  thinking: { type: "enabled", budget_tokens: 1024 },
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "Weather?" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm.", signature: sealOf("claude-thinking", "Hm.", 1) },
        { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: "18 C" },
        { type: "text", text: "Well?" },
      ],
    },
  ],
};

const user = good.messages[0];
const calls = good.messages[1]?.content ?? [];
const result = good.messages[2]?.content[0];
const image = ["messages", 0, "content", 1, "source"];
const call = ["messages", 1, "content", 1];
const answers = ["messages", 2, "content"];
const tool = ["tools", 0];
const seal = ["messages", 1, "content", 0, "signature"];
const png = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
const format = (schema: unknown) => ({ format: { type: "json_schema", schema } });
const hint = { type: "text", text: "x", cache_control: { type: "ephemeral" } };

const unthought = { role: "assistant", content: calls.slice(1) };
const taken: readonly TakenRow[] = [
  [["thinking"], { type: "adaptive" }],
  [[], { ...good, thinking: { type: "disabled" }, temperature: 0.5, top_k: 5 }],
  [[], { ...good, thinking: { type: "adaptive" }, messages: [user, unthought, good.messages[2]] }],
  [["output_config"], format({ type: "object", properties: {}, additionalProperties: false })],
  [["messages"], [user, user]],
];

const rows: readonly RefusalRow[] = [
  [[], "{", /not valid JSON/],
  [["novel"], 1, /^novel: Extra inputs are not permitted$/],
  [["model"], undefined, /^model: Field required$/],
  [["max_tokens"], undefined, /^max_tokens: Field required$/],
  [["max_tokens"], 1.5, /^max_tokens: Input should be a valid integer$/],
  [["messages"], undefined, /^messages: Field required$/],
  [["messages"], [], /^messages: at least one message is required$/],
  [["messages", 0, "role"], "tool", /^messages.0.role: Input should be 'user', 'assistant' or/],
  [["messages", 0], { role: "assistant", content: "Hm" }, /first message must use the "user"/],
  [["messages", 0, "content"], "", /^messages.0: all messages must have non-empty content/],
  [["messages", 0, "content", 0, "text"], "", /text content blocks must be non-empty/],
  [["messages", 0, "content", 0, "text"], " \n", /must contain non-whitespace text/],
  [["messages", 0, "content", 0, "type"], "input_text", /^messages.0.content.0.type: Input should/],
  [["messages", 0, "content", 0, "novel"], 1, /^messages.0.content.0.text.novel: Extra inputs/],
  [["system"], [{ type: "text", text: "" }], /^system: text content blocks must be non-empty$/],
  [
    [...image, "media_type"],
    "image/tiff",
    /^messages.0.content.1.image.source.base64.media_type: /,
  ],
  [[...image, "data"], "data:...", /^messages.0.content.1.image.source.base64.data: .*base64/],
  [image, { type: "url", url: "http://a/b.png" }, /image.source.url.url: .*https/],
  [
    ["messages", 1, "content"],
    [...calls, png],
    /^messages.1.content.2: `image` blocks can only be/,
  ],
  [["messages", 0, "content"], [result], /^messages.0.content.0: unexpected `tool_use_id` found/],
  [[...call, "id"], "call.1", /^messages.1.content.1.tool_use.id: String should match pattern/],
  [[...call, "input"], "{}", /^messages.1.content.1.tool_use.input: .*valid dictionary$/],
  [call, undefined, /unexpected `tool_use_id`/],
  [
    ["messages", 1, "content"],
    [...calls, calls[1]],
    /^messages.1.content.2: `tool_use` ids must be/,
  ],
  [["messages", 2], user, /^messages.1: `tool_use` ids were found without `tool_result` blocks/],
  [
    answers,
    [{ type: "text", text: "So" }, result],
    /^messages.1: `tool_use` ids were found without/,
  ],
  [answers, [result, result], /^messages.2.content.1: each tool_use must have a single result/],
  [
    answers,
    [{ type: "tool_result", tool_use_id: "toolu_1", is_error: true, content: "" }],
    /^messages.2.content.0.tool_result: content cannot be empty if `is_error` is true$/,
  ],
  [seal, "", /^messages.1.content.0: Invalid `signature` in `thinking` block$/],
  [seal, undefined, /^messages.1.content.0.thinking.signature: Field required$/],
  [["messages", 1, "content", 0, "thinking"], "Ha.", /Invalid `signature` in `thinking` block/],
  [seal, sealOf("claude-redacted", "Hm.", 1), /Invalid `signature` in `thinking` block/],
  [
    ["messages", 1, "content", 0],
    { type: "redacted_thinking", data: sealOf("claude-thinking", "", 1) },
    /^messages.1.content.0: Invalid `data` in `redacted_thinking` block$/,
  ],
  [["messages", 1, "content"], [calls[1]], /^messages.1.content.0.type: Expected `thinking` or/],
  [["thinking", "budget_tokens"], 1023, /^thinking.enabled.budget_tokens: .*equal to 1024$/],
  [["thinking", "budget_tokens"], 2000, /^`max_tokens` must be greater than `thinking.budget/],
  [["thinking", "type"], "auto", /^thinking.type: Input should be 'enabled'/],
  [["temperature"], 0.5, /^`temperature` may only be set to 1 when thinking is enabled/],
  [["temperature"], 1.5, /^temperature: Input should be less than or equal to 1$/],
  [["top_p"], 0.5, /^`top_p` must be greater than or equal to 0.95/],
  [["top_k"], 5, /^`top_k` must be unset when thinking is enabled/],
  [["tool_choice"], { type: "any" }, /^Thinking may not be enabled when tool_choice forces/],
  [["tool_choice"], { type: "tool", name: "x" }, /^Tool 'x' not found in provided tools$/],
  [["tools"], [], /^tool_choice may only be specified while providing `tools`.$/],
  [["tools"], [weather, weather], /^tools: Tool names must be unique.$/],
  [[...tool, "name"], "get weather", /^tools.0.custom.name: String should match pattern/],
  [[...tool, "input_schema"], undefined, /^tools.0.custom.input_schema: Field required$/],
  [[...tool, "input_schema"], {}, /^tools.0.custom.input_schema.type: Field required$/],
  [[...tool, "input_schema", "type"], "string", /input_schema.type: Input should be 'object'$/],
  [
    [...tool, "input_schema", "required"],
    "all",
    /^tools.0.custom.input_schema.required: .*JSON Sch/,
  ],
  [[...tool, "input_schema", "anyOf"], [], /does not support oneOf, allOf, or anyOf at the top/],
  [[...tool, "strict"], true, /^tools.0.custom: For 'object' type, 'additionalProperties' must be/],
  [[...tool, "parameters"], {}, /^tools.0.custom.parameters: Extra inputs/],
  [
    ["output_config"],
    format({ type: "object" }),
    /^output_config.format.schema: For 'object' type/,
  ],
  [
    ["output_config"],
    format({ type: "array", items: { type: "integer", minimum: 1 } }),
    /^output_config.format.schema: For 'integer' type, properties minimum are not supported$/,
  ],
  [["output_config"], { effort: "extreme" }, /^output_config.effort: Input should be 'low'/],
  [["stop_sequences"], ["a", 1], /^stop_sequences.1: Input should be a valid string$/],
  [["metadata"], { session: "1" }, /^metadata.session: Extra inputs/],
  [["system"], [hint, hint, hint, hint, hint], /maximum of 4 blocks with cache_control .* Found 5/],
  [["mcp_servers"], [], /^mcp_servers: Extra inputs/],
];

testRefusals("MessagesUpstream", {
  ...{ start: MessagesUpstream.start, good, taken, rows },
  send: (upstream, body) => post(`${upstream.url}/v1/messages`, body, headers),
  messageIn: ({ status, body }) => {
    assert.equal(status, 400, JSON.stringify(body));
    assert.equal(at(body, "type"), "error");
    assert.equal(at(body, "error", "type"), "invalid_request_error");
    assert.match(String(at(body, "request_id")), /^req_/);
    return at(body, "error", "message");
  },
});

testStandIn(
  "MessagesUpstream refuses wrong headers, paths, models and sizes",
  () => MessagesUpstream.start({ key: "right", models: ["claude-test"], bodyBytesMax: 9_000 }),
  async (upstream) => {
    const right = { "x-api-key": "right", "anthropic-version": "2023-06-01" };
    const table = [
      ["/v1/messages", { ...right, "x-api-key": "wrong" }, good, 401, "authentication_error"],
      ["/v1/messages", { "anthropic-version": "2023-06-01" }, good, 401, "authentication_error"],
      ["/v1/messages", { "x-api-key": "right" }, good, 400, "invalid_request_error"],
      ["/v1/messages", { ...right, "anthropic-beta": "??" }, good, 400, "invalid_request_error"],
      ["/v1/complete", right, good, 404, "not_found_error"],
      ["/v1/messages", right, { ...good, model: "gpt-4o" }, 404, "not_found_error"],
      ["/v1/messages", right, { ...good, system: "x".repeat(9_000) }, 413, "request_too_large"],
    ] as const;
    for (const [path, given, body, status, type] of table) {
      const answered = await post(`${upstream.url}${path}`, body, given);
      assert.equal(answered.status, status, JSON.stringify(answered.body));
      assert.equal(at(answered.body, "error", "type"), type);
    }
    const bearer = { authorization: "Bearer right", "anthropic-version": "2023-06-01" };
    const beta = { ...bearer, "anthropic-beta": "mcp-client-2025-11-20" };
    const url = `${upstream.url}/v1/messages`;
    assert.equal((await post(url, { ...good, mcp_servers: [] }, beta)).status, 200);
  },
);
