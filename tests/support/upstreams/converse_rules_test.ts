import assert from "node:assert/strict";
import { at } from "../json.ts";
import { post, type RefusalRow, type TakenRow, testRefusals, testStandIn } from "./claims.ts";
import { ConverseUpstream } from "./converse_upstream.ts";
import { sealOf } from "./seals.ts";

const headers = { authorization: "Bearer key" };
const path = "/model/anthropic.claude-sonnet-4-5-20250929-v1:0/converse";
const signature = sealOf("claude-thinking", "Hm.", 1);
const spec = { name: "get_weather", inputSchema: { json: { type: "object" } } };

const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: "get_weather", input: {} } });
const picture = { image: { format: "png", source: { bytes: "AAAA" } } };

/** A request with one of everything; each row below spoils it at one place. */
const good = {
  system: [{ text: "Be brief." }],
  inferenceConfig: { maxTokens: 2000 },
  toolConfig: { tools: [{ toolSpec: spec }], toolChoice: { auto: {} } },
  additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } },
  messages: [
    {
      role: "user",
      content: [
        { text: "Weather?" },
        picture,
        { document: { format: "pdf", name: "A (1) [b]-c", source: { bytes: "AAAA" } } },
      ],
    },
    {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "Hm.", signature } } },
        { toolUse: { toolUseId: "tooluse_1", name: "get_weather", input: {} } },
      ],
    },
    {
      role: "user",
      content: [{ toolResult: { toolUseId: "tooluse_1", content: [{ text: "18 C" }] } }],
    },
  ],
};

const [user, assistant] = good.messages;
const result = good.messages[2]?.content[0];
const call = ["messages", 1, "content", 1, "toolUse"];
const answer = ["messages", 2, "content", 0, "toolResult"];
const thought = ["messages", 1, "content", 0, "reasoningContent", "reasoningText"];
const image = ["messages", 0, "content", 1, "image"];
const document = ["messages", 0, "content", 2, "document"];
const tool = ["toolConfig", "tools", 0, "toolSpec"];
const fields = ["additionalModelRequestFields"];
const point = { cachePoint: { type: "default" } };
const format = (schema: string) => ({
  textFormat: { type: "json_schema", structure: { jsonSchema: { schema } } },
});

const taken: readonly TakenRow[] = [
  [[], {
    ...good,
    additionalModelRequestFields: {},
    toolConfig: { tools: [{ toolSpec: spec }], toolChoice: { tool: { name: "get_weather" } } },
  }],
  [["system"], [{ text: "Be brief." }, point]],
  [["outputConfig"], format('{"type":"object","additionalProperties":false}')],
];

const rows: readonly RefusalRow[] = [
  [[], "{", /Unable to parse the request body/],
  [["messages"], [], /^A conversation must start with a user message/],
  [["messages", 0, "role"], "developer", /Member must satisfy enum value set: \[user, assistant/],
  [
    ["messages", 0, "role"],
    undefined,
    /Value null at 'messages.1.member.role' .* must not be null/,
  ],
  [["messages", 0, "content"], "Weather?", /^The value at messages.0.content is not a array/],
  [
    ["messages", 0, "content"],
    [],
    /^The content field in the Message object at messages.0 is empty/,
  ],
  [["messages", 0, "content", 0, "text"], " ", /at messages.0.content.0 is blank\. Add text/],
  [["messages", 0, "content", 0], {}, /messages.0.content.0 must set exactly one of the following/],
  [["messages", 0, "content", 0, "type"], "text", /messages.0.content.0 must set exactly one/],
  [["messages"], [user, user], /^A conversation must alternate between user and assistant roles/],
  [["messages"], [assistant, user], /^A conversation must start with a user message/],
  [[...image, "format"], "jpg", /Value 'jpg' at 'messages.1.member.content.2.member.image.format'/],
  [
    [...image, "source"],
    { url: "https://a/b" },
    /image.source must set exactly one of .*: bytes, s3/,
  ],
  [[...image, "source", "bytes"], "data:x", /image.source.bytes is not a base64 text/],
  [
    ["messages", 1, "content", 0],
    picture,
    /image content blo/,
  ],
  [[...document, "name"], "a.pdf", /^The document file name can only contain alphanumeric/],
  [[...document, "name"], "a  b", /^The document file name can only contain alphanumeric/],
  [[...document, "format"], "rtf", /Member must satisfy enum value set: \[pdf, csv/],
  [
    ["messages"],
    [user, { role: "assistant", content: [use("tooluse_1"), use("tooluse_2")] }, {
      role: "user",
      content: [result, result],
    }],
    /^The toolResult blocks at messages.2.content contain duplicate Ids: tooluse_1, tooluse_1/,
  ],
  [["messages", 0, "content", 0], undefined, /has a document block and no text block/],
  [[...call, "toolUseId"], "call.1", /Member must satisfy regular expression pattern/],
  [[...call, "toolUseId"], "x".repeat(65), /Member must have length less than or equal to 64/],
  [
    [...call, "name"],
    "get weather",
    /'get weather' at 'messages.2.member.content.2.member.toolUse.n/,
  ],
  [
    [...call, "input"],
    "{}",
    /^The format of the value at messages.1.content.1.toolUse.input is inv/,
  ],
  [
    [...call, "input"],
    undefined,
    /'messages.2.member.content.2.member.toolUse.input' .* not be null/,
  ],
  [[...answer, "content"], undefined, /toolResult.content' failed .* must not be null/],
  [[...answer, "status"], "failed", /Member must satisfy enum value set: \[success, error\]/],
  [
    [...answer, "toolUseId"],
    "tooluse_2",
    /^Expected toolResult blocks at messages.2.content for the/,
  ],
  [
    ["messages", 2],
    undefined,
    /^Expected toolResult blocks at messages.2.content for the following/,
  ],
  [
    ["messages", 2, "content"],
    [result, result],
    /^The number of toolResult blocks at messages.2.con/,
  ],
  [
    ["messages", 1, "content", 1],
    undefined,
    /exceeds the number of toolUse blocks of previous turn/,
  ],
  [
    answer,
    { toolUseId: "tooluse_1", content: [], status: "error" },
    /^The content field at messages.2.content.0.toolResult cannot be empty when status value is err/,
  ],
  [["toolConfig"], undefined, /^The toolConfig field must be defined when using toolUse/],
  [["toolConfig", "tools"], [], /Member must have length greater than or equal to 1/],
  [
    ["toolConfig", "tools"],
    [{ toolSpec: spec }, { toolSpec: spec }],
    /more than one tool with the/,
  ],
  [["toolConfig", "toolChoice"], { tool: { name: "x" } }, /^The tool x at toolConfig.toolChoice/],
  [
    ["toolConfig", "toolChoice"],
    { none: {} },
    /toolChoice must set exactly one of .*: auto, any, t/,
  ],
  [
    ["toolConfig", "toolChoice"],
    { any: {} },
    /errors: Thinking may not be enabled when tool_choice/,
  ],
  [[...tool, "name"], "a.b", /Member must satisfy regular expression pattern/],
  [[...tool, "description"], "", /Member must have length greater than or equal to 1/],
  [[...tool, "inputSchema"], { type: "object" }, /inputSchema must set exactly one of .*: json/],
  [
    [...tool, "inputSchema", "json"],
    {},
    /inputSchema.json.type must be one of the following: object/,
  ],
  [[...thought, "signature"], "wrong", /errors: messages.1.content.0: Invalid `signature` in/],
  [[...thought, "text"], "Ha.", /errors: messages.1.content.0: Invalid `signature` in/],
  [
    ["messages", 1, "content", 0, "reasoningContent"],
    { redactedContent: "AAAA" },
    /errors: messages.1.content.0: Invalid `data` in `redacted_thinking` block/,
  ],
  [
    ["messages", 1, "content", 0],
    undefined,
    /errors: messages.1.content.0.type: Expected `thinking`/,
  ],
  [[...fields, "thinking", "budget_tokens"], 2000, /errors: `max_tokens` must be greater than/],
  [fields, "thinking", /^The format of the value at additionalModelRequestFields is invalid/],
  [
    ["inferenceConfig", "maxTokens"],
    0,
    /'inferenceConfig.maxTokens' .* greater than or equal to 1/,
  ],
  [
    ["inferenceConfig", "temperature"],
    1.5,
    /'inferenceConfig.temperature' .* less than or equal to 1/,
  ],
  [
    ["inferenceConfig", "temperature"],
    0.5,
    /errors: `temperature` may only be set to 1 when thinki/,
  ],
  [["system"], "Be brief.", /^The value at system is not a array/],
  [["system"], [point, point, point, point, point], /maximum of 4 blocks .* Found 5/],
  [["outputConfig"], format("{"), /^The JSON schema is not valid JSON/],
  [
    ["outputConfig"],
    format('{"type":"object"}'),
    /errors: output_config.format.schema: For 'object'/,
  ],
  [["requestMetadata"], { a: 1 }, /^The value at requestMetadata.a is not a string/],
];

testRefusals("ConverseUpstream", {
  ...{ start: ConverseUpstream.start, good, taken, rows },
  send: (upstream, body) => post(upstream.url + path, body, headers),
  messageIn: ({ status, headers, body }) => {
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(headers.get("x-amzn-errortype") ?? "", /^(Validation|Serialization)Exception:/);
    assert.match(headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual(Object.keys(Object(body)), ["message"]);
    return at(body, "message");
  },
});

testStandIn(
  "ConverseUpstream passes over unknown members and says which",
  ConverseUpstream.start,
  async (upstream) => {
    const sent = { ...good, colour: "red", inferenceConfig: { maxTokens: 2000, topK: 1 } };
    assert.equal((await post(upstream.url + path, sent, headers)).status, 200);
    assert.deepEqual(upstream.ignored, ["inferenceConfig.topK", "colour"]);
  },
);

testStandIn(
  "ConverseUpstream refuses wrong paths, models and sizes",
  () => ConverseUpstream.start({ models: ["amazon.nova-lite-v1:0"], bodyBytesMax: 9_000 }),
  async (upstream) => {
    const hello = { messages: [{ role: "user", content: [{ text: "hello" }] }] };
    const long = { messages: [{ role: "user", content: [{ text: "x".repeat(9_000) }] }] };
    const table = [
      ["/model/amazon.nova-lite-v1:0/converse", hello, 200],
      ["/model/amazon.nova-lite-v1%3A0/converse", hello, 200],
      ["/model/amazon.nova-lite-v1:0/talk", hello, 404],
      ["/model/amazon.nova-pro-v1:0/converse", hello, 404],
      ["/model/amazon.nova-lite-v1:0/converse", long, 413],
    ] as const;
    for (const [place, body, status] of table) {
      const answered = await post(upstream.url + place, body, headers);
      assert.equal(answered.status, status, `${place} ${JSON.stringify(answered.body)}`);
    }
  },
);
