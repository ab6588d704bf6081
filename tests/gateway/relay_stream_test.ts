import assert from "node:assert/strict";
import { until } from "../support/until.ts";
import {
  ANSWER,
  CHAT,
  chat,
  chunk,
  DONE,
  FINISH,
  gateway,
  json,
  script,
  USAGE,
} from "./harness.ts";
import { begin, SHOWN, STREAMED } from "./streamed.ts";

Deno.test("relayStream() sends each event on in the chunk it came in", async () => {
  const it = await begin();
  assert.equal(it.response.headers.get("content-type"), "text/event-stream");
  for (const part of [chunk("a"), chunk("b") + chunk("c"), ": ping\n\n"]) {
    it.upstream.send(part);
    assert.equal(await it.next(), part);
  }
  assert.equal(it.settled.length, 0);
  it.upstream.send(FINISH + USAGE + DONE);
  it.upstream.end();
  assert.equal(await it.rest(), FINISH + DONE);
  const [facts] = it.settled;
  assert.deepEqual([facts?.ending, facts?.status], ["finished", 200]);
  assert.deepEqual(facts?.llm?.usage, { inputTokens: 7, outputTokens: 3 });
  assert.equal(facts?.llm?.usageSource, "provider");
  assert.ok(facts?.llm?.firstTokenMs !== undefined);
});

Deno.test("relayStream() passes on the very same bytes when nothing changes", async () => {
  const it = await begin(SHOWN);
  const bytes = new TextEncoder().encode(chunk("a") + FINISH + USAGE + DONE);
  it.upstream.send(bytes);
  assert.equal((await it.reader.read()).value, bytes);
  it.upstream.end();
  assert.equal(await it.rest(), "");
});

const TYPES: readonly [string, boolean, string][] = [
  ["Text/Event-Stream; charset=utf-8", true, "text/event-stream"],
  ["text/event-stream; charset=utf-8", false, "text/event-stream; charset=utf-8"],
  ["text/plain", true, "text/event-stream"],
  ["", true, "text/event-stream"],
];

for (const [type, stream, expected] of TYPES) {
  Deno.test(`relayStream() takes "${type}" for a stream, asked for: ${stream}`, async () => {
    const upstream = script();
    const it = gateway(() => upstream.response({ "content-type": type }));
    const response = await it.ask(chat({ ...CHAT, stream }));
    assert.equal(response.headers.get("content-type"), expected);
    upstream.send(chunk("a") + FINISH + DONE);
    upstream.end();
    assert.equal(await response.text(), chunk("a") + FINISH + DONE);
    assert.equal(it.settled[0]?.ending, "finished");
  });
}

Deno.test("handle() takes JSON for a whole answer, even where a stream was asked for", async () => {
  const headers = { "content-type": "Application/JSON; charset=utf-8" };
  const it = gateway(() => json(ANSWER, { headers }));
  const response = await it.ask(chat(STREAMED));
  assert.equal(await response.text(), ANSWER);
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
});

Deno.test("relayStream() holds an event back until it is whole", async () => {
  const it = await begin();
  const event = chunk("hällo");
  const bytes = new TextEncoder().encode(event + event);
  it.upstream.send(bytes.slice(0, 60));
  it.upstream.send(bytes.slice(60));
  assert.equal(await it.next(), event + event);
  it.upstream.send(FINISH);
  it.upstream.end();
  assert.equal(await it.rest(), FINISH);
  assert.equal(it.settled[0]?.ending, "finished");
});

Deno.test("relayStream() asks upstream for usage, whatever the client said", async () => {
  for (const options of [undefined, null, {}, { include_usage: false }]) {
    const it = gateway(() => script().response());
    await it.ask(
      chat({ ...STREAMED, ...(options === undefined ? {} : { stream_options: options }) }),
    );
    assert.deepEqual(JSON.parse(it.calls[0]?.body ?? "").stream_options, { include_usage: true });
  }
});

const CUTS: readonly [string, (upstream: ReturnType<typeof script>) => void][] = [
  ["breaks", (upstream) => upstream.cut()],
  ["ends without an end mark", (upstream) => upstream.end()],
];

for (const [claim, cut] of CUTS) {
  Deno.test(`relayStream() tells the client in an event when the upstream ${claim}`, async () => {
    const it = await begin();
    it.upstream.send(chunk("12345678"));
    await it.next();
    cut(it.upstream);
    const rest = await it.rest();
    assert.match(rest, /^data: \{"error":\{.*"code":"upstream_cut"\}\}\n\n$/);
    assert.doesNotMatch(rest, /\[DONE\]/);
    const [facts, ...more] = it.settled;
    assert.equal(more.length, 0);
    assert.deepEqual([facts?.ending, facts?.reason], ["upstream-cut", "UpstreamFailure"]);
    assert.deepEqual(facts?.llm?.usage, { inputTokens: 2, outputTokens: 2 });
    assert.equal(facts?.llm?.usageSource, "partial");
  });
}

Deno.test("relayStream() takes a break after [DONE] for the end", async () => {
  const it = await begin();
  it.upstream.send(chunk("a") + FINISH + USAGE + DONE);
  assert.equal(await it.next(), chunk("a") + FINISH + DONE);
  it.upstream.cut();
  assert.equal(await it.rest(), "");
  assert.equal(it.settled[0]?.ending, "finished");
});

Deno.test("relayStream() keeps the provider's count when the break comes behind it", async () => {
  const it = await begin();
  it.upstream.send(chunk("a") + FINISH + USAGE);
  await it.next();
  it.upstream.cut();
  assert.match(await it.rest(), /upstream_cut/);
  assert.equal(it.settled[0]?.ending, "upstream-cut");
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
});

Deno.test("relayStream() ends with upstream-cut where the provider reports an error", async () => {
  const it = await begin();
  const error = `data: {"error":{"message":"overloaded"}}\n\n`;
  it.upstream.send(chunk("a") + error + DONE);
  it.upstream.end();
  assert.equal(await it.rest(), chunk("a") + error + DONE);
  const [facts] = it.settled;
  assert.deepEqual([facts?.ending, facts?.reason, facts?.llm?.usageSource], [
    "upstream-cut",
    "UpstreamFailure",
    "partial",
  ]);
});

Deno.test("relayStream() takes no count for final that came before an error", async () => {
  const it = await begin();
  const early = `data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n`;
  it.upstream.send(chunk("a") + early + `data: {"error":{"message":"overloaded"}}\n\n`);
  it.upstream.end();
  await it.rest();
  assert.equal(it.settled[0]?.llm?.usageSource, "partial");
});

Deno.test("relayStream() passes on an end mark whose blank line never came", async () => {
  const it = await begin();
  it.upstream.send(chunk("a") + FINISH + "data: [DONE]\n");
  it.upstream.end();
  assert.equal(await it.rest(), chunk("a") + FINISH + "data: [DONE]\n");
  assert.equal(it.settled[0]?.ending, "finished");
});

Deno.test("relayStream() takes an event that was cut for a cut, and keeps it back", async () => {
  for (const [before, rest] of [[chunk("a"), `data: {"cho`], [FINISH, `data: {"usage":`]]) {
    const it = await begin();
    it.upstream.send(`${before}${rest}`);
    it.upstream.end();
    const all = await it.rest();
    assert.match(all, /upstream_cut/);
    assert.ok(!all.includes(rest ?? ""), all);
    assert.equal(it.settled[0]?.ending, "upstream-cut");
  }
});

Deno.test("relayStream() passes on what is left behind the end mark", async () => {
  const it = await begin();
  it.upstream.send(chunk("a") + FINISH + "data: [DONE]\r\n\r");
  it.upstream.send("\n: bye");
  it.upstream.end();
  assert.equal(await it.rest(), chunk("a") + FINISH + "data: [DONE]\r\n\r\n: bye");
  assert.equal(it.settled[0]?.ending, "finished");
});

Deno.test("relayStream() is finished for a client that leaves behind the end mark", async () => {
  const it = await begin();
  it.upstream.send(chunk("a") + FINISH + USAGE + DONE);
  await it.next();
  await it.reader.cancel();
  assert.deepEqual(it.settled.map(({ ending, status, error }) => [ending, status, error]), [
    ["finished", 200, undefined],
  ]);
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
});

Deno.test("relayStream() closes the upstream when the client cancels", async () => {
  const it = await begin();
  it.upstream.send(chunk("12345678"));
  await it.next();
  await it.reader.cancel("gone");
  assert.ok(it.upstream.state.cancelled);
  const [facts, ...more] = it.settled;
  assert.equal(more.length, 0);
  assert.deepEqual([facts?.ending, facts?.status, facts?.reason], ["client-gone", 499, "Upstream"]);
  assert.equal(facts?.llm?.usageSource, "partial");
  assert.deepEqual(facts?.llm?.usage, { inputTokens: 2, outputTokens: 2 });
});

Deno.test("relayStream() writes nothing into facts that are settled", async () => {
  const it = await begin();
  const pending = it.next();
  await it.reader.cancel("gone");
  await pending;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(it.live, it.settled);
});

Deno.test("relayStream() ends with client-gone when the signal comes before the cancel", async () => {
  const client = new AbortController();
  const it = await begin(STREAMED, client.signal);
  it.upstream.send(chunk("a"));
  await it.next();
  client.abort();
  it.upstream.cut(client.signal.reason);
  await it.reader.cancel().catch(() => {});
  await until("settled", () => it.settled.length > 0);
  assert.deepEqual(it.settled.map(({ ending, status }) => [ending, status]), [[
    "client-gone",
    499,
  ]]);
});

Deno.test("handle() does not call upstream for a client that has left already", async () => {
  const it = gateway(() => script().response());
  const response = await it.ask(chat(CHAT, { signal: AbortSignal.abort() }));
  assert.equal(response.status, 499);
  assert.equal(it.calls.length, 0);
  assert.deepEqual(it.settled.map(({ ending }) => ending), ["client-gone"]);
});

Deno.test("handle() answers 499 when the client leaves before the answer's head", async () => {
  const client = new AbortController();
  const it = gateway(() => new Promise<Response>(() => {}));
  const asked = it.ask(chat(CHAT, { signal: client.signal }));
  await until("the call is out", () => it.calls.length === 1);
  client.abort();
  assert.equal((await asked).status, 499);
  assert.ok(it.calls[0]?.signal.aborted);
  assert.deepEqual(it.settled.map(({ ending, status }) => [ending, status]), [[
    "client-gone",
    499,
  ]]);
});
