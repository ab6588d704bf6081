import assert from "node:assert/strict";
import OpenAI from "openai";
import { ask, cleanTest, HELLO, provider } from "./ask.ts";

const messages = [{ role: "user" as const, content: "What is the weather in Paris?" }];
const MODEL = "gpt-4o";

/** The official client, whose HTTP calls end in a mock provider. */
function client(settings: unknown = {}): OpenAI {
  const one = provider({ strict: true, ...Object(settings) });
  return new OpenAI({
    apiKey: "none",
    baseURL: "http://mock/v1",
    maxRetries: 0,
    fetch: async (url, init = {}) =>
      await ask(one, typeof init.body === "string" ? init.body : "", {
        method: init.method ?? "GET",
        path: new URL(String(url)).pathname,
        ...(init.signal && { signal: init.signal }),
      }),
  });
}

cleanTest("the OpenAI SDK gets a whole answer", async () => {
  const answer = await client().chat.completions.create({ model: MODEL, messages });
  assert.match(answer.choices[0]?.message.content ?? "", /"What is the weather in Paris\?"/);
  assert.equal(answer.usage?.completion_tokens, 80);
  assert.match(answer._request_id ?? "", /^req_/);
});

cleanTest("the OpenAI SDK gets a stream with usage", async () => {
  const stream = client().chat.completions.stream({
    model: MODEL,
    messages,
    stream_options: { include_usage: true },
  });
  const whole = await client().chat.completions.create({ model: MODEL, messages });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0]?.message.content, whole.choices[0]?.message.content);
  assert.deepEqual(final.usage, whole.usage);
});

cleanTest("the OpenAI SDK's runTools() calls a scripted tool and ends its loop", async () => {
  const openai = client({
    responses: [{
      match: { lastUserMessage: { contains: "weather" } },
      toolCalls: [{ name: "get_weather", arguments: { city: "Paris" } }],
    }],
  });
  for (const stream of [false, true]) {
    const asked: string[] = [];
    const tools = [{
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "The weather of a city",
        parameters: { type: "object", properties: { city: { type: "string" } } },
        parse: JSON.parse,
        function: ({ city }: { readonly city: string }) => {
          asked.push(city);
          return "sunny";
        },
      },
    }];
    const runner = stream
      ? openai.chat.completions.runTools({ model: MODEL, messages, tools, stream: true })
      : openai.chat.completions.runTools({ model: MODEL, messages, tools });
    assert.match(await runner.finalContent() ?? "", /tool "get_weather" returned "sunny"/);
    assert.deepEqual(asked, ["Paris"]);
  }
});

cleanTest("the OpenAI SDK parses a structured output", async () => {
  const answer = await client().chat.completions.parse({
    model: MODEL,
    messages,
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "weather",
        strict: true,
        schema: {
          type: "object",
          properties: { city: { type: "string" }, celsius: { type: "number", minimum: 20 } },
          required: ["city", "celsius"],
          additionalProperties: false,
        },
      },
    },
  });
  assert.deepEqual(JSON.parse(answer.choices[0]?.message.content ?? ""), {
    city: "city",
    celsius: 20,
  });
});

const ERRORS = [
  [400, OpenAI.BadRequestError],
  [401, OpenAI.AuthenticationError],
  [403, OpenAI.PermissionDeniedError],
  [404, OpenAI.NotFoundError],
  [429, OpenAI.RateLimitError],
  [500, OpenAI.InternalServerError],
] as const;

for (const [status, kind] of ERRORS) {
  cleanTest(`the OpenAI SDK sees status ${status} as ${kind.name}`, async () => {
    const openai = client({ faults: { error: { status } } });
    for (const stream of [false, true]) {
      await assert.rejects(
        async () => await openai.chat.completions.create({ model: MODEL, messages, stream }),
        kind,
      );
    }
  });
}

cleanTest("the OpenAI SDK retries after a fault", async () => {
  const openai = client({ faults: { every: 2, error: { status: 429, retryAfter: "1ms" } } });
  await openai.chat.completions.create({ model: MODEL, messages });
  const answer = await openai.chat.completions.create({ model: MODEL, messages }, {
    maxRetries: 1,
  });
  assert.equal(answer.object, "chat.completion");
});

cleanTest("the OpenAI SDK sees a reset connection", async () => {
  const before = client({ faults: { resetAfter: 0 } });
  await assert.rejects(
    async () => await before.chat.completions.create({ model: MODEL, messages }),
    OpenAI.APIConnectionError,
  );
  const within = client({ faults: { resetAfter: 3 } });
  const stream = await within.chat.completions.create({ model: MODEL, messages, stream: true });
  await assert.rejects(async () => await Array.fromAsync(stream), /connection reset/);
});

cleanTest("the OpenAI SDK aborts a slow stream and leaves nothing behind", async () => {
  const openai = client({ pace: { perToken: "1h" } });
  const stream = await openai.chat.completions.create({ model: MODEL, messages, stream: true });
  let seen = 0;
  for await (const _ of stream) {
    seen++;
    if (seen === 2) stream.controller.abort();
  }
  assert.equal(seen, 2);
});

cleanTest("the OpenAI SDK lists the model", async () => {
  const models = await Array.fromAsync(client().models.list());
  assert.deepEqual(models.map(({ id }) => id), ["mock"]);
});

cleanTest("the OpenAI SDK's types know every parameter that strict lets pass", async () => {
  const response = await ask(provider({ strict: true }), {
    ...HELLO,
    verbosity: "low",
    store: false,
    prompt_cache_key: "x",
    safety_identifier: "y",
  });
  assert.equal(response.status, 200);
  await response.body?.cancel();
});
