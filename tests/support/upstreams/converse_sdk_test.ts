import assert from "node:assert/strict";
import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  CountTokensCommand,
  type Message,
  type TokenUsage,
} from "@aws-sdk/client-bedrock-runtime";
import { assertNoRefusals, post, testStandIn } from "./claims.ts";
import { ConverseUpstream, countedTokens, testCredentials } from "./converse_upstream.ts";
import { fetchHandler } from "./fetch_handler.ts";
import { scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

const modelId = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const toolConfig = {
  tools: [{
    toolSpec: {
      name: "get_weather",
      description: "The weather of a city.",
      inputSchema: { json: { type: "object", properties: { city: { type: "string" } } } },
    },
  }],
};
const thinking = { thinking: { type: "enabled", budget_tokens: 1024 } };
const question: Message = { role: "user", content: [{ text: "Weather in Paris and Rome?" }] };

function client(upstream: StandIn, credentials = testCredentials): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    ...{ endpoint: upstream.url, region: credentials.region, credentials, maxAttempts: 1 },
    requestHandler: fetchHandler,
  });
}

function test(claim: string, check: (upstream: StandIn) => Promise<void>): void {
  testStandIn(`ConverseUpstream ${claim}`, () => ConverseUpstream.start(), check);
}

interface Said {
  readonly content: ContentBlock[];
  readonly stopReason: string | undefined;
  readonly usage: TokenUsage | undefined;
}

type Input = Omit<ConverseCommandInput, "modelId">;

const sayer = (upstream: StandIn, streamed: boolean) => async (input: Input): Promise<Said> => {
  const sdk = client(upstream);
  if (streamed) {
    const { stream } = await sdk.send(new ConverseStreamCommand({ modelId, ...input }));
    return await folded(stream ?? []);
  }
  const { output, stopReason, usage } = await sdk.send(new ConverseCommand({ modelId, ...input }));
  return { content: output?.message?.content ?? [], stopReason, usage };
};

type Stream = AsyncIterable<import("@aws-sdk/client-bedrock-runtime").ConverseStreamOutput>;

async function folded(stream: Stream | Iterable<never>): Promise<Said> {
  const parts: Part[] = [];
  let stopReason: string | undefined;
  let usage: TokenUsage | undefined;
  for await (const event of stream) {
    const { contentBlockStart: start, contentBlockDelta: delta } = event;
    const index = start?.contentBlockIndex ?? delta?.contentBlockIndex ?? 0;
    const part = parts[index] ??= { text: "", thought: "", input: "" };
    const { toolUseId: id, name } = start?.start?.toolUse ?? {};
    if (id !== undefined && name !== undefined) part.call = { id, name };
    const { text, toolUse, reasoningContent: thought } = delta?.delta ?? {};
    part.text += text ?? "";
    part.input += toolUse?.input ?? "";
    part.thought += thought?.text ?? "";
    if (thought?.signature !== undefined) part.signature = thought.signature;
    if (thought?.redactedContent !== undefined) part.redacted = thought.redactedContent;
    stopReason = event.messageStop?.stopReason ?? stopReason;
    usage = event.metadata?.usage ?? usage;
  }
  return { content: parts.flatMap((part) => blockOf(part)), stopReason, usage };
}

interface Part {
  text: string;
  thought: string;
  input: string;
  call?: { id: string; name: string };
  signature?: string;
  redacted?: Uint8Array;
}

function blockOf({ text, thought, input, call, signature, redacted }: Part): ContentBlock[] {
  if (call !== undefined) {
    return [{ toolUse: { toolUseId: call.id, name: call.name, input: JSON.parse(input) } }];
  }
  if (redacted !== undefined) return [{ reasoningContent: { redactedContent: redacted } }];
  if (signature !== undefined) {
    return [{ reasoningContent: { reasoningText: { text: thought, signature } } }];
  }
  return text === "" ? [] : [{ text }];
}

function results(content: readonly ContentBlock[]): Message {
  return {
    role: "user",
    content: content.flatMap(({ toolUse }): ContentBlock[] =>
      toolUse === undefined ? [] : [{
        toolResult: {
          toolUseId: toolUse.toolUseId,
          content: [{ text: `18 C ${JSON.stringify(toolUse.input)}` }],
        },
      }]
    ),
  };
}

const told = 'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}';

for (const streamed of [false, true]) {
  const how = streamed ? "streamed" : "buffered";

  test(`runs a tool loop with reasoning, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const more = { toolConfig, additionalModelRequestFields: thinking };
    const first = await say({ messages: [question], ...more });
    const kinds = first.content.map((block) => Object.keys(block)[0]);
    assert.deepEqual(kinds, ["reasoningContent", "toolUse", "toolUse"]);
    assert.match(JSON.stringify(first.content), /天気/);
    assert.equal(first.stopReason, "tool_use");
    const { inputTokens, cacheReadInputTokens, cacheWriteInputTokens, outputTokens } =
      first.usage ?? {};
    assert.deepEqual(
      [inputTokens, cacheReadInputTokens, cacheWriteInputTokens, outputTokens],
      [50, 40, 10, 30],
    );
    const replay: Message = { role: "assistant", content: first.content };
    const second = await say({ messages: [question, replay, results(first.content)], ...more });
    assertNoRefusals(upstream);
    assert.equal(second.content.map(({ text }) => text ?? "").join(""), told);
    assert.equal(second.stopReason, "end_turn");
    assert.deepEqual(upstream.ignored, []);
  });

  test(`replays redacted reasoning, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const more = { toolConfig, additionalModelRequestFields: thinking };
    const asked: Message = { role: "user", content: [{ text: "Weather in Paris, secretly?" }] };
    const { content } = await say({ messages: [asked], ...more });
    assert.ok(content[0]?.reasoningContent?.redactedContent instanceof Uint8Array);
    const replay: Message = { role: "assistant", content };
    const second = await say({ messages: [asked, replay, results(content)], ...more });
    assertNoRefusals(upstream);
    assert.equal(second.stopReason, "end_turn");
  });

  test(`ends an answer in each way, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    type Config = ConverseCommandInput["inferenceConfig"];
    const rows: readonly (readonly [text: string, config: Config, reason: string])[] = [
      ["refuse", {}, "content_filtered"],
      ["filter", {}, "guardrail_intervened"],
      ["hello", { maxTokens: 3 }, "max_tokens"],
      ["count", { stopSequences: [" three"] }, "stop_sequence"],
    ];
    for (const [text, inferenceConfig, reason] of rows) {
      const messages: Message[] = [{ role: "user", content: [{ text }] }];
      assert.equal((await say({ messages, inferenceConfig })).stopReason, reason, text);
    }
  });

  test(`fails in the API's own words, ${how}`, async (upstream) => {
    const names = {
      ...{ 400: "ValidationException", 403: "AccessDeniedException" },
      ...{ 404: "ResourceNotFoundException", 429: "ThrottlingException" },
      ...{ 500: "InternalServerException", 503: "ServiceUnavailableException" },
    };
    for (const [status, name] of Object.entries(names)) {
      const messages: Message[] = [{ role: "user", content: [{ text: `fail ${status}` }] }];
      await assert.rejects(sayer(upstream, streamed)({ messages }), (error) => {
        assert.ok(error instanceof BedrockRuntimeServiceException);
        assert.deepEqual([error.name, String(error.$metadata.httpStatusCode)], [name, status]);
        assert.match(error.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/);
        return true;
      });
    }
  });
}

test("says what it understood", async (upstream) => {
  const { content } = await sayer(upstream, false)({
    system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
    inferenceConfig: { temperature: 0.5 },
    messages: [{
      role: "user",
      content: [{ text: "Look" }, {
        image: { format: "png", source: { bytes: new Uint8Array(8) } },
      }],
    }],
  });
  const { system, turns, images, sampling } = JSON.parse(content[0]?.text ?? "");
  assert.deepEqual({ system, turns, images, sampling }, {
    system: "Be brief.",
    turns: ["user: text image"],
    images: 1,
    sampling: { temperature: 0.5 },
  });
});

test("answers a schema by JSON that satisfies it", async (upstream) => {
  const schema = JSON.stringify({
    type: "object",
    properties: { city: { enum: ["Rome"] }, degrees: { type: "integer" } },
    additionalProperties: false,
  });
  const structure = { jsonSchema: { name: "weather", schema } };
  const { content } = await sayer(upstream, false)({
    messages: [question],
    outputConfig: { textFormat: { type: "json_schema", structure } },
  });
  assert.equal(content[0]?.text, '{"city":"Rome","degrees":7}');
});

test("counts tokens", async (upstream) => {
  const input = { converse: { messages: [question] } };
  const counted = await client(upstream).send(new CountTokensCommand({ modelId, input }));
  assert.equal(counted.inputTokens, countedTokens);
});

test("fails and breaks off in the middle of a stream", async (upstream) => {
  const say = (text: string) =>
    sayer(upstream, true)({ messages: [{ role: "user", content: [{ text }] }] });
  await assert.rejects(say("fail 429 in stream"), { name: "ThrottlingException" });
  await assert.rejects(say("fail 424 in stream"), { name: "ModelStreamErrorException" });
  const cut = say(scripted({ text: "A long and winding road", cutAfter: 2 }));
  await assert.rejects(cut.then(({ stopReason }) => assert.ok(stopReason !== undefined)));
});

test("refuses a signature that leaves out what it must cover, or another scope", async (upstream) => {
  const { accessKeyId } = testCredentials;
  const url = `${upstream.url}/model/${encodeURIComponent(modelId)}/converse`;
  const now = new Date().toISOString().replace(/[:-]|\.\d+/g, "");
  const say = async (region: string, signed: string) => {
    const scope = `${now.slice(0, 8)}/${region}/bedrock/aws4_request`;
    const signature = `SignedHeaders=${signed}, Signature=${"0".repeat(64)}`;
    const { body } = await post(url, {}, {
      "x-amz-date": now,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, ${signature}`,
    });
    return JSON.stringify(body);
  };
  assert.match(await say("us-east-1", "x-amz-date"), /'host' must be a 'SignedHeader'/);
  assert.match(await say("eu-west-1", "host;x-amz-date"), /scoped to a valid region and service/);
  assert.match(await say("us-east-1", "host;x-amz-date"), /does not match the signature you/);
});

test("refuses strangers and wrong signatures", async (upstream) => {
  const hello = new ConverseCommand({ modelId, messages: [question] });
  const rows = [
    [{ secretAccessKey: "wrong" }, "InvalidSignatureException"],
    [{ accessKeyId: "AKIAWRONG" }, "UnrecognizedClientException"],
    [{ sessionToken: "wrong" }, "UnrecognizedClientException"],
    [{ region: "eu-west-1" }, "InvalidSignatureException"],
  ] as const;
  for (const [wrong, name] of rows) {
    const sdk = client(upstream, { ...testCredentials, ...wrong });
    await assert.rejects(sdk.send(hello), { name }, JSON.stringify(wrong));
  }
  const url = `${upstream.url}/model/${encodeURIComponent(modelId)}/converse`;
  const unscoped = await post(url, {}, { authorization: "AWS4-HMAC-SHA256 Credential=AKIA" });
  assert.match(JSON.stringify(unscoped.body), /Authorization header is malformed/);
  const late = client(upstream);
  late.config.systemClockOffset = -16 * 60 * 1000;
  await assert.rejects(late.send(hello), /Signature expired/);
});

testStandIn(
  "ConverseUpstream takes its key, and its sessions' tokens",
  () =>
    ConverseUpstream.start({
      key: "bedrock-key",
      credentials: { ...testCredentials, sessionToken: "session" },
    }),
  async (upstream) => {
    const url = `${upstream.url}/model/${encodeURIComponent(modelId)}/converse`;
    const body = { messages: [{ role: "user", content: [{ text: "hello" }] }] };
    const asked = (key: string) => post(url, body, { authorization: `Bearer ${key}` });
    assert.equal((await asked("bedrock-key")).status, 200);
    assert.equal((await asked("wrong")).status, 403);
    assert.equal((await post(url, body)).status, 403);
    const sdk = client(upstream, { ...testCredentials, sessionToken: "session" });
    const made = await sdk.send(new ConverseCommand({ modelId, messages: [question] }));
    assert.equal(made.stopReason, "end_turn");
  },
);
