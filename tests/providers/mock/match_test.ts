import assert from "node:assert/strict";
import { at } from "../../support/json.ts";
import { answerOf, HELLO } from "./ask.ts";

const says = (content: string) => ({ model: "gpt-4o-mini", messages: [{ role: "user", content }] });
const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const afterTool = {
  ...HELLO,
  messages: [
    ...HELLO.messages,
    { role: "assistant", tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: "42" },
  ],
};

const CASES: readonly (readonly [unknown, object, boolean])[] = [
  [{}, HELLO, true],
  [{ model: "gpt-4o" }, HELLO, true],
  [{ model: "gpt-4" }, HELLO, false],
  [{ model: "gpt-*" }, HELLO, true],
  [{ model: "*4*" }, HELLO, true],
  [{ model: "g*t.4o" }, HELLO, false],
  [{ lastUserMessage: { contains: "ell" } }, HELLO, true],
  [{ lastUserMessage: { contains: "ELL" } }, HELLO, false],
  [{ lastUserMessage: { equals: "Hello" } }, HELLO, true],
  [{ lastUserMessage: { equals: "Hell" } }, HELLO, false],
  [{ lastUserMessage: { regex: "^ticket \\d+$" } }, says("ticket 12"), true],
  [{ lastUserMessage: { regex: "^ticket \\d+$" } }, says("ticket x"), false],
  [{ lastUserMessage: { regex: "(?i)HELLO" } }, says("oh, hello you"), true],
  [{ model: "gpt-*", lastUserMessage: { equals: "x" } }, HELLO, false],
  [{ afterTool: true }, HELLO, false],
  [{ afterTool: true }, afterTool, true],
  [{ afterTool: false }, afterTool, false],
  [{}, afterTool, true],
];

for (const [match, body, matches] of CASES) {
  const claim = matches ? "matches" : "does not match";
  Deno.test(`match ${JSON.stringify(match)} ${claim} ${JSON.stringify(body)}`, async () => {
    const answer = await answerOf({ responses: [{ match, text: "scripted" }] }, body);
    assert.equal(at(answer, "choices", 0, "message", "content") === "scripted", matches);
  });
}

Deno.test("match takes the first response that fits", async () => {
  const responses = [
    { match: { model: "other" }, text: "one" },
    { match: { lastUserMessage: { contains: "Hello" } }, text: "two" },
    { text: "three" },
  ];
  const answer = await answerOf({ responses }, HELLO);
  assert.equal(at(answer, "choices", 0, "message", "content"), "two");
});

Deno.test("match leaves a response with toolCalls out after a tool unless it says so", async () => {
  const toolCalls = [{ name: "f" }];
  const path = ["choices", 0, "finish_reason"] as const;
  assert.equal(at(await answerOf({ responses: [{ toolCalls }] }, HELLO), ...path), "tool_calls");
  assert.equal(at(await answerOf({ responses: [{ toolCalls }] }, afterTool), ...path), "stop");
  const insisting = { responses: [{ match: { afterTool: true }, toolCalls }] };
  assert.equal(at(await answerOf(insisting, afterTool), ...path), "tool_calls");
});
