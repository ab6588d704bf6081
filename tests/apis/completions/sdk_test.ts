import assert from "node:assert/strict";
import * as fc from "fast-check";
import OpenAI from "openai";
import { serve } from "../../../src/apis/completions/serve.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { answers, eventsOf } from "./arbitrary_answers.ts";
import { answering } from "./chats.ts";

/** OpenAI's own SDK before an answer that is there already. */
function clientOf(body: string, contentType: string): OpenAI {
  const headers = { "content-type": contentType };
  return new OpenAI({
    apiKey: "key",
    baseURL: "http://127.0.0.1:1",
    fetch: () => Promise.resolve(new Response(body, { headers })),
  });
}

const REQUEST = { model: "m", messages: [] };
const OPTIONS = { stream_options: { include_usage: true } } as const;

/** What the SDK makes of a stream, without the members that it does not know. */
async function streamed(events: readonly ChatEvent[]) {
  const write = serve.writeStream(answering(OPTIONS));
  const client = clientOf(events.map(write).join(""), "text/event-stream");
  const stream = client.chat.completions.stream({ ...REQUEST, ...OPTIONS });
  return official(await stream.finalChatCompletion());
}

function official({ id, model, created, object, choices, usage, service_tier }: {
  readonly [Key in keyof OpenAI.ChatCompletion]: OpenAI.ChatCompletion[Key];
}) {
  const known = choices.map(({ index, finish_reason, logprobs, message }) => {
    const { role, content, refusal, tool_calls: calls = [] } = message;
    const tool_calls = calls.map((call) =>
      call.type === "custom" ? call : {
        id: call.id,
        type: call.type,
        name: call.function.name,
        arguments: call.function.arguments,
      }
    );
    return { index, finish_reason, logprobs, role, content, refusal, tool_calls };
  });
  // Where there is no usage, the chunks of a client that asked for it say null.
  const rest = { usage: usage ?? undefined, service_tier };
  return JSON.parse(JSON.stringify({ id, model, created, object, choices: known, ...rest }));
}

Deno.test("writeStream() folds to writeResponse() by OpenAI's own SDK", async () => {
  const property = fc.asyncProperty(answers.chain(eventsOf), async ({ response, events }) => {
    const body = JSON.stringify(serve.writeResponse(response, answering()));
    const client = clientOf(body, "application/json");
    const whole = official(await client.chat.completions.create(REQUEST));
    assert.deepEqual(await streamed(events), whole);
  });
  await fc.assert(property, { numRuns: 100 });
});

Deno.test("writeStream() makes OpenAI's own SDK throw what the provider said", async () => {
  const fault = { status: 529, message: "busy", code: "overloaded" };
  const events: ChatEvent[] = [
    { type: "start", id: "r-1", model: "m-1" },
    { type: "block-start", index: 0, block: { type: "text", text: "a" } },
    { type: "error", fault },
  ];
  await assert.rejects(streamed(events), { message: /busy/, code: "overloaded" });
});
