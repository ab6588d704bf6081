import assert from "node:assert/strict";
import { checkShape } from "./error_shape.ts";
import { at } from "./json.ts";
import { defaultText, type Script, scripted } from "./openai_script.ts";
import { Upstream, type UpstreamOptions } from "./openai_upstream.ts";

const messages = [{ role: "user", content: "hi" }];

function testUpstream(
  name: string,
  check: (upstream: Upstream) => Promise<void>,
  options: UpstreamOptions = {},
): void {
  Deno.test({
    name: `Upstream ${name}`,
    // Connections stay in the pool of the test's own client.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using upstream = await Upstream.start(options);
      await check(upstream);
    },
  });
}

function post(
  upstream: Upstream,
  body: unknown,
  headers: Readonly<Record<string, string>> = { "content-type": "application/json" },
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${upstream.url}/v1/chat/completions`, { method: "POST", headers, body: text });
}

function ask(upstream: Upstream, script: Script, more: object = {}): Promise<Response> {
  return post(upstream, { model: "m", messages, ...scripted(script), ...more });
}

const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

const refused: Readonly<Record<string, readonly [body: unknown, message: RegExp]>> = {
  "a body that is no JSON": ["{", /could not parse/],
  "no model": [{ messages }, /must provide a model/],
  "no messages": [{ model: "m" }, /Missing required parameter: 'messages'/],
  "empty messages": [{ model: "m", messages: [] }, /empty array/],
  "an unknown role": [{ model: "m", messages: [{ role: "x", content: "" }] }, /Invalid value/],
  "a message without content": [{ model: "m", messages: [{ role: "user" }] }, /content/],
  "an unknown parameter": [{ model: "m", messages, novel: 1 }, /Unrecognized .*: novel/],
  "a temperature that is text": [{ model: "m", messages, temperature: "1" }, /'temperature'/],
  "both limits of tokens": [
    { model: "m", messages, max_tokens: 1, max_completion_tokens: 1 },
    /at the same time/,
  ],
  "stream_options without stream": [{ model: "m", messages, stream_options: {} }, /only allowed/],
  "a tool without a name": [
    { model: "m", messages, tools: [{ type: "function", function: {} }] },
    /name/,
  ],
  "a tool schema that is no object": [
    {
      model: "m",
      messages,
      tools: [{ type: "function", function: { name: "f", parameters: {} } }],
    },
    /Invalid schema for function 'f'/,
  ],
  "a tool result without its call": [
    {
      model: "m",
      messages: [
        ...messages,
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "c2", content: "" },
      ],
    },
    /must be a response/,
  ],
};

for (const [what, [body, message]] of Object.entries(refused)) {
  testUpstream(`refuses ${what}`, async (upstream) => {
    const response = await post(upstream, body);
    const text = await response.text();
    assert.equal(response.status, 400, text);
    assert.match(checkShape(JSON.parse(text), text).message, message);
  });
}

testUpstream("refuses a wrong key, no key and a wrong content type", async (upstream) => {
  const json = { "content-type": "application/json" };
  const good = { ...json, authorization: "Bearer sk-right" };
  const rows = [
    [json, 401, /didn't provide/],
    [{ ...json, authorization: "Bearer sk-wrong" }, 401, /Incorrect API key/],
    [{ ...good, "content-type": "text/plain" }, 400, /Unsupported content type/],
  ] as const;
  for (const [headers, status, message] of rows) {
    const response = await post(upstream, { model: "m", messages }, headers);
    const text = await response.text();
    assert.equal(response.status, status, text);
    assert.match(checkShape(JSON.parse(text), text).message, message);
  }
  await (await post(upstream, { model: "m", messages }, good)).text();
  assert.equal(upstream.records.length, 4);
}, { key: "sk-right" });

testUpstream("sends usage only to a stream that asks, and null before it", async (upstream) => {
  const silent = await (await ask(upstream, {}, { stream: true })).text();
  assert.doesNotMatch(silent, /"usage"/);
  const asked = { stream: true, stream_options: { include_usage: true } };
  const events = (await (await ask(upstream, {}, asked)).text()).trimEnd().split("\n\n");
  const usages = events.slice(0, -1).map((event) => at(JSON.parse(event.slice(6)), "usage"));
  assert.equal(at(usages.at(-1), "prompt_tokens"), 21);
  assert.deepEqual(new Set(usages.slice(0, -1)), new Set([null]));
});

testUpstream("breaks off in each way that a script names", async (upstream) => {
  for (const how of ["reset", "close"] as const) {
    await assert.rejects(ask(upstream, { cut: { after: "request", how } }), how);
    const response = await ask(upstream, { cut: { after: 2, how } }, { stream: true });
    await assert.rejects(response.text(), how);
  }
  const ended = await ask(upstream, { cut: { after: 2, how: "end" } }, { stream: true });
  assert.doesNotMatch(await ended.text(), /DONE/);
});

testUpstream("sends the same stream in whatever pieces", async (upstream) => {
  const whole = await (await ask(upstream, {}, { stream: true })).text();
  for (const script of [{ writeBytes: 3 }, { eventsPerWrite: 4 }, { encoding: "gzip" }] as const) {
    const text = await (await ask(upstream, script, { stream: true })).text();
    assert.equal(text, whole);
  }
});

testUpstream("knows when a client lets go", async (upstream) => {
  const controller = new AbortController();
  const init = { method: "POST", headers: { "content-type": "application/json" } };
  const body = JSON.stringify({
    model: "m",
    messages,
    stream: true,
    ...scripted({ events: 99, intervalMs: 20 }),
  });
  const url = `${upstream.url}/v1/chat/completions`;
  const response = await fetch(url, { ...init, body, signal: controller.signal });
  await response.body?.getReader().read();
  const abortedMs = performance.now();
  controller.abort();
  const { exchange } = upstream.last;
  await new Promise((resolve) => exchange.gone.addEventListener("abort", resolve));
  assert.ok((exchange.goneMs ?? 0) - abortedMs < 100);
  assert.equal(exchange.open, false);
});

testUpstream("takes scripts from the queue, one each, then its own", async (upstream) => {
  upstream.next({ text: "one" }, { fail: { status: 429 }, headers: { "retry-after": "3" } });
  const content = async (response: Response) =>
    at(await response.json(), "choices", 0, "message", "content");
  assert.equal(await content(await post(upstream, { model: "m", messages })), "one");
  const limited = await post(upstream, { model: "m", messages });
  assert.equal(limited.headers.get("retry-after"), "3");
  await limited.text();
  assert.equal(await content(await post(upstream, { model: "m", messages })), defaultText);
});
