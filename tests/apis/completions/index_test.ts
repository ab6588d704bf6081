import assert from "node:assert/strict";
import { completions, completionsCall } from "../../../src/apis/completions/index.ts";

const OWN: readonly [unknown, boolean][] = [
  [{ error: { message: "x" } }, true],
  [{ error: { message: "x", type: "t", param: null, code: null } }, true],
  [{ error: { message: "x", code: "c" } }, true],
  [{ type: "error", error: { message: "x", type: "overloaded_error" } }, false],
  [{ error: { message: "x", code: 429, status: "RESOURCE_EXHAUSTED" } }, false],
  [{ error: { code: "c" } }, false],
  [{ error: "x" }, false],
  [{ message: "x" }, false],
  [[{ error: { message: "x" } }], false],
  [null, false],
];

for (const [body, expected] of OWN) {
  Deno.test(`isOwnError() of ${JSON.stringify(body)} is ${expected}`, () => {
    assert.equal(completions.isOwnError(body), expected);
  });
}

Deno.test("writeErrorEvent() is one event in OpenAI's shape", () => {
  const bytes = completions.writeErrorEvent({ status: 429, message: "slow", code: "rpm" });
  assert.equal(
    new TextDecoder().decode(bytes),
    `data: {"error":{"message":"slow","type":"rate_limit_error","param":null,"code":"rpm"}}\n\n`,
  );
});

Deno.test("completions is metered chat, with its model in the body", () => {
  const { operation, metered, modelIn, requestIdHeader, path } = completions;
  assert.deepEqual([operation, metered, modelIn], ["chat", true, "body"]);
  assert.equal(requestIdHeader, "x-request-id");
  assert.deepEqual([path, completionsCall.path], ["/chat/completions", "/chat/completions"]);
  assert.deepEqual([completionsCall.name, completionsCall.framing], ["completions", "sse"]);
});
