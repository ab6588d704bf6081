import * as fc from "fast-check";
import assert from "node:assert/strict";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import { serve } from "../../../src/apis/responses/serve.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { chats, responses } from "./arbitraries.ts";
import { answerContext, callContext, eventsOf, payloads } from "./samples.ts";

/** The text of a whole stream. */
function stream(response: ChatResponse, size: number): string {
  const write = serve.writeStream(answerContext());
  return eventsOf(response, size).map(write).join("");
}

Deno.test("readRequest() reads what writeRequest() wrote as the same chat", () => {
  fc.assert(
    fc.property(chats, (chat) => {
      const lost = losses({});
      const json = responsesCall.writeRequest(chat, lost);
      assert.deepEqual(lost.found, []);
      const back = serve.readRequest({
        json: JSON.parse(JSON.stringify(json)),
        model: "m",
        streaming: json.stream === true,
        headers: new Headers(),
      });
      assert.deepEqual(plain({ ...back, api: "messages" }), plain(chat));
    }),
    { numRuns: 300 },
  );
});

Deno.test("readResponse() reads what writeResponse() wrote as the same answer", () => {
  fc.assert(
    fc.property(responses, (response) => {
      const json = serve.writeResponse(response, answerContext());
      const back = responsesCall.readResponse(JSON.parse(JSON.stringify(json)), callContext());
      assert.deepEqual(withoutItemIds(back), withoutItemIds(response));
    }),
    { numRuns: 300 },
  );
});

Deno.test("readStream() of what writeStream() wrote tells what the whole answer says", () => {
  fc.assert(
    fc.property(responses, fc.integer({ min: 1, max: 9 }), (response, size) => {
      const reader = responsesCall.readStream(callContext());
      const events = payloads(stream(response, size)).flatMap((payload) =>
        reader.push(JSON.stringify(payload))
      );
      assert.deepEqual(reader.end(), []);
      const whole = serve.writeResponse(response, answerContext());
      const read = responsesCall.readResponse(JSON.parse(JSON.stringify(whole)), callContext());
      assert.deepEqual(foldEvents(events), read);
    }),
    { numRuns: 300 },
  );
});

Deno.test("writeStream() ends with the response that writeResponse() gives", () => {
  fc.assert(
    fc.property(responses, fc.integer({ min: 1, max: 9 }), (response, size) => {
      const last = payloads(stream(response, size)).at(-1);
      assert.deepEqual(last?.response, plain(serve.writeResponse(response, answerContext())));
    }),
    { numRuns: 300 },
  );
});

Deno.test("writeStream() numbers its events and closes what it opens", () => {
  fc.assert(fc.property(responses, (response) => {
    const seen = payloads(stream(response, 4));
    assert.deepEqual(seen.map((event) => event.sequence_number), [...seen.keys()]);
    const count = (suffix: string) => seen.filter(({ type }) => `${type}`.endsWith(suffix)).length;
    assert.equal(count("output_item.added"), count("output_item.done"));
    assert.equal(count("content_part.added"), count("content_part.done"));
    assert.equal(count("summary_part.added"), count("summary_part.done"));
  }));
});

/** A client gets items under ids of its own. */
function withoutItemIds(response: ChatResponse): unknown {
  return JSON.parse(
    JSON.stringify(response),
    (key, value) => key === "seal" ? { ...value, id: undefined } : value,
  );
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
