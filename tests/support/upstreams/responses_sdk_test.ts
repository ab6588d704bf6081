import assert from "node:assert/strict";
import OpenAI from "openai";
import { assertNoRefusals, testStandIn } from "./claims.ts";
import { ResponsesUpstream } from "./responses_upstream.ts";
import { scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Input = OpenAI.Responses.ResponseInputItem[];

const model = "gpt-5";
const tools: OpenAI.Responses.FunctionTool[] = [{
  type: "function",
  name: "get_weather",
  strict: true,
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
}];
const stateless: Partial<Params> = {
  store: false,
  include: ["reasoning.encrypted_content"],
  reasoning: { effort: "low", summary: "auto" },
};

function client(upstream: StandIn): OpenAI {
  return new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: "sk-test", maxRetries: 0 });
}

function test(claim: string, check: (upstream: StandIn) => Promise<void>): void {
  testStandIn(`ResponsesUpstream ${claim}`, () => ResponsesUpstream.start(), check);
}

function results(response: OpenAI.Responses.Response): Input {
  return response.output.flatMap((item) =>
    item.type === "function_call"
      ? [{ type: "function_call_output", call_id: item.call_id, output: `18 C ${item.arguments}` }]
      : []
  );
}

/** An answer's items as a request may bring them back, without what the SDK adds to them. */
function replayed(response: OpenAI.Responses.Response): Input {
  return response.output.flatMap((item): Input => {
    if (item.type === "reasoning") return [item];
    if (item.type !== "function_call") return [];
    const { type, call_id, name, arguments: text, id = "fc_none" } = item;
    return [{ type, call_id, name, arguments: text, id }];
  });
}

const sayer = (upstream: StandIn, streamed: boolean) => async (params: Params) => {
  const { responses } = client(upstream);
  return streamed
    ? await responses.stream({ ...params, stream: true }).finalResponse()
    : await responses.create(params);
};

const told = 'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}';

for (const streamed of [false, true]) {
  const how = streamed ? "streamed" : "buffered";

  test(`runs a tool loop with encrypted reasoning, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const input: Input = [{ role: "user", content: "Weather in Paris and Rome?" }];
    const first = await say({ model, tools, input, ...stateless });
    const types = first.output.map(({ type }) => type);
    assert.deepEqual(types, ["reasoning", "function_call", "function_call"]);
    assert.match(JSON.stringify(first.output[0]), /天気.*|gAAAAA/);
    const { usage } = first;
    assert.deepEqual([usage?.input_tokens, usage?.output_tokens], [100, 30]);
    assert.equal(usage?.input_tokens_details.cached_tokens, 40);
    assert.equal(usage?.output_tokens_details.reasoning_tokens, 12);
    const replay = [...input, ...replayed(first), ...results(first)];
    const second = await say({ model, tools, input: replay, ...stateless });
    assertNoRefusals(upstream);
    assert.equal(second.output_text, told);
    assert.equal(second.status, "completed");
  });

  test(`runs a tool loop on stored responses, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const first = await say({ model, tools, input: "Weather in Paris and Rome?" });
    const second = await say({
      ...{ model, tools, previous_response_id: first.id, input: results(first) },
    });
    assert.equal(second.output_text, told);
    const references = first.output.map(({ id }) => ({ type: "item_reference", id }) as const);
    const ids: Input = references.flatMap(({ type, id }) => id === undefined ? [] : [{ type, id }]);
    const input: Input = [{ role: "user", content: "Paris, Rome" }, ...ids, ...results(first)];
    assert.equal((await say({ model, tools, input })).output_text, told);
    assertNoRefusals(upstream);
  });

  test(`ends a response in each way, ${how}`, async (upstream) => {
    const say = sayer(upstream, streamed);
    const refused = await say({ model, input: "refuse" });
    assert.match(JSON.stringify(refused.output), /"type":"refusal","refusal":"I'm sorry/);
    assert.equal(refused.status, "completed");
    const cut = await say({ model, input: "hello", max_output_tokens: 16 });
    assert.deepEqual([cut.status, cut.incomplete_details], ["incomplete", {
      reason: "max_output_tokens",
    }]);
    const filtered = await say({ model, input: "filter" });
    assert.deepEqual(filtered.incomplete_details, { reason: "content_filter" });
  });
}

test("says what it understood", async (upstream) => {
  const made = await client(upstream).responses.create({
    ...{ model: "gpt-4.1", instructions: "Be brief.", temperature: 0.5 },
    input: [{
      role: "user",
      content: [
        { type: "input_text", text: "Look" },
        { type: "input_image", detail: "low", image_url: "data:image/png;base64,iVBORw0KGgo=" },
      ],
    }],
  });
  const { system, turns, images, sampling } = JSON.parse(made.output_text);
  assert.deepEqual({ system, turns, images, sampling }, {
    system: "Be brief.",
    turns: ["user: text image"],
    images: 1,
    sampling: { temperature: 0.5 },
  });
});

test("answers a schema by JSON that satisfies it", async (upstream) => {
  const schema = {
    type: "object",
    properties: { city: { enum: ["Rome"] }, degrees: { type: "integer" } },
    required: ["city", "degrees"],
    additionalProperties: false,
  };
  const format = { type: "json_schema", name: "weather", strict: true, schema } as const;
  const made = await client(upstream).responses.create({ model, input: "x", text: { format } });
  assert.equal(made.output_text, '{"city":"Rome","degrees":7}');
});

test("embeds", async (upstream) => {
  const { embeddings } = client(upstream);
  const params = { model: "text-embedding-3-small", input: ["a", "b"], dimensions: 8 };
  const made = await embeddings.create(params);
  const plain = await embeddings.create({ ...params, encoding_format: "float" });
  assert.deepEqual(made.data.map(({ embedding }) => embedding.length), [8, 8]);
  assert.deepEqual(made.data, plain.data);
  assert.deepEqual(made.usage, { prompt_tokens: 2, total_tokens: 2 });
});

const errors = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  413: OpenAI.APIError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
  529: OpenAI.InternalServerError,
};

test("fails with every status in the API's own words", async (upstream) => {
  for (const [status, kind] of Object.entries(errors)) {
    const asked = client(upstream).responses.create({ model, input: `fail ${status}` });
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof kind && error instanceof OpenAI.APIError);
      assert.equal(String(error.status), status);
      assert.match(error.requestID ?? "", /^req_/);
      assert.deepEqual(Object.keys(Object(error.error)).sort(), [
        "code",
        "message",
        "param",
        "type",
      ]);
      assert.equal(error.headers?.get("retry-after"), ["429", "503"].includes(status) ? "3" : null);
      return true;
    });
  }
});

test("fails and breaks off in the middle of a stream", async (upstream) => {
  const ask = (input: string) => client(upstream).responses.stream({ model, input });
  const failed = await ask("fail 429 in stream").finalResponse();
  assert.deepEqual([failed.status, failed.error?.code], ["failed", "rate_limit_exceeded"]);
  await assert.rejects(ask("fail 400 in stream").finalResponse(), /could not parse/);
  const cut = scripted({ text: "A long and winding road", cutAfter: 2 });
  await assert.rejects(ask(cut).finalResponse());
});

test("numbers its events and hides their lengths", async (upstream) => {
  const events: OpenAI.Responses.ResponseStreamEvent[] = [];
  const stream = await client(upstream).responses.create({ model, input: "hello", stream: true });
  for await (const event of stream) events.push(event);
  const numbers = events.map((event) => event.sequence_number);
  assert.deepEqual(numbers, events.map((_, index) => index));
  const delta = events.find(({ type }) => type === "response.output_text.delta");
  assert.equal(typeof Reflect.get(Object(delta), "obfuscation"), "string");
});
