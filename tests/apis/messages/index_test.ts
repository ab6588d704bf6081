import assert from "node:assert/strict";
import { messages, messagesCall } from "../../../src/apis/messages/index.ts";

const OWN: readonly [body: unknown, isOwn: boolean][] = [
  [{ type: "error", error: { type: "api_error", message: "m" } }, true],
  [{ type: "error", error: { type: "api_error", message: "m" }, request_id: "r" }, true],
  [{ error: { type: "api_error", message: "m" } }, false],
  [{ type: "error", error: { message: "m" } }, false],
  [{ type: "error", error: { type: "api_error" } }, false],
  [{ type: "error", error: "m" }, false],
  [[{ error: { code: 400, message: "m" } }], false],
  ["m", false],
];

for (const [body, isOwn] of OWN) {
  Deno.test(`isOwnError() is ${isOwn} for ${JSON.stringify(body)}`, () => {
    assert.equal(messages.isOwnError(body), isOwn);
  });
}

Deno.test("writeErrorEvent() is an event named error, in Anthropic's words", () => {
  const bytes = messages.writeErrorEvent({ status: 529, message: "Overloaded" });
  assert.equal(
    new TextDecoder().decode(bytes),
    "event: error\n" +
      'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
  );
});

Deno.test("messages and messagesCall are named and found alike", () => {
  const { name, path, operation, metered, modelIn, requestIdHeader } = messages;
  assert.deepEqual([name, path], [messagesCall.name, messagesCall.path]);
  assert.deepEqual([name, path, operation], ["messages", "/messages", "chat"]);
  assert.deepEqual([metered, modelIn, requestIdHeader], [true, "body", "request-id"]);
  assert.equal(messagesCall.framing, "sse");
});
