import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { assertNoRefusals, post, testStandIn } from "./claims.ts";
import { countedTokens, MessagesUpstream } from "./messages_upstream.ts";
import { scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

const model = "claude-haiku-4-5";
const tools: Anthropic.Tool[] = [{
  name: "get_weather",
  description: "The weather of a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
}];
const thinking = { type: "enabled", budget_tokens: 1024 } as const;
const question: Anthropic.MessageParam = { role: "user", content: "Weather in Paris and Rome?" };

function client(upstream: StandIn): Anthropic {
  return new Anthropic({ baseURL: upstream.url, apiKey: "sk-ant-api03-test", maxRetries: 0 });
}

function test(claim: string, check: (upstream: StandIn) => Promise<void>): void {
  testStandIn(`MessagesUpstream ${claim}`, () => MessagesUpstream.start(), check);
}

function results(message: Anthropic.Message): Anthropic.ToolResultBlockParam[] {
  return message.content.flatMap((block) =>
    block.type === "tool_use"
      ? [{
        type: "tool_result",
        tool_use_id: block.id,
        content: `18 C ${JSON.stringify(block.input)}`,
      }]
      : []
  );
}

for (const streamed of [false, true]) {
  const how = streamed ? "streamed" : "buffered";

  test(`runs a tool loop with thinking, ${how}`, async (upstream) => {
    const say = async (messages: Anthropic.MessageParam[]) => {
      const params = { model, max_tokens: 2000, thinking, tools, messages };
      const { messages: api } = client(upstream);
      return streamed ? await api.stream(params).finalMessage() : await api.create(params);
    };
    const first = await say([question]);
    assert.equal(first.stop_reason, "tool_use");
    assert.deepEqual(first.content.map(({ type }) => type), ["thinking", "tool_use", "tool_use"]);
    assert.match(JSON.stringify(first.content[0]), /天気/);
    const { usage } = first;
    const counts = [usage.input_tokens, usage.cache_read_input_tokens];
    assert.deepEqual([...counts, usage.cache_creation_input_tokens], [50, 40, 10]);
    assert.deepEqual([usage.output_tokens, usage.output_tokens_details?.thinking_tokens], [30, 12]);
    const replay: Anthropic.MessageParam = { role: "assistant", content: first.content };
    const second = await say([question, replay, { role: "user", content: results(first) }]);
    assertNoRefusals(upstream);
    assert.equal(second.stop_reason, "end_turn");
    const text = second.content.flatMap((block) => block.type === "text" ? [block.text] : []);
    assert.equal(
      text.join(""),
      'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}',
    );
  });

  test(`replays redacted thinking and takes one call after the other, ${how}`, async (upstream) => {
    const messages: Anthropic.MessageParam[] = [
      { role: "user", content: "Weather in Paris and Rome, one by one, secretly?" },
    ];
    const types: string[][] = [];
    for (let round = 0; round < 3; round++) {
      const params = { model, max_tokens: 2000, thinking, tools, messages };
      const api = client(upstream).messages;
      const made = streamed ? await api.stream(params).finalMessage() : await api.create(params);
      types.push(made.content.map(({ type }) => type));
      messages.push({ role: "assistant", content: made.content });
      messages.push({ role: "user", content: results(made) });
    }
    assertNoRefusals(upstream);
    const step = ["redacted_thinking", "tool_use"];
    assert.deepEqual(types, [step, step, ["redacted_thinking", "text"]]);
  });

  test(`ends an answer in each way, ${how}`, async (upstream) => {
    type More = Partial<Anthropic.MessageCreateParamsNonStreaming>;
    const rows: readonly (readonly [content: string, more: More, reason: string])[] = [
      ["refuse", {}, "refusal"],
      ["hello", { max_tokens: 3 }, "max_tokens"],
      ["count", { stop_sequences: [" three"] }, "stop_sequence"],
      ["hello", {}, "end_turn"],
    ];
    for (const [content, more, reason] of rows) {
      const params: Anthropic.MessageCreateParamsNonStreaming = {
        ...{ model, max_tokens: 100, messages: [{ role: "user", content }] },
        ...more,
      };
      const { messages: api } = client(upstream);
      const made = streamed ? await api.stream(params).finalMessage() : await api.create(params);
      assert.equal(made.stop_reason, reason, content);
      assert.equal(made.stop_sequence, reason === "stop_sequence" ? " three" : null);
    }
  });
}

test("says what it understood", async (upstream) => {
  const made = await client(upstream).messages.create({
    ...{ model, max_tokens: 100, system: "Be brief.", tool_choice: { type: "none" }, tools },
    messages: [{
      role: "user",
      content: [{ type: "text", text: "Look" }, {
        type: "image",
        source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" },
      }],
    }],
  });
  const [block] = made.content;
  const said = JSON.parse(block?.type === "text" ? block.text : "");
  const { system, turns, images, toolChoice } = said;
  assert.deepEqual({ system, turns, images, toolChoice }, {
    system: "Be brief.",
    turns: ["user: text image"],
    images: 1,
    toolChoice: "none",
  });
});

test("answers a schema by JSON that satisfies it", async (upstream) => {
  const schema = {
    type: "object",
    properties: { city: { enum: ["Rome", "Paris"] }, degrees: { type: "integer" } },
    required: ["city", "degrees"],
    additionalProperties: false,
  };
  const made = await client(upstream).messages.create({
    ...{ model, max_tokens: 100, messages: [question] },
    output_config: { format: { type: "json_schema", schema } },
  });
  const [block] = made.content;
  assert.equal(block?.type === "text" ? block.text : "", '{"city":"Rome","degrees":7}');
});

test("counts tokens", async (upstream) => {
  const counted = await client(upstream).messages.countTokens({
    model,
    messages: [question],
    tools,
  });
  assert.equal(counted.input_tokens, countedTokens);
});

const errors = {
  400: Anthropic.BadRequestError,
  401: Anthropic.AuthenticationError,
  403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError,
  413: Anthropic.APIError,
  429: Anthropic.RateLimitError,
  500: Anthropic.InternalServerError,
  503: Anthropic.InternalServerError,
  529: Anthropic.InternalServerError,
};

test("fails with every status in the API's own words", async (upstream) => {
  for (const [status, kind] of Object.entries(errors)) {
    const content = `fail ${status}`;
    const params = { model, max_tokens: 9, messages: [{ role: "user", content }] } as const;
    const asked = client(upstream).messages.create({ ...params, messages: [...params.messages] });
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof kind && error instanceof Anthropic.APIError);
      assert.equal(String(error.status), status);
      assert.match(error.requestID ?? "", /^req_011C/);
      assert.match(
        JSON.stringify(error.error),
        /^\{"type":"error","error":\{"type":"\w+","message"/,
      );
      assert.equal(error.headers?.get("retry-after"), ["429", "529"].includes(status) ? "3" : null);
      return true;
    });
  }
});

test("fails and breaks off in the middle of a stream", async (upstream) => {
  const ask = (content: string) =>
    client(upstream).messages.stream({
      ...{ model, max_tokens: 9, messages: [{ role: "user", content }] },
    }).finalMessage();
  await assert.rejects(ask("fail 529 in stream"), /overloaded_error/);
  await assert.rejects(ask(scripted({ text: "A long and winding road", cutAfter: 2 })));
  const whole = await ask(scripted({ text: ["A ", "→ b"], delayMs: 1 }));
  assert.deepEqual(whole.content, [{ type: "text", text: "A → b" }]);
});

test("speaks as Vertex does", async (upstream) => {
  const base = `${upstream.url}/v1/projects/p-1/locations/us-east5/publishers/anthropic/models`;
  const auth = { authorization: "Bearer ya29.token" };
  const body = {
    anthropic_version: "vertex-2023-10-16",
    max_tokens: 100,
    messages: [{ role: "user", content: "hello" }],
  };
  const answered = await post(`${base}/claude-sonnet-4-5@20250929:rawPredict`, body, auth);
  assert.equal(answered.status, 200);
  assert.match(JSON.stringify(answered.body), /claude-sonnet-4-5@20250929/);
  const streamed = await post(`${base}/claude-sonnet-4-5@20250929:streamRawPredict`, {
    ...body,
    stream: true,
  }, auth);
  assert.match(String(streamed.body), /^event: message_start\n[^]*event: message_stop\n/);
  const counted = await post(`${base}/count-tokens:rawPredict`, {
    model: "claude-sonnet-4-5@20250929",
    messages: body.messages,
  }, auth);
  assert.deepEqual(counted.body, { input_tokens: countedTokens });
  const named = await post(`${base}/claude-sonnet-4-5:rawPredict`, { ...body, model }, auth);
  assert.match(JSON.stringify(named.body), /model: Extra inputs are not permitted.*req_vrtx_/);
  const unsigned = await post(`${base}/claude-sonnet-4-5:rawPredict`, body);
  assert.match(JSON.stringify(unsigned.body), /"code":401.*"status":"UNAUTHENTICATED"/);
});
