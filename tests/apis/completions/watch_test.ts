import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { watchStream } from "../../../src/apis/completions/watch.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a client gets of a stream, and what the watch says at its end. */
function watch(text: string, request: JsonObject = {}) {
  const watched = watchStream(request);
  const out = sseSplitter().push(encoder.encode(text)).map((frame) => {
    const seen = watched.see(frame);
    return { text: seen === undefined ? "" : decoder.decode(seen), same: seen === frame.bytes };
  });
  return {
    text: out.map((part) => part.text).join(""),
    same: out.every((part) => part.same),
    summary: watched.summary,
    progress: watched.progress,
    started: watched.started,
    fault: watched.fault,
  };
}

const event = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;
const content = (text: string, more: object = {}) =>
  event({ choices: [{ index: 0, delta: { content: text } }], ...more });
const finish = (index = 0) => event({ choices: [{ index, delta: {}, finish_reason: "stop" }] });
const USAGE = { prompt_tokens: 7, completion_tokens: 3 };
const COUNTED = { inputTokens: 7, outputTokens: 3 };
const SHOWS: JsonObject = { stream_options: { include_usage: true } };
const HIDES: readonly JsonObject[] = [
  {},
  { stream_options: null },
  { stream_options: {} },
  { stream_options: { include_usage: false } },
  { stream_options: { include_usage: "true" } },
];

Deno.test("watchStream() leaves a stream untouched for a client that asked for usage", () => {
  const text = content("a", { usage: null }) + finish() + event({ choices: [], usage: USAGE }) +
    "data: [DONE]\n\n";
  const seen = watch(text, SHOWS);
  assert.deepEqual([seen.text, seen.same], [text, true]);
  assert.deepEqual(seen.summary, { usage: COUNTED, textLength: 1 });
});

Deno.test("watchStream() hides both marks of usage from a client that did not ask", () => {
  for (const request of HIDES) {
    const text = content("a", { usage: null }) + finish() + event({ choices: [], usage: USAGE }) +
      "data: [DONE]\n\n";
    const seen = watch(text, request);
    assert.equal(seen.text, content("a") + finish() + "data: [DONE]\n\n");
    assert.deepEqual(seen.summary.usage, COUNTED);
  }
});

Deno.test("watchStream() keeps usage that came with choices, which nobody added", () => {
  const text = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: USAGE });
  const seen = watch(text);
  assert.deepEqual([seen.text, seen.summary.usage], [text, COUNTED]);
});

const NULLS: readonly [string, string, string][] = [
  ["in the middle", `{"a":1, "usage" : null,"choices":[]}`, `{"a":1,"choices":[]}`],
  ["at the end", `{"choices":[],"usage":null}`, `{"choices":[]}`],
  ["at the beginning", `{"usage":null,"choices":[]}`, `{"choices":[]}`],
  ["alone", `{"usage":null}`, `{}`],
  ["before text", `{"a":"ä","usage":null,"obfuscation":"x1"}`, `{"a":"ä","obfuscation":"x1"}`],
  ["before brackets", `{"usage":null,"a":["]"],"b":"}"}`, `{"a":["]"],"b":"}"}`],
  ["before text beyond ASCII", `{"a":1,"usage":null,"b":"ä"}`, `{"a":1,"b":"ä"}`],
  ["behind text beyond ASCII", `{"a":"ä€𝄞","usage":null}`, `{"a":"ä€𝄞"}`],
];

for (const [claim, before, after] of NULLS) {
  Deno.test(`watchStream() takes a null usage away ${claim}`, () => {
    assert.equal(watch(`data: ${before}\n\n`).text, `data: ${after}\n\n`);
  });
}

Deno.test("watchStream() never touches content that reads like a null usage", () => {
  const tricky = `x, "usage": null}`;
  const seen = watch(content(tricky, { usage: null }));
  assert.equal(seen.text, content(tricky));
  assert.equal(watch(content(tricky)).text, content(tricky));
});

Deno.test("watchStream() takes a null usage away whatever the line ends", () => {
  const lines = `data: {"a":1,"usage":null}\r\n: ,"usage":null}\r\n\r\n`;
  assert.equal(watch(lines).text, `: ,"usage":null}\ndata: {"a":1}\n\n`);
  assert.equal(watch(`data:{"a":1,"usage":null}\n\n`).text, `data:{"a":1}\n\n`);
});

Deno.test("watchStream() keeps the usage it has when a later one has no count", () => {
  const text = content("a", { usage: USAGE }) + event({ choices: [], usage: {} });
  assert.deepEqual(watch(text).summary.usage, COUNTED);
});

Deno.test("watchStream() never touches a null usage inside a choice", () => {
  const chunk = `{"usage":null,"choices":[{"index":0,"usage":null,"delta":{}}]}`;
  const inner = `{"choices":[{"index":0,"usage":null,"delta":{}}]}`;
  assert.equal(watch(`data: ${chunk}\n\n`).text, `data: ${inner}\n\n`);
});

Deno.test("watchStream() keeps the other fields and lines of an event it edits", () => {
  const seen = watch(`id: 7\ndata: {"choices":[],\ndata: "x":1,"usage":null}\n\n`);
  const data = seen.text.split("\n").filter((line) => line.startsWith("data: "));
  assert.deepEqual(JSON.parse(data.map((line) => line.slice(6)).join("\n")), { choices: [], x: 1 });
  assert.ok(seen.text.includes("id: 7\n"));
});

const UNTOUCHED: readonly [string, string][] = [
  ["a comment", ": ping\n\n"],
  ["a malformed chunk", "data: {oops\n\n"],
  ["a chunk that is no object", "data: [1]\n\ndata: 7\n\ndata: null\n\n"],
  ["the end mark", "data: [DONE]\n\n"],
  ["an error", event({ error: { message: "x" } })],
  ["unknown members", event({ choices: "odd", model: 7, x: { usage: null } })],
];

for (const [claim, text] of UNTOUCHED) {
  Deno.test(`watchStream() passes on ${claim} as it came`, () => {
    const seen = watch(text);
    assert.deepEqual([seen.text, seen.same], [text, true]);
  });
}

const PROGRESS: readonly [string, string, JsonObject, string][] = [
  ["nothing", "", {}, "open"],
  ["content", content("a"), {}, "open"],
  ["a finish reason", content("a") + finish(), {}, "answered"],
  ["a null finish reason", event({ choices: [{ finish_reason: null }] }), {}, "open"],
  ["the end mark", content("a") + finish() + "data: [DONE]\n\n", {}, "closed"],
  ["the end mark alone", "data: [DONE]\n\n", {}, "closed"],
  ["an error", content("a") + event({ error: { message: "x" } }), {}, "failed"],
  ["an error and the end mark", event({ error: {} }) + "data: [DONE]\n\n", {}, "failed"],
  ["a null error", event({ error: null, choices: [] }), {}, "open"],
  ["one of two choices", finish(0), { n: 2 }, "open"],
  ["two of two choices", finish(0) + finish(1), { n: 2 }, "answered"],
  ["one of two choices, twice", finish(0) + finish(0), { n: 2 }, "open"],
];

for (const [claim, text, request, expected] of PROGRESS) {
  Deno.test(`watchStream() is ${expected} after ${claim}`, () => {
    assert.equal(watch(text, request).progress, expected);
  });
}

const FAULTS: readonly [string, unknown, unknown][] = [
  ["an error", { error: { message: "slow down", type: "rate_limit_error", code: "rpm" } }, {
    status: 429,
    message: "slow down",
    code: "rpm",
  }],
  ["an error that is a text", { error: "out of memory" }, {
    status: 500,
    message: "out of memory",
  }],
  ["an error in place of a chunk", { object: "error", message: "too long", code: 400 }, {
    status: 400,
    message: "too long",
  }],
];

for (const [claim, chunk, fault] of FAULTS) {
  Deno.test(`watchStream() tells what the provider said in ${claim}`, () => {
    const seen = watch(content("a") + event(chunk));
    assert.deepEqual([seen.progress, seen.fault], ["failed", fault]);
  });
}

Deno.test("watchStream() has no fault where nothing failed", () => {
  assert.equal(watch(content("a") + finish()).fault, undefined);
});

Deno.test("watchStream() counts the text of every kind of delta", () => {
  const text = [
    { role: "assistant", content: "" },
    { content: "12" },
    { refusal: "345" },
    { reasoning_content: "6" },
    { reasoning: "78" },
    { tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "" } }] },
    { tool_calls: [{ index: 0, function: { arguments: "{}" } }, null, { index: 1 }] },
  ].map((delta) => event({ choices: [{ index: 0, delta }] })).join("");
  assert.equal(watch(text).summary.textLength, 8 + 1 + 2);
});

Deno.test("watchStream() starts with the first text, not with the role", () => {
  const role = event({ choices: [{ delta: { role: "assistant", content: "" } }] });
  assert.equal(watch(role).started, false);
  assert.equal(watch(role + content("a")).started, true);
});

Deno.test("watchStream() replaces usage by the newest, and keeps the model", () => {
  const text = content("a", { model: "m-1", usage: { prompt_tokens: 7, completion_tokens: 1 } }) +
    content("b", { model: "", usage: USAGE });
  assert.deepEqual(watch(text).summary, { model: "m-1", usage: COUNTED, textLength: 2 });
});
