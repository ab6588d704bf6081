import assert from "node:assert/strict";
import { asked, type ChatFixture, postChat, startChat } from "../support/chat_fixture.ts";
import { eventsIn } from "../support/sse_client.ts";
import { delay, until, within } from "../support/until.ts";

interface Deadlines {
  readonly connectionTerminationDeadline?: string;
  readonly connectionMinTerminationDeadline?: string;
}

/** A stream that has had its first event and gets the next when the upstream steps. */
async function openStream(shared: ChatFixture) {
  const script = { stepped: true, events: 2 };
  const events = eventsIn(await postChat(shared.gateway, { ...asked(script), stream: true }));
  await within("the first event", 5_000, events.next());
  return events;
}

function testShutdown(
  name: string,
  settings: Deadlines,
  check: (shared: ChatFixture) => Promise<void>,
): void {
  Deno.test({
    name,
    // Connections that the shutdown cuts stay in the pool of the test's own client.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using shared = await startChat({ settings: { ...settings } });
      await check(shared);
    },
  });
}

async function exitWithin(shared: ChatFixture, timeoutMs: number) {
  return await within("the gateway has ended", timeoutMs, shared.gateway.child.exit);
}

async function readiness(shared: ChatFixture): Promise<number | "refused"> {
  try {
    const response = await fetch(`${shared.gateway.readyUrl}/healthz/ready`);
    await response.text();
    return response.status;
  } catch {
    return "refused";
  }
}

const patient = { connectionTerminationDeadline: "20s" };

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  testShutdown(
    `${signal} lets a stream finish, turns not ready and exits with 0`,
    patient,
    async (shared) => {
      const { gateway, upstream } = shared;
      const events = await openStream(shared);
      assert.equal(await readiness(shared), 200);
      gateway.child.signal(signal);
      await until("it is not ready", async () => (await readiness(shared)) !== 200);
      for (let step = 0; step < 2; step++) {
        upstream.step();
        const { value } = await within("an event", 5_000, events.next());
        assert.match(value ?? "", new RegExp(`token${step} `));
      }
      assert.equal((await Array.fromAsync(events)).at(-1), "data: [DONE]");
      const { code } = await exitWithin(shared, 3_000);
      assert.equal(code, 0);
      assert.equal(gateway.accessLogs().at(-1)?.usage_source, "provider");
    },
  );
}

testShutdown("SIGTERM lets a buffered request finish", patient, async (shared) => {
  const answer = postChat(shared.gateway, asked({ headDelayMs: 600 }));
  await until("the upstream has it", () => shared.upstream.records.length === 1);
  shared.gateway.child.signal("SIGTERM");
  const response = await answer;
  assert.equal(response.status, 200);
  assert.match(await response.text(), /quick brown fox/);
  assert.equal((await exitWithin(shared, 3_000)).code, 0);
});

testShutdown("while it drains no new connection is accepted", patient, async (shared) => {
  const { gateway } = shared;
  const events = await openStream(shared);
  gateway.child.signal("SIGTERM");
  const { port } = new URL(gateway.url);
  await until("connections are refused", async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) })
      .catch(() => undefined);
    connection?.close();
    return connection === undefined;
  });
  shared.upstream.step();
  shared.upstream.step();
  await Array.fromAsync(events);
  assert.equal((await exitWithin(shared, 3_000)).code, 0);
});

testShutdown("idle connections do not hold up the end", patient, async (shared) => {
  await (await postChat(shared.gateway, asked())).text();
  shared.gateway.child.signal("SIGTERM");
  assert.equal((await exitWithin(shared, 3_000)).code, 0);
});

const hasty = { connectionTerminationDeadline: "700ms" };

testShutdown(
  "the deadline cuts what still runs, which is logged and counted",
  hasty,
  async (shared) => {
    const { gateway, upstream } = shared;
    const events = await openStream(shared);
    const startedMs = performance.now();
    gateway.child.signal("SIGTERM");
    const rest = await Array.fromAsync(events).catch(() => ["broken off"]);
    assert.notEqual(rest.at(-1), "data: [DONE]");
    const { code } = await exitWithin(shared, 5_000);
    const tookMs = performance.now() - startedMs;
    assert.equal(code, 0);
    assert.ok(tookMs >= 650 && tookMs < 3_000, `took ${tookMs} ms`);
    assert.equal(gateway.accessLogs().length, 1);
    await until("the upstream is let go", () => upstream.streamsOpen === 0);
  },
);

testShutdown(
  "a second SIGINT ends it at once",
  { connectionTerminationDeadline: "60s" },
  async (shared) => {
    const { gateway } = shared;
    const events = await openStream(shared);
    gateway.child.signal("SIGINT");
    await until("it is not ready", async () => (await readiness(shared)) !== 200);
    const startedMs = performance.now();
    gateway.child.signal("SIGINT");
    const { code } = await exitWithin(shared, 2_000);
    assert.equal(code, 0);
    assert.ok(performance.now() - startedMs < 1_000);
    await Array.fromAsync(events).catch(() => {});
  },
);

testShutdown("POST /quitquitquit shuts down", patient, async (shared) => {
  const url = `${shared.gateway.adminUrl}/quitquitquit`;
  const response = await fetch(url, { method: "POST" });
  assert.deepEqual([response.status, await response.text()], [200, "shutdown now\n"]);
  assert.equal((await exitWithin(shared, 3_000)).code, 0);
});

const lingering = { connectionMinTerminationDeadline: "900ms", ...patient };

testShutdown("within the minimum deadline everything goes on", lingering, async (shared) => {
  const { gateway } = shared;
  const startedMs = performance.now();
  gateway.child.signal("SIGTERM");
  await delay(200);
  const response = await postChat(gateway, asked(), { headers: { connection: "close" } });
  assert.equal(response.status, 200, await response.text());
  assert.equal((await exitWithin(shared, 5_000)).code, 0);
  assert.ok(performance.now() - startedMs >= 850, `${performance.now() - startedMs} ms`);
});
