import assert from "node:assert/strict";
import { chat, gateway, json } from "./harness.ts";
import { policy } from "./members.ts";

Deno.test("handle() ends with the time of a request, also while its body is awaited", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const it = gateway(() => json(), { route: { timeouts: { requestMsMax: 20 } } });
  const request = new Request("http://gateway.test/v1/chat/completions", { method: "POST", body });
  const response = await it.ask(request);
  assert.equal(response.status, 504);
  assert.match(await response.text(), /request timeout/);
});

Deno.test("body() reads once, whoever asks, and what was put in its place goes upstream", async () => {
  const seen: number[] = [];
  const it = gateway(() => json(), {
    route: {
      policies: [
        policy(async (subject) => {
          const [first, second] = await Promise.all([subject.body(), subject.body()]);
          seen.push(first.length, second.length);
          subject.replaceBody(new TextEncoder().encode(`{"model":"n","messages":[]}`));
          return undefined;
        }),
        policy(async (subject) => {
          seen.push((await subject.body()).length);
          return undefined;
        }),
      ],
    },
  });
  await it.ask(chat());
  assert.equal(seen[0], seen[1]);
  assert.equal(seen[2], 27);
  assert.match(it.calls[0]?.body ?? "", /"model":"n"/);
});
