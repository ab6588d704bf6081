import assert from "node:assert/strict";
import { ANSWER, CHAT, chat, gateway, json, script, target } from "./harness.ts";
import { membersOf, policy, RETRY } from "./members.ts";

const down = (): Response => json(`{"error":{"message":"down"}}`, { status: 503 });

Deno.test("a request that is handed through is sent again with its body", async () => {
  const tries = [down, () => Promise.reject(new TypeError("reset")), () => json()];
  const it = gateway(() => tries.shift()?.() ?? down(), {
    backend: { type: "host", upstream: target() },
    route: { retry: { ...RETRY, triesMax: 3 } },
  });
  const response = await it.ask(chat());
  assert.deepEqual([response.status, await response.text()], [200, ANSWER]);
  assert.deepEqual(it.calls.map(({ body }) => body), Array(3).fill(JSON.stringify(CHAT)));
  assert.deepEqual(
    it.calls.map(({ headers }) => headers.get("x-retry-attempt")),
    [null, "1", "2"],
  );
  assert.deepEqual([it.settled.length, it.settled[0]?.attempts?.length], [1, 3]);
});

Deno.test("the answers of failed tries are closed, whoever asked", async () => {
  for (const isHost of [true, false]) {
    const failed = script();
    const tries = [() => new Response(failed.response().body, { status: 503 }), () => json()];
    const it = gateway(() => tries.shift()?.() ?? down(), {
      ...isHost && { backend: { type: "host" as const, upstream: target() } },
      route: { retry: { ...RETRY, triesMax: 2 } },
    });
    assert.equal((await it.ask(chat())).status, 200);
    assert.equal(failed.state.cancelled, true);
  }
});

Deno.test("no deadline of a try is left behind", async () => {
  const reply = policy(() => ({ status: 204, headers: new Headers(), body: null }));
  const headMsMax = 3_600_000;
  // The test itself fails where a timer is left.
  const { backend } = membersOf({ a: { policies: [reply] } }, { ...RETRY, headMsMax });
  const it = gateway(() => json(), { backend });
  assert.equal((await it.ask(chat())).status, 204);
  const only = gateway(() => json(), {
    backend: { type: "host", upstream: target({ headMsMax, policies: [reply] }) },
  });
  assert.equal((await only.ask(chat())).status, 204);
});
