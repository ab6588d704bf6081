import assert from "node:assert/strict";
import { connect } from "node:net";
import { at } from "../json.ts";
import { until } from "../until.ts";
import { post, testStandIn } from "./claims.ts";
import { MessagesUpstream } from "./messages_upstream.ts";
import { type Script, scripted } from "./scripts.ts";
import type { StandIn } from "./stand_in.ts";

const headers = {
  "content-type": "application/json",
  "x-api-key": "sk-ant-test",
  "anthropic-version": "2023-06-01",
};

function requestOf(text: string, stream: boolean): object {
  const messages = [{ role: "user", content: text }];
  return { model: "claude-test", max_tokens: 100, stream, messages };
}

function ask(upstream: StandIn, text: string, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify(requestOf(text, true));
  return fetch(`${upstream.url}/v1/messages`, { method: "POST", headers, body, ...init });
}

function test(claim: string, check: (upstream: StandIn) => Promise<void>, script?: Script): void {
  const start = () => MessagesUpstream.start(script === undefined ? {} : { script });
  testStandIn(`StandIn ${claim}`, start, check);
}

test("takes scripts from the queue, then from the request, then its own", async (upstream) => {
  const say = async (text: string) => {
    const { body } = await post(`${upstream.url}/v1/messages`, requestOf(text, false), headers);
    return at(body, "content", 0, "text") ?? at(body, "error", "message");
  };
  upstream.next({ text: "queued" }, { fault: { status: 529, message: "Too much." } });
  assert.equal(await say("hello"), "queued");
  assert.equal(await say("hello"), "Too much.");
  assert.equal(await say("hello"), "its own");
  assert.equal(upstream.records.length, 3);
  assert.equal(at(upstream.last.body, "model"), "claude-test");
  assert.deepEqual(upstream.refusals, []);
}, { text: "its own" });

test("does what the user's text says", async (upstream) => {
  const text = scripted({ text: ["one ", "two"], headers: { "x-extra": "yes" } });
  const response = await ask(upstream, text);
  assert.equal(response.headers.get("x-extra"), "yes");
  assert.match(await response.text(), /"text":"one ".*"text":"two"/s);
});

test("changes its manner by a script that says nothing of the answer", async (upstream) => {
  upstream.next({ headers: { "x-slow": "yes" } });
  const response = await ask(upstream, "count");
  assert.equal(response.headers.get("x-slow"), "yes");
  assert.match(await response.text(), /"text":"one"/);
});

test("cuts its streams at odd places", async (upstream) => {
  const port = Number(new URL(upstream.url).port);
  const body = JSON.stringify(requestOf("hello", true));
  const head = ["POST /v1/messages HTTP/1.1", "host: a", `content-length: ${body.length}`];
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const socket = connect(port, "127.0.0.1");
  socket.write([...head, ...fields, "", body].join("\r\n"));
  let text = "";
  for await (const chunk of socket) {
    text += chunk;
    if (text.endsWith("\r\n0\r\n\r\n")) break;
  }
  assert.match(text, /\r\n\r\n1\r\ne\r\n3d\r\nvent: message_start\n/);
  assert.match(text, /\r\n7\r\n.{7}\r\n101\r\n/s);
});

test("sends stepped events one by one", async (upstream) => {
  const response = await ask(upstream, scripted({ text: ["first", "second"], stepped: true }));
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())
    .getReader();
  let text = "";
  const readUntil = async (part: string) => {
    while (!text.includes(part)) text += (await reader.read()).value ?? assert.fail(text);
  };
  await readUntil("content_block_start");
  assert.doesNotMatch(text, /first/);
  upstream.step();
  await readUntil("first");
  assert.doesNotMatch(text, /second/);
  upstream.step();
  await readUntil("message_stop");
});

test("breaks off in each way, and fails where a script says", async (upstream) => {
  const text = "A long and winding road";
  for (const cutHow of ["reset", "close"] as const) {
    const cut = await ask(upstream, scripted({ text, cutAfter: 2, cutHow }));
    await assert.rejects(cut.text(), cutHow);
  }
  const ended = await (await ask(upstream, scripted({ text, cutAfter: 0, cutHow: "end" }))).text();
  assert.match(ended, /message_start/);
  assert.doesNotMatch(ended, /text_delta|message_stop/);
  const fault = { status: 529, inStreamAfter: 0 };
  const failed = await (await ask(upstream, scripted({ text, fault }))).text();
  assert.match(failed, /event: error\n/);
  assert.doesNotMatch(failed, /text_delta|message_stop/);
});

test("knows when a client lets go", async (upstream) => {
  const controller = new AbortController();
  const { signal } = controller;
  await ask(upstream, scripted({ text: "never", stepped: true }), { signal });
  controller.abort();
  await until("the exchange is over", () => upstream.last.exchange.goneMs);
});
