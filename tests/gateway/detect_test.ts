import assert from "node:assert/strict";
import { gateway, modelsBackend } from "./harness.ts";
import type { Backend } from "../../src/routing/backend.ts";

const IMAGE = JSON.stringify({
  data: [{ b64_json: "x" }],
  usage: { input_tokens: 5, output_tokens: 9 },
});
const json = (text: string) =>
  new Response(text, { headers: { "content-type": "application/json; charset=utf-8" } });
const events = (...data: readonly string[]) =>
  new Response(data.map((one) => `data: ${one}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream" },
  });

function backend(detects = false): Backend {
  return modelsBackend({ m: { detects } }, {
    "/v1/images/generations": "detect",
    "/v1/images/edits": "detect",
  });
}

const post = (path: string, body: BodyInit, type = "application/json") =>
  new Request(`http://gateway.test${path}`, {
    method: "POST",
    body,
    ...(typeof body === "string" ? { headers: { "content-type": type } } : {}),
  });

Deno.test("detect passes an answer on as it came and meters what it says", async () => {
  const it = gateway(() => json(IMAGE), { backend: backend() });
  const body = `{"model":"m","prompt":"a cat", "n":1.0}`;
  const response = await it.ask(post("/v1/images/generations", body));
  assert.equal(await response.text(), IMAGE);
  assert.equal(it.calls[0]?.body, body);
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 5, outputTokens: 9 });
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
  assert.equal(it.settled[0]?.llm?.answered, true);
  assert.equal(it.settled[0]?.llm?.requestModel, "m");
});

Deno.test("detect takes the model from a multipart field", async () => {
  const form = new FormData();
  form.set("model", "m");
  form.set("image", new Blob(["png"]), "a.png");
  const it = gateway(() => json(IMAGE), { backend: backend() });
  const response = await it.ask(post("/v1/images/edits", form));
  assert.equal(response.status, 200);
  await response.text();
  assert.match(it.calls[0]?.body ?? "", /name="image"; filename="a.png"/);
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 5, outputTokens: 9 });
});

Deno.test("detect takes the newest usage of a stream, whatever came before", async () => {
  const it = gateway(
    () =>
      events(
        `{"type":"message_start","message":{"model":"m-1","usage":{"input_tokens":7}}}`,
        `{"usage":`,
        `{"type":"message_delta","usage":{"output_tokens":3}}`,
      ),
    { backend: backend() },
  );
  await (await it.ask(post("/v1/images/generations", `{"model":"m"}`))).text();
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 7, outputTokens: 3 });
  assert.equal(it.settled[0]?.llm?.responseModel, "m-1");
});

Deno.test("detect makes no numbers up where an answer has none", async () => {
  for (const answer of [json(`{"data":[]}`), new Response("bytes"), json("no json")]) {
    const it = gateway(() => answer, { backend: backend() });
    await (await it.ask(post("/v1/images/generations", `{"model":"m"}`))).text();
    assert.equal(it.settled[0]?.llm?.usage, undefined);
    assert.equal(it.settled[0]?.llm?.answered, false);
  }
});

Deno.test("an error of the provider is not metered by detect", async () => {
  const it = gateway(() =>
    new Response(IMAGE, {
      status: 500,
      headers: { "content-type": "application/json" },
    }), { backend: backend() });
  await (await it.ask(post("/v1/images/generations", `{"model":"m"}`))).text();
  assert.equal(it.settled[0]?.llm?.usage, undefined);
});

Deno.test("a model with passthrough: detect is metered on paths of no known API", async () => {
  for (
    const [detects, usage] of [[true, { inputTokens: 5, outputTokens: 9 }], [false, undefined]]
  ) {
    const it = gateway(() => json(IMAGE), { backend: backend(detects === true) });
    await (await it.ask(post("/v1/audio/speech", `{"model":"m"}`))).text();
    assert.deepEqual(it.settled[0]?.llm?.usage, usage);
  }
});
