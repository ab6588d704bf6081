import assert from "node:assert/strict";
import { asked, postChat, startChat } from "../support/chat_fixture.ts";
import { at } from "../support/json.ts";
import { scripted } from "../support/openai_script.ts";
import { latin1 } from "../support/openai_upstream.ts";
import { eventsIn } from "../support/sse_client.ts";
import { suite } from "../support/suite.ts";
import { within } from "../support/until.ts";

const test = suite(() => startChat({ upstream: { lenient: true } }));

/** Everything that a parse and a print would change. */
const odd = String.raw`"seed": 9007199254740993, "temperature": 1.0,  "top_p":1e-1 ,
  "big": 123456789012345678901234567890, "user": "caf\u00e9 \/ \ud83d\ude00",
  "metadata" : {"b":"2", "a":"1"}, "novel": {"__proto__": [1.50, null]},
  "messages": [ {"role":"user", "content":"h\u0069"} ]`;

test("a body that needs no edit reaches the provider byte for byte", async (shared) => {
  const body = `{ "model":"gpt-4o", ${odd}\n}\n`;
  await sent(await postChat(shared.gateway, body));
  assert.equal(latin1(shared.upstream.last.request.body), body);
});

test("an edit of the model leaves every other byte alone", async (shared) => {
  const body = `{${odd}, "model" : "renamed" , "last": -0.0 }`;
  await sent(await postChat(shared.gateway, body));
  const expected = body.replace(' "model" : "renamed" ', '"model":"gpt-4o-mini"');
  assert.equal(latin1(shared.upstream.last.request.body), expected);
});

test("asking for usage leaves every other byte alone", async (shared) => {
  const body = `{${odd}, "stream": true, "model": "gpt-4o"}`;
  await sent(await postChat(shared.gateway, body));
  const seen = latin1(shared.upstream.last.request.body);
  assert.ok(seen.includes(odd), seen);
  assert.deepEqual(at(shared.upstream.last.json, "stream_options"), { include_usage: true });
});

test("a buffered answer reaches the client byte for byte", async ({ gateway }) => {
  const rawBody = `{ "id":"x","choices":[ {"index":0,"message":{"content":"\\u00e9"}}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1.0, "exotic": 9007199254740993},
    "novel" : 1.50 }\n\n`;
  const response = await postChat(gateway, asked({ rawBody }));
  assert.equal(await response.text(), rawBody);
});

test("a streamed answer reaches a client that asked for usage byte for byte", async (shared) => {
  const body = { ...asked({ events: 3 }), stream: true, stream_options: { include_usage: true } };
  const viaGateway = await (await postChat(shared.gateway, body)).text();
  const direct = await fetch(`${shared.upstream.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "authorization": shared.upstream.last.request.headers.get("authorization") ?? "",
    },
    body: JSON.stringify(body),
  });
  assert.equal(viaGateway, await direct.text());
});

test("a stream that is cut at every byte offset keeps all its events", async ({ gateway }) => {
  const plain = await (await postChat(gateway, { ...asked({ events: 2 }), stream: true })).text();
  for (const writeBytes of [1, 3, 64, 211]) {
    const script = { events: 2, writeBytes };
    const response = await postChat(gateway, { ...asked(script), stream: true });
    assert.equal(await response.text(), plain);
  }
});

test("a malformed event passes as it came and does not end the stream", async ({ gateway }) => {
  const script = { events: 3, malformedAt: 1 };
  const text = await (await postChat(gateway, { ...asked(script), stream: true })).text();
  assert.match(text, /data: \{"id":"chatcmpl-Bx7standin","obj\n\n/);
  assert.match(text, /token2 /);
  assert.match(text, /data: \[DONE\]\n\n$/);
});

for (const encoding of ["gzip", "br"] as const) {
  test(`an answer in ${encoding} reaches the client readable`, async ({ gateway }) => {
    const response = await postChat(gateway, asked({ encoding, text: "lorem ".repeat(2_000) }));
    assert.match(await response.text(), /lorem lorem/);
    const named = response.headers.get("content-encoding");
    assert.equal(named ?? response.headers.get("content-length"), named && encoding);
  });
}

test("a stream in gzip reaches the client event by event", async ({ gateway, upstream }) => {
  const script = { encoding: "gzip", events: 5, stepped: true } as const;
  const response = await postChat(gateway, { ...asked(script), stream: true });
  const events = eventsIn(response);
  await within("the first event", 5_000, events.next());
  for (let index = 0; index < script.events; index++) {
    upstream.step();
    const { value } = await within(`token${index} has arrived`, 5_000, events.next());
    assert.match(value ?? "", new RegExp(`token${index} `));
  }
  assert.equal((await Array.fromAsync(events)).at(-1), "data: [DONE]");
});

test("an image of 5 MB and an answer of 8 MB pass with a limit that allows them", async () => {
  await using large = await startChat({
    yaml: "frontendPolicies:\n  http:\n    maxBufferSize: 16777216\n",
    upstream: { lenient: true },
  });
  const url = `data:image/png;base64,${"iVBORw0K".repeat(655_360)}`;
  const image = { role: "user", content: [{ type: "image_url", image_url: { url } }] };
  const script = { text: "x".repeat(8_000_000) };
  large.upstream.next(script);
  const response = await postChat(large.gateway, { model: "gpt-4o", messages: [image] });
  const answer: unknown = await response.json();
  assert.equal(at(answer, "choices", 0, "message", "content"), script.text);
  assert.equal(at(large.upstream.last.json, "messages", 0, "content", 0, "image_url", "url"), url);
});

test("the client's own headers reach the provider, its credential does not", async (shared) => {
  const headers = { "x-trace": "abc", "authorization": "Bearer sk-client" };
  await sent(await postChat(shared.gateway, asked(), { headers }));
  const seen = shared.upstream.last.request.headers;
  assert.equal(seen.get("x-trace"), "abc");
  assert.notEqual(seen.get("authorization"), "Bearer sk-client");
  assert.equal(seen.get("host"), new URL(shared.upstream.url).host);
});

test("connections to the provider are kept and used again", async ({ gateway, upstream }) => {
  const before = upstream.sockets.socketsAccepted;
  for (let index = 0; index < 10; index++) await sent(await postChat(gateway, asked()));
  const opened = upstream.sockets.socketsAccepted - before;
  assert.ok(opened <= 1, `${opened} connections for 10 requests one after another`);
});

async function sent(response: Response): Promise<void> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
}

test("unknown members of request and answer pass both ways", async ({ gateway, upstream }) => {
  const rawBody = '{"choices": [], "novel_answer": {"deep": [1]}}';
  const body = { ...asked(), ...scripted({ rawBody }), novel: { deep: [1, { x: null }] } };
  const answer: unknown = await (await postChat(gateway, body)).json();
  assert.deepEqual(at(upstream.last.json, "novel"), { deep: [1, { x: null }] });
  assert.deepEqual(at(answer, "novel_answer"), { deep: [1] });
});
