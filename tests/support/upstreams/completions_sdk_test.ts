import assert from "node:assert/strict";
import OpenAI from "openai";
import { at } from "../json.ts";
import { assertNoRefusals, testStandIn } from "./claims.ts";
import { type CompletionsOptions, CompletionsUpstream } from "./completions_upstream.ts";
import { scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type Messages = OpenAI.Chat.ChatCompletionMessageParam[];
type Message = OpenAI.Chat.ChatCompletionMessage;

const tools: OpenAI.Chat.ChatCompletionTool[] = [{
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
}];

function client(upstream: StandIn): OpenAI {
  return new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: "sk-test", maxRetries: 0 });
}

function test(
  claim: string,
  check: (upstream: StandIn) => Promise<void>,
  options: CompletionsOptions = {},
): void {
  testStandIn(`CompletionsUpstream ${claim}`, () => CompletionsUpstream.start(options), check);
}

const sayer = (upstream: StandIn, streamed: boolean) => async (params: Params) => {
  const { completions } = client(upstream).chat;
  if (!streamed) return await completions.create(params);
  const options = { include_usage: true };
  const stream = completions.stream({ ...params, stream: true, stream_options: options });
  return await stream.finalChatCompletion();
};

function results(message: Message | undefined): Messages {
  return (message?.tool_calls ?? []).flatMap((call): Messages =>
    call.type === "function"
      ? [{ role: "tool", tool_call_id: call.id, content: `18 C ${call.function.arguments}` }]
      : []
  );
}

/** An assistant's turn as a request may bring it back, with the thoughts of any dialect. */
function replayed(message: Message | undefined): Messages {
  if (message === undefined) return [];
  const calls = (message.tool_calls ?? []).flatMap((call) =>
    call.type === "function"
      ? [{
        id: call.id,
        type: call.type,
        function: { name: call.function.name, arguments: call.function.arguments },
      }]
      : []
  );
  const thoughts = Object.fromEntries(
    Object.entries(message).filter(([name]) => name.startsWith("reasoning")),
  );
  return [{ role: "assistant", content: message.content, tool_calls: calls, ...thoughts }];
}

const told = 'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}';

const dialects = [
  { flavour: "openai", model: "gpt-5", thoughts: /^$/ },
  { flavour: "deepseek", model: "deepseek-reasoner", thoughts: /天気/ },
  { flavour: "openrouter", model: "anthropic/claude", thoughts: /天気.*"signature":"EqQ/ },
] as const;

for (const { flavour, model, thoughts } of dialects) {
  for (const streamed of flavour === "openrouter" ? [false] : [false, true]) {
    const how = streamed ? "streamed" : "buffered";

    test(`runs a tool loop as ${flavour} does, ${how}`, async (upstream) => {
      const say = sayer(upstream, streamed);
      const messages: Messages = [{ role: "user", content: "Weather in Paris and Rome?" }];
      const params: Params = { model, tools, messages, reasoning_effort: "low" };
      const first = await say(params);
      const [choice] = first.choices;
      assert.equal(choice?.finish_reason, "tool_calls");
      assert.equal(choice.message.tool_calls?.length, 2);
      const { reasoning_content, reasoning_details } = Object(choice.message);
      const seen = [reasoning_content, reasoning_details && JSON.stringify(reasoning_details)];
      // The SDK joins what it does not know of a stream by overwriting it.
      if (!streamed) assert.match(seen.join(""), thoughts);
      const { usage } = first;
      assert.deepEqual([usage?.prompt_tokens, usage?.completion_tokens], [100, 30]);
      assert.equal(usage?.prompt_tokens_details?.cached_tokens, 40);
      assert.equal(usage?.completion_tokens_details?.reasoning_tokens, 12);
      const replay = [...messages, ...replayed(choice.message), ...results(choice.message)];
      const second = await say({ ...params, messages: replay });
      assertNoRefusals(upstream);
      assert.equal(second.choices[0]?.message.content, told);
      assert.equal(second.choices[0]?.finish_reason, "stop");
    }, { flavour });
  }
}

for (const streamed of [false, true]) {
  test(`ends an answer in each way, ${streamed ? "streamed" : "buffered"}`, async (upstream) => {
    const say = async (content: string, more: Partial<Params> = {}) => {
      const messages: Messages = [{ role: "user", content }];
      const made = await sayer(upstream, streamed)({ model: "gpt-4.1", messages, ...more });
      return made.choices[0];
    };
    assert.equal((await say("refuse"))?.message.refusal, "I'm sorry, but I can't help with that.");
    assert.equal((await say("filter"))?.finish_reason, "content_filter");
    assert.equal((await say("hello", { max_tokens: 3 }))?.finish_reason, "length");
    assert.equal((await say("count", { stop: " three" }))?.message.content, "one two");
  });
}

test("says what it understood", async (upstream) => {
  const url = "data:image/png;base64,iVBORw0KGgo=";
  const made = await client(upstream).chat.completions.create({
    ...{ model: "gpt-4.1", temperature: 0.5 },
    messages: [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [{ type: "text", text: "Look" }, { type: "image_url", image_url: { url } }],
      },
    ],
  });
  const { system, turns, images, sampling } = JSON.parse(made.choices[0]?.message.content ?? "");
  assert.deepEqual({ system, turns, images, sampling }, {
    system: "Be brief.",
    turns: ["user: text image"],
    images: 1,
    sampling: { temperature: 0.5 },
  });
});

test("answers a schema by JSON that satisfies it", async (upstream) => {
  const schema = { type: "object", properties: { degrees: { type: "integer" } } };
  const format = { type: "json_schema", json_schema: { name: "weather", schema } } as const;
  const messages: Messages = [{ role: "user", content: "x" }];
  const made = await sayer(upstream, false)({ model: "gpt-5", messages, response_format: format });
  assert.equal(made.choices[0]?.message.content, '{"degrees":7}');
});

test("fails with every status, and in the middle of a stream", async (upstream) => {
  const ask = (content: string, streamed: boolean) => {
    const messages: Messages = [{ role: "user", content }];
    return sayer(upstream, streamed)({ model: "gpt-5", messages });
  };
  for (const status of [400, 401, 403, 404, 413, 429, 500, 503, 529]) {
    await assert.rejects(ask(`fail ${status}`, false), (error) => {
      assert.ok(error instanceof OpenAI.APIError);
      assert.equal(error.status, status);
      assert.equal(typeof at(error.error, "message"), "string");
      return true;
    });
  }
  await assert.rejects(ask("fail 429 in stream", true), /Rate limit reached/);
  await assert.rejects(ask(scripted({ text: "A long and winding road", cutAfter: 2 }), true));
});
