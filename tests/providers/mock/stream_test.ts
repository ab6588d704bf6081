import assert from "node:assert/strict";
import { at } from "../../support/json.ts";
import { within } from "../../support/until.ts";
import {
  ask,
  cleanTest,
  events,
  HELLO,
  provider,
  readAll,
  turn,
  withInstantTimers,
} from "./ask.ts";

const STREAM = { ...HELLO, stream: true };
/** Streamed as role, "one", " two", " three", finish, done: six events. */
const THREE = [{ text: "one two three" }];
const SLOW = { responses: THREE, pace: { perToken: "1h" } };

const content = (chunk: string | undefined) =>
  at(JSON.parse((chunk ?? "").slice("data: ".length)), "choices", 0, "delta", "content");

cleanTest(
  "eventStream() waits for the first token before the headers, then between tokens",
  async () => {
    const pace = { firstToken: "300ms", perToken: "20ms" };
    const delaysMs = await withInstantTimers(async () =>
      await readAll(await ask(provider({ responses: THREE, pace }), STREAM))
    );
    assert.deepEqual(delaysMs, [300, 20, 20]);
  },
);

cleanTest("eventStream() waits for all tokens of a chunk", async () => {
  const settings = {
    responses: THREE,
    pace: { perToken: "20ms" },
    chunking: { tokensPerChunk: 2 },
  };
  const delaysMs = await withInstantTimers(async () =>
    await readAll(await ask(provider(settings), STREAM))
  );
  assert.deepEqual(delaysMs, [20, 20]);
});

cleanTest("eventStream() saves up waits that are shorter than timers can be", async () => {
  const settings = { answerTokens: 41, pace: { perToken: "100us" } };
  const delaysMs = await withInstantTimers(async () =>
    await readAll(await ask(provider(settings), STREAM))
  );
  assert.ok(delaysMs.length === 4 || delaysMs.length === 3, `${delaysMs}`);
});

cleanTest("eventStream() makes choices side by side, not one after the other", async () => {
  const settings = { responses: THREE, pace: { perToken: "20ms" } };
  const delaysMs = await withInstantTimers(async () =>
    await readAll(await ask(provider(settings), { ...STREAM, n: 3 }))
  );
  assert.deepEqual(delaysMs, [20, 20]);
});

cleanTest("eventStream() sets no timer without a pace, and each event is a chunk", async () => {
  const delaysMs = await withInstantTimers(async () => {
    const { chunks } = await readAll(await ask(provider({ responses: THREE }), STREAM));
    assert.equal(chunks.length, 6);
    for (const chunk of chunks) assert.match(chunk, /^data: .*\n\n$/);
  });
  assert.deepEqual(delaysMs, []);
});

cleanTest("a whole answer takes as long as its stream would", async () => {
  const settings = { responses: THREE, pace: { firstToken: "300ms", perToken: "20ms" } };
  const delaysMs = await withInstantTimers(async () => await ask(provider(settings), HELLO));
  assert.deepEqual(delaysMs, [340]);
});

cleanTest("eventStream() splits events into writes of a size", async () => {
  const settings = { responses: [{ text: "東京 ok" }], chunking: { bytesPerWrite: 7 } };
  const response = await ask(provider(settings), STREAM);
  const whole: number[] = [];
  for await (const chunk of response.body ?? []) {
    assert.ok(chunk.length <= 7);
    whole.push(...chunk);
  }
  const data = events(new TextDecoder().decode(new Uint8Array(whole)));
  assert.equal(at(JSON.parse(data[1] ?? ""), "choices", 0, "delta", "content"), "東京");
  assert.equal(data.at(-1), "[DONE]");
});

cleanTest("eventStream() makes an event only when it is read", async () => {
  const delaysMs = await withInstantTimers(async () => {
    const reader = (await ask(provider(SLOW), STREAM)).body?.getReader();
    assert.equal(content(new TextDecoder().decode((await reader?.read())?.value)), "");
    assert.equal(content(new TextDecoder().decode((await reader?.read())?.value)), "one");
  });
  assert.deepEqual(delaysMs, []);
});

cleanTest("eventStream() fails when the signal aborts between two reads", async () => {
  const leave = new AbortController();
  const reader = (await ask(provider(), STREAM, { signal: leave.signal })).body?.getReader();
  await reader?.read();
  leave.abort(new Error("client left"));
  await assert.rejects(async () => await reader?.read(), /client left/);
});

cleanTest("eventStream() stops its timer when the reader leaves", async () => {
  const reader = (await ask(provider(SLOW), STREAM)).body?.getReader();
  await reader?.read();
  await reader?.read();
  const pending = reader?.read();
  await turn();
  await reader?.cancel();
  assert.deepEqual(await pending, { done: true, value: undefined });
});

cleanTest("eventStream() stops its timer and fails when the signal aborts", async () => {
  const leave = new AbortController();
  const reader = (await ask(provider(SLOW), STREAM, { signal: leave.signal })).body?.getReader();
  await reader?.read();
  await reader?.read();
  const pending = reader?.read();
  await turn();
  leave.abort(new Error("client left"));
  await assert.rejects(async () => await pending, /client left/);
});

cleanTest("answer() stops waiting for the first token when the signal aborts", async () => {
  const leave = new AbortController();
  const settings = { pace: { firstToken: "1h" } };
  const pending = ask(provider(settings), STREAM, { signal: leave.signal });
  await turn();
  leave.abort(new Error("client left"));
  await assert.rejects(pending, /client left/);
  await assert.rejects(ask(provider(), HELLO, { signal: leave.signal }), /client left/);
});

cleanTest("faults.resetAfter breaks a stream after that many events", async () => {
  const faults = { resetAfter: 2 };
  const { chunks, error } = await readAll(
    await ask(provider({ responses: THREE, faults }), STREAM),
  );
  assert.deepEqual(chunks.map(content), ["", "one"]);
  assert.match(String(error), /TypeError: connection reset/);
});

cleanTest("faults.resetAfter 0 breaks the connection before the headers", async () => {
  for (const body of [HELLO, STREAM]) {
    await assert.rejects(ask(provider({ faults: { resetAfter: 0 } }), body), /connection reset/);
  }
});

cleanTest("faults.resetAfter breaks a whole answer in its middle", async () => {
  const response = await ask(provider({ faults: { resetAfter: 1 } }), HELLO);
  assert.equal(response.status, 200);
  const { chunks, error } = await readAll(response);
  assert.match(chunks.join(""), /^\{"id":.*[^}]$/);
  assert.match(String(error), /connection reset/);
});

cleanTest("faults.stallAfter sends nothing more until the client leaves", async () => {
  for (const body of [HELLO, STREAM]) {
    const leave = new AbortController();
    const settings = { responses: THREE, faults: { stallAfter: 1 } };
    const response = await ask(provider(settings), body, { signal: leave.signal });
    const reader = response.body?.getReader();
    assert.equal((await reader?.read())?.done, false);
    const pending = reader?.read();
    const next = await Promise.race([pending, turn().then(() => "nothing")]);
    assert.equal(next, "nothing");
    leave.abort(new Error("client left"));
    await assert.rejects(async () => await pending, /client left/);
  }
});

cleanTest("faults.stallAfter 0 does not even send the headers", async () => {
  const leave = new AbortController();
  const settings = { faults: { stallAfter: 0 } };
  const pending = ask(provider(settings), HELLO, { signal: leave.signal });
  await turn();
  leave.abort(new Error("client left"));
  await assert.rejects(within("the end of the wait", 1000, pending), /client left/);
});

cleanTest("faults.malformedAfter cuts one event in half and goes on", async () => {
  const settings = { responses: THREE, faults: { malformedAfter: 2 } };
  const data = events(await (await ask(provider(settings), STREAM)).text());
  assert.equal(data.length, 6);
  assert.throws(() => JSON.parse(data[2] ?? ""));
  for (const good of [0, 1, 3, 4]) JSON.parse(data[good] ?? "");
});

cleanTest("faults.malformedAfter cuts the JSON of a whole answer in half", async () => {
  const response = await ask(provider({ faults: { malformedAfter: 0 } }), HELLO);
  await assert.rejects(response.json(), SyntaxError);
});

cleanTest("faults.omitUsage and omitDone leave the end of a stream out", async () => {
  const faults = { omitUsage: true, omitDone: true };
  const body = { ...STREAM, stream_options: { include_usage: true } };
  const data = events(await (await ask(provider({ faults }), body)).text());
  assert.equal(at(JSON.parse(data.at(-1) ?? ""), "choices", 0, "finish_reason"), "stop");
  const whole: unknown = await (await ask(provider({ faults }), HELLO)).json();
  assert.equal(at(whole, "usage"), undefined);
});
