import assert from "node:assert/strict";
import { responses } from "../../../src/apis/responses/index.ts";
import type { Fault } from "../../../src/chat/fault.ts";

const OWN: readonly [string, unknown, boolean][] = [
  ["an OpenAI error", { error: { message: "m", type: "t", param: null, code: null } }, true],
  ["an error with a word for a code", { error: { message: "m", code: "c" } }, true],
  ["an Anthropic error", { type: "error", error: { type: "t", message: "m" } }, false],
  ["a Google error", { error: { code: 400, message: "m", status: "S" } }, false],
  ["an AWS error", { message: "m" }, false],
  ["a text", { error: "m" }, false],
  ["no object", "m", false],
];

for (const [claim, body, expected] of OWN) {
  Deno.test(`isOwnError() is ${expected} for ${claim}`, () => {
    assert.equal(responses.isOwnError(body), expected);
  });
}

const EVENTS: readonly [string, Fault, object][] = [
  ["its code", { status: 400, message: "m", code: "c", param: "p" }, { code: "c", param: "p" }],
  ["a code for a limit", { status: 429, message: "m" }, {
    code: "rate_limit_exceeded",
    param: null,
  }],
  ["a code of OpenAI's in place of Google's", { status: 429, message: "m", code: "RESOURCE_X" }, {
    code: "rate_limit_exceeded",
    param: null,
  }],
  ["a code for a mistake", { status: 404, message: "m" }, {
    code: "invalid_request_error",
    param: null,
  }],
  ["a code for a failure", { status: 502, message: "m" }, { code: "server_error", param: null }],
];

for (const [claim, fault, expected] of EVENTS) {
  Deno.test(`writeErrorEvent() gives a fault ${claim}`, () => {
    const text = new TextDecoder().decode(responses.writeErrorEvent(fault));
    const data = /^event: error\ndata: (.*)\n\n$/.exec(text)?.[1] ?? "";
    assert.deepEqual(JSON.parse(data), {
      type: "error",
      sequence_number: 0,
      message: "m",
      ...expected,
    });
  });
}
