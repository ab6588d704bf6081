import assert from "node:assert/strict";
import { readRequest } from "../../../src/providers/mock/request.ts";
import { defaultText } from "../../../src/providers/mock/text.ts";
import { countTokens } from "../../../src/providers/mock/tokens.ts";
import { HELLO } from "./ask.ts";

const hello = readRequest(HELLO);

Deno.test("defaultText() is this text, on every machine and runtime", () => {
  assert.equal(
    defaultText(hello, 0, 40),
    'This is the mock provider, answering as model "gpt-4o". It received 1 message; the last one ' +
      'from the user is: "Hello". Anchor marble ember timber oak olive willow.',
  );
});

Deno.test("defaultText() has exactly as many tokens as asked for", () => {
  for (let length = 1; length <= 150; length++) {
    const text = defaultText(hello, 0, length);
    assert.equal(countTokens(text), length, text);
    if (length > 33) assert.match(text, /\w\.$/);
  }
});

Deno.test("defaultText() differs between choices and between questions", () => {
  const other = readRequest({ ...HELLO, messages: [{ role: "user", content: "Bye" }] });
  assert.notEqual(defaultText(hello, 0, 80), defaultText(hello, 1, 80));
  assert.notEqual(defaultText(hello, 0, 80), defaultText(other, 0, 80));
});

Deno.test("defaultText() quotes text parts of the last user message and cuts long ones", () => {
  const parts = [
    { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
    { type: "text", text: "x".repeat(500) },
  ];
  const request = readRequest({ ...HELLO, messages: [{ role: "user", content: parts }] });
  assert.match(defaultText(request, 0, 80), /is: "x{60}\.\.\."\. /);
});

Deno.test("defaultText() says which tools returned what", () => {
  const call = (id: string, name: string) => ({
    id,
    type: "function",
    function: { name, arguments: "{}" },
  });
  const request = readRequest({
    ...HELLO,
    messages: [
      ...HELLO.messages,
      { role: "assistant", content: null, tool_calls: [call("1", "time"), call("2", "weather")] },
      { role: "tool", tool_call_id: "2", content: "sunny" },
      { role: "tool", tool_call_id: "1", content: "noon" },
    ],
  });
  assert.match(
    defaultText(request, 0, 80),
    /4 messages; tool "weather" returned "sunny" and tool "time" returned "noon"\./,
  );
});

Deno.test("defaultText() copes with a conversation without a user", () => {
  const request = readRequest({ ...HELLO, messages: [{ role: "system", content: "Be kind" }] });
  assert.match(defaultText(request, 0, 80), /1 message, none of them with text from the user\./);
});
