import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeRequest } from "../../../src/apis/completions/call.ts";
import { readResponse } from "../../../src/apis/completions/read_response.ts";
import { serve } from "../../../src/apis/completions/serve.ts";
import { readStream } from "../../../src/apis/completions/stream_reader.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { answers, chunkings, eventsOf, wireAnswers } from "./arbitrary_answers.ts";
import { requests } from "./arbitrary_requests.ts";
import { answering, calling, chatOf } from "./chats.ts";

Deno.test("readRequest() of writeRequest() is the request", () => {
  fc.assert(
    fc.property(requests, (chat) => {
      const lost = losses({});
      const json = writeRequest(chat, lost);
      assert.deepEqual(lost.found, []);
      const headers = new Headers();
      const again = serve.readRequest({ json, model: chat.model, streaming: chat.stream, headers });
      assert.deepEqual(again, chat);
    }),
    { numRuns: 500 },
  );
});

Deno.test("writeRequest() of readRequest() of its own is what it was", () => {
  fc.assert(fc.property(requests, (chat) => {
    const json = writeRequest(chat, losses({}));
    const headers = new Headers();
    const { model, stream: streaming } = chat;
    const again = serve.readRequest({ json, model, streaming, headers });
    assert.deepEqual(writeRequest(again, losses({})), json);
  }));
});

Deno.test("writeRequest() reports every native member of a client of another API", () => {
  const names = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), {
    noNullPrototype: true,
  });
  fc.assert(fc.property(names, (native) => {
    const lost = losses({});
    writeRequest(chatOf({ native }), lost);
    const silent = Object.entries(native).filter(([name, value]) =>
      !lost.found.some(({ field }) => field === name) && !(name === "store" && value === false)
    );
    assert.deepEqual(silent, []);
  }));
});

/** What reading the stream of an answer's chunks folds to. */
function streamed(texts: readonly string[], chat: ChatRequest): ChatResponse {
  const reader = readStream(calling(chat));
  return foldEvents([...texts.flatMap((text) => reader.push(text)), ...reader.end()]);
}

function dataOf(stream: string): string[] {
  return stream.split("\n\n").slice(0, -1).map((event) => event.replace(/^data: /, ""));
}

Deno.test("readStream() of writeStream() folds to readResponse() of writeResponse()", () => {
  fc.assert(
    fc.property(answers.chain(eventsOf), ({ response, events }) => {
      const json: JsonObject = { stream_options: { include_usage: true } };
      const write = serve.writeStream(answering(json));
      const data = dataOf(events.map(write).join(""));
      const whole = serve.writeResponse(response, answering());
      assert.deepEqual(streamed(data, chatOf()), readResponse(whole, calling()));
    }),
    { numRuns: 500 },
  );
});

Deno.test("readStream() of an answer in chunks folds to readResponse() of it", () => {
  fc.assert(
    fc.property(wireAnswers.chain(chunkings), ({ answer, chunks }) => {
      const data = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"];
      assert.deepEqual(streamed(data, chatOf()), readResponse(answer, calling()));
    }),
    { numRuns: 500 },
  );
});

Deno.test("readStream() keeps to the grammar of steps, whatever comes", () => {
  const oddities = fc.array(fc.oneof(
    wireAnswers.chain(chunkings).chain(({ chunks }) => fc.constantFrom({}, ...chunks)),
    fc.record({ choices: fc.array(fc.record({ delta: fc.jsonValue(), index: fc.jsonValue() })) }),
    fc.jsonValue(),
  ));
  fc.assert(
    fc.property(oddities, (chunks) => {
      const reader = readStream(calling());
      const events = chunks.flatMap((chunk) => reader.push(JSON.stringify(chunk)));
      events.push(...reader.push("[DONE]"), ...reader.end());
      if (events.at(-1)?.type === "error") return;
      foldEvents(events);
    }),
    { numRuns: 500 },
  );
});
