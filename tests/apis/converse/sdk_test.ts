/** AWS's own client as the judge of what is written and read. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { ask, call, result, text } from "./ask.ts";

const PIXEL = "iVBORw0KGgo=";

const picture: Block = { type: "media", mediaType: "image/png", source: { data: PIXEL } };
const report: Block = {
  type: "media",
  mediaType: "application/pdf",
  source: { data: "JVBERi0=" },
  name: "report.pdf",
};
const film: Block = { type: "media", mediaType: "video/mp4", source: { url: "s3://b/f.mp4" } };

const FULL: Partial<ChatRequest> = {
  instructions: [{ type: "text", text: "Be brief.", cache: { ttlSeconds: 3600 } }],
  turns: [
    { role: "user", blocks: [text("Look"), picture, report, film] },
    {
      role: "assistant",
      blocks: [
        { type: "reasoning", text: "Hm", seal: { api: "messages", value: "c2ln" } },
        {
          type: "reasoning",
          text: "",
          seal: { api: "converse", value: "c2VjcmV0", redacted: true },
        },
        call("call_1", "weather", '{"city":"Bonn","days":[1,2.5,null]}'),
      ],
    },
    {
      role: "user",
      blocks: [{ ...asResult("call_1", text("12"), picture), failed: false, cache: {} }],
    },
  ],
  tools: [{
    type: "function",
    name: "weather",
    description: "Tells it",
    schema: { type: "object", properties: { city: { type: "string" } } },
    cache: {},
  }],
  toolChoice: "auto",
  sampling: { temperature: 0.5, stop: ["END"], topK: 5 },
  maxOutputTokens: 100,
  output: { type: "json-schema", schema: { type: "integer" }, name: "n", description: "d" },
  serviceTier: "flex",
  user: "u1",
};

function asResult(callId: string, ...blocks: readonly Block[]) {
  const block = result(callId, ...blocks);
  assert.ok(block.type === "tool-result");
  return block;
}

/** The body that AWS's client sends for an input; it leaves out members that the API has not. */
async function sentBody(request: JsonObject): Promise<unknown> {
  let body: unknown;
  const client = new BedrockRuntimeClient({
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    requestHandler: {
      handle(sent: { readonly body: Uint8Array }) {
        body = JSON.parse(new TextDecoder().decode(sent.body));
        return Promise.reject(new Error("seen"));
      },
    },
    maxAttempts: 1,
  });
  const input = { modelId: "m", ...withBytes(request) };
  assert.ok(isInput(input));
  await assert.rejects(client.send(new ConverseCommand(input)), /seen/);
  return body;
}

function isInput(input: JsonObject): input is JsonObject & ConverseCommandInput {
  return Array.isArray(input.messages);
}

/** The client takes bytes where JSON has base64. */
function withBytes(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([key, value]) => [key, memberWithBytes(key, value)]);
  return Object.fromEntries(entries);
}

function memberWithBytes(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((member) => memberWithBytes("", member));
  if (isMapping(value)) return withBytes(value);
  const isBytes = typeof value === "string" && (key === "bytes" || key === "redactedContent");
  return isBytes ? new Uint8Array(Buffer.from(value, "base64")) : value;
}

Deno.test("writeRequest() says nothing that AWS's own client would not", async () => {
  const { request, found } = ask(FULL);
  assert.deepEqual(found, []);
  assert.deepEqual(await sentBody(request), request);
  assert.deepEqual(await sentBody({ ...request, made: "up" }), request);
});
