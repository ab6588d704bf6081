import assert from "node:assert/strict";
import { at } from "../json.ts";
import { post, type RefusalRow, type TakenRow, testRefusals, testStandIn } from "./claims.ts";
import { callText } from "./gemini/rules.ts";
import { GeminiUpstream } from "./gemini_upstream.ts";
import { sealOf } from "./seals.ts";

const headers = { "x-goog-api-key": "AIza-test" };
const weather = {
  name: "get_weather",
  parameters: {
    type: "object",
    properties: { city: { type: "STRING" }, days: { type: "ARRAY", items: { type: "INTEGER" } } },
    required: ["city"],
  },
};
const call = { name: "get_weather", args: { city: "Paris" } };
const signature = sealOf("gemini-call", callText(call), 1);

/** A request with one of everything; each row below spoils it at one place. */
const good = {
  systemInstruction: { parts: [{ text: "Be brief." }] },
  tools: [{ functionDeclarations: [weather] }],
  toolConfig: { functionCallingConfig: { mode: "AUTO" } },
  generationConfig: { temperature: 1, thinkingConfig: { includeThoughts: true } },
  safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
  contents: [
    {
      role: "user",
      parts: [{ text: "Weather?" }, { inlineData: { mimeType: "image/png", data: "AAAA" } }],
    },
    {
      role: "model",
      parts: [
        { text: "Hm.", thought: true },
        { functionCall: call, thoughtSignature: signature },
        { functionCall: { name: "get_weather", args: { city: "Rome" } } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { name: "get_weather", response: { output: "18 C" } } },
        { functionResponse: { name: "get_weather", response: { output: "19 C" } } },
      ],
    },
  ],
};

const user = good.contents[0];
const model = good.contents[1];
const result = good.contents[2]?.parts[0];
const tool = ["tools", 0, "functionDeclarations", 0];
const schema = [...tool, "parameters"];
const city = [...schema, "properties", "city"];
const config = ["generationConfig"];
const choice = ["toolConfig", "functionCallingConfig"];
const calling = ["contents", 1, "parts", 1];

const taken: readonly TakenRow[] = [
  [[...choice, "mode"], "NONE"],
  [choice, { mode: "ANY", allowedFunctionNames: ["get_weather"] }],
  [[...city, "format"], "date-time"],
  [["contents"], [user, user, model, good.contents[2], user]],
  [[...calling, "thoughtSignature"], "skip_thought_signature_validator"],
  [[], { contents: good.contents, cachedContent: "cachedContents/1" }],
];

const rows: readonly RefusalRow[] = [
  [[...tool, "parametersJsonSchema"], {}, /only one of parameters and parameters_json_schema/],
  [[...city, "items"], { type: "STRING" }, /items: only allowed for ARRAY type/],
  [[...city, "properties"], {}, /properties: only allowed for OBJECT type/],

  [[], "{", /^Invalid JSON payload received/],
  [["novel"], 1, /^Invalid JSON payload received. Unknown name "novel": Cannot find field\.$/],
  [["messages"], [], /Unknown name "messages": Cannot find field/],
  [["contents", 0, "novel"], 1, /Unknown name "novel" at 'contents\[0\]': Cannot find field\.$/],
  [
    ["contents", 0, "parts", 0, "type"],
    "text",
    /Unknown name "type" at 'contents\[0\].parts\[0\]'/,
  ],
  [["tools", 0, "type"], "function", /Unknown name "type" at 'tools\[0\]': Cannot find field\.$/],
  [[...tool, "strict"], true, /"strict" at 'tools\[0\].function_declarations\[0\]': Cannot find/],
  [
    [...schema, "additionalProperties"],
    false,
    /"additionalProperties" at 'tools\[0\].function_declarations\[0\].parameters': Cannot find/,
  ],
  [
    [...city, "const"],
    "x",
    /"const" at 'tools.*\.parameters\.properties\[0\]\.value': Cannot find/,
  ],
  [[...city, "exclusiveMinimum"], 1, /Unknown name "exclusiveMinimum"/],
  [
    [...city, "type"],
    ["STRING", "NULL"],
    /^Invalid value at 'tools.*properties\[0\]\.value\.type'/,
  ],
  [[...config, "maxTokens"], 1, /Unknown name "maxTokens" at 'generation_config': Cannot find/],
  [[...config, "temperature"], "warm", /^Invalid value at 'generation_config.temperature' \(TYPE_/],
  [[...config, "temperature"], 2.5, /generation_config.temperature: must be in the range \[0, 2\]/],
  [[...config, "seed"], 2 ** 31, /^Invalid value at 'generation_config.seed' \(TYPE_INT32\)/],
  [[...config, "maxOutputTokens"], 0, /max_output_tokens: must be in the range/],
  [
    [...config, "stopSequences"],
    ["a", "b", "c", "d", "e", "f"],
    /stop_sequences: must have at most/,
  ],
  [[...config, "responseMimeType"], "text/html", /allowed mimetypes are/],
  [[...config, "responseSchema"], { type: "OBJECT" }, /only supported with response_mime_type/],
  [
    config,
    { responseMimeType: "application/json", responseSchema: { type: "ARRAY" } },
    /generation_config.response_schema.items: missing field/,
  ],
  [
    [...config, "thinkingConfig"],
    { thinkingBudget: 1024, thinkingLevel: "LOW" },
    /only set only one of thinking budget and thinking level/,
  ],
  [[...config, "thinkingConfig", "thinkingBudget"], 0, /^Budget 0 is invalid/],
  [
    [...config, "thinkingConfig", "thinkingBudget"],
    99_999,
    /^The thinking budget 99999 is invalid/,
  ],
  [
    [...config, "thinkingConfig", "effort"],
    "low",
    /Unknown name "effort" at 'generation_config.th/,
  ],
  [["safetySettings", 0, "category"], "X", /^Invalid value at 'safety_settings\[0\].category'/],
  [["contents"], [], /contents is not specified/],
  [["contents", 0, "role"], "assistant", /^Please use a valid role: user, model\.$/],
  [["contents", 0, "parts"], [], /contents\[0\].parts: contents.parts must not be empty/],
  [["contents", 0, "parts", 0], {}, /contents\[0\].parts\[0\].data: required oneof field 'data'/],
  [["contents", 0, "parts", 1, "text"], "x", /oneof field 'data' is already set/],
  [
    ["contents", 0, "parts", 1, "inlineData", "data"],
    "a.b",
    /\(TYPE_BYTES\), Base64 decoding failed/,
  ],
  [
    ["contents", 0, "parts", 1, "inlineData", "mimeType"],
    "image/gif",
    /^Unsupported MIME type: im/,
  ],
  [
    ["systemInstruction", "parts"],
    [],
    /system_instruction.parts: contents.parts must not be empty/,
  ],
  [["contents"], [model, user], /^Please ensure that function call turn comes immediately after/],
  [["contents"], [{ role: "model", parts: [{ text: "Hm." }] }, user], /start with a user turn\.$/],
  [["contents", 2], undefined, /^Please ensure that multiturn requests end with a user turn or a/],
  [["contents", 2, "parts"], [result], /number of function response parts is equal to the number/],
  [
    ["contents", 2, "parts", 0, "functionResponse", "name"],
    "x",
    /number of function response parts/,
  ],
  [["contents", 2, "parts", 0, "functionResponse", "name"], "", /name: Name cannot be empty/],
  [["contents", 2, "parts", 0, "functionResponse", "id"], "x", /Function response id x does not/],
  [
    ["contents", 1, "parts"],
    [{ text: "Hm." }],
    /function response turn comes immediately after a function call/,
  ],
  [[...calling, "thoughtSignature"], undefined, /is missing a thought_signature in functionCall/],
  [
    [...calling, "thoughtSignature"],
    signature.replace("A", "B"),
    /^Corrupted thought signature\.$/,
  ],
  [[...calling, "functionCall", "args"], { city: "Rome" }, /^Corrupted thought signature\.$/],
  [["contents", 1, "parts", 2, "thoughtSignature"], signature, /^Corrupted thought signature\.$/],
  [[...tool, "name"], "1st", /function_declarations\[0\].name: Invalid function name/],
  [["tools", 0, "functionDeclarations"], [weather, weather], /^Duplicate function declaration/],
  [[...schema, "type"], "STRING", /parameters schema should be of type OBJECT/],
  [[...city, "type"], undefined, /parameters.properties\[city\].type: must be specified/],
  [[...city, "enum"], [""], /properties\[city\].enum\[0\]: cannot be empty/],
  [[...city, "format"], "uri", /properties\[city\].format: only 'enum' and 'date-time' are suppor/],
  [
    [...schema, "properties", "days", "items"],
    undefined,
    /properties\[days\].items: missing field/,
  ],
  [[...schema, "properties", "days", "items", "enum"], ["1"], /enum: only allowed for STRING type/],
  [[...schema, "required"], ["town"], /parameters.required\[0\]: property is not defined/],
  [[...choice, "mode"], "REQUIRED", /^Invalid value at 'tool_config.function_calling_config.mode'/],
  [[...choice, "allowedFunctionNames"], ["get_weather"], /only when function calling mode is ANY/],
  [
    choice,
    { mode: "ANY", allowedFunctionNames: ["x"] },
    /contains x, which is not in function_decl/,
  ],
  [["tools"], [], /^Function calling config is set without function_declarations/],
  [["cachedContent"], "cachedContents/1", /^CachedContent can not be used with GenerateContent/],
];

testRefusals("GeminiUpstream", {
  ...{ start: GeminiUpstream.start, good, taken, rows },
  send: (upstream, body) =>
    post(`${upstream.url}/v1beta/models/gemini-3-pro-preview:generateContent`, body, headers),
  messageIn: ({ status, body }) => {
    assert.equal(status, 400, JSON.stringify(body));
    assert.equal(at(body, "error", "code"), 400);
    assert.equal(at(body, "error", "status"), "INVALID_ARGUMENT");
    return at(body, "error", "message");
  },
});

testStandIn(
  "GeminiUpstream refuses wrong keys, paths, models, levels and signatures on Vertex",
  () => GeminiUpstream.start({ key: "right", models: ["gemini-2.5-flash"], bodyBytesMax: 9_000 }),
  async (upstream) => {
    const right = { "x-goog-api-key": "right" };
    const hello = { contents: [{ role: "user", parts: [{ text: "hello" }] }] };
    const level = { ...hello, generationConfig: { thinkingConfig: { thinkingLevel: "LOW" } } };
    const long = { contents: [{ parts: [{ text: "x".repeat(9_000) }] }] };
    const models = "/v1beta/models";
    const vertex = "/v1/projects/p/locations/global/publishers/google/models";
    const bearer = { authorization: "Bearer right" };
    const unsigned = {
      ...good,
      contents: [user, { role: "model", parts: [{ functionCall: call }] }, {
        role: "user",
        parts: [result],
      }],
    };
    const empty = { contents: [{ role: "user", parts: [{ text: "" }] }] };
    const table = [
      [`${models}/gemini-2.5-flash:generateContent`, { "x-goog-api-key": "wrong" }, hello, 400],
      [`${models}/gemini-2.5-flash:generateContent`, {}, hello, 403],
      [`${models}/gemini-2.5-flash:generateContent`, { authorization: "Bearer x" }, hello, 401],
      [`${models}/gemini-2.5-flash:generateText`, right, hello, 404],
      [`${models}/gemini-9:generateContent`, right, hello, 404],
      [`${models}/gemini-2.5-flash:generateContent`, right, level, 400],
      [`${models}/gemini-2.5-flash:generateContent`, right, long, 413],
      [`${vertex}/gemini-3-flash:generateContent`, bearer, unsigned, 400],
      [`${vertex}/gemini-2.5-flash:generateContent`, bearer, empty, 400],
      [`${models}/gemini-2.5-flash:generateContent`, right, hello, 200],
    ] as const;
    for (const [path, given, body, status] of table) {
      const answered = await post(`${upstream.url}${path}`, body, given);
      assert.equal(answered.status, status, `${path} ${JSON.stringify(answered.body)}`);
    }
  },
);
