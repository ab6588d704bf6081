import assert from "node:assert/strict";
import { asked, type ChatFixture, postChat, startChat } from "../support/chat_fixture.ts";
import { at } from "../support/json.ts";
import type { Script } from "../support/openai_script.ts";
import { eventsIn, inParallel } from "../support/sse_client.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

const test = suite(() => startChat());

const streams = 1_000;
// Few enough, and slow enough below, that the sockets' closing is measured and not the machine.
const atOnce = 8;
/**
 * How soon the upstream's socket is closed after an abort (R20), in parts of all aborts. The last
 * part allows for other work on the machine, which may hold up any process.
 */
const closedWithinMs = [[0.5, 50], [0.95, 100], [1, 1_000]] as const;

type Ending = "finished" | "aborted" | "reset" | "closed" | "ended";

const scripts = {
  finished: { events: 5, intervalMs: 10 },
  aborted: { events: 1_000, intervalMs: 10 },
  reset: { events: 5, intervalMs: 10, cut: { after: 3, how: "reset" } },
  closed: { events: 5, intervalMs: 10, cut: { after: 4, how: "close" } },
  ended: { events: 5, intervalMs: 10, cut: { after: 2, how: "end" } },
} as const satisfies Record<Ending, Script>;

const order = ["finished", "aborted", "reset", "ended", "closed"] as const;

/** When each stream was aborted, by the name it carries in its `user` member. */
type Aborts = Map<string, number>;

async function run(shared: ChatFixture, index: number, aborts: Aborts): Promise<void> {
  const ending = order[index % order.length] ?? "finished";
  const user = `stream-${index}`;
  const controller = new AbortController();
  const body = { ...asked(scripts[ending]), user, stream: true };
  const response = await postChat(shared.gateway, body, { signal: controller.signal });
  assert.equal(response.status, 200);
  const events: string[] = [];
  try {
    for await (const event of eventsIn(response)) {
      events.push(event);
      if (ending !== "aborted" || events.length < 2 + index % 7) continue;
      aborts.set(user, performance.now());
      controller.abort();
    }
  } catch (error) {
    if (ending !== "aborted") throw error;
  }
  const last = events.at(-1) ?? "";
  if (ending === "finished") assert.equal(last, "data: [DONE]", user);
  if (ending !== "finished" && ending !== "aborted") assertErrorEvent(last, `${user} ${ending}`);
}

function assertErrorEvent(event: string, about: string): void {
  const data = event.split("\n").find((line) => line.startsWith("data: "))?.slice(6) ?? "";
  assert.notEqual(data, "[DONE]", about);
  assert.equal(typeof at(JSON.parse(data), "error", "message"), "string", `${about}: ${event}`);
}

test("1,000 streams give one observation each, whatever ended them (R7)", async (shared) => {
  const { gateway, upstream } = shared;
  const aborts: Aborts = new Map();
  await inParallel(streams, atOnce, (index) => run(shared, index, aborts));
  assert.equal(aborts.size, streams / order.length);

  const closedMs = await until("all upstream sockets of aborted streams are closed", () => {
    const delays = upstream.records.flatMap(({ json, exchange }) => {
      const abortedMs = aborts.get(String(at(json, "user")));
      return abortedMs === undefined || exchange.goneMs === undefined
        ? []
        : [exchange.goneMs - abortedMs];
    });
    return delays.length === aborts.size && delays;
  });
  closedMs.sort((left, right) => left - right);
  for (const [part, limitMs] of closedWithinMs) {
    const ms = closedMs[Math.ceil(part * closedMs.length) - 1] ?? Infinity;
    assert.ok(ms < limitMs, `${part} of the sockets closed within ${ms} ms, not ${limitMs}`);
  }

  const usage = "agentgateway_gen_ai_client_token_usage_count";
  const scrape = await until("all streams are counted", async () => {
    const scrape = await gateway.metrics();
    return scrape.sum("agentgateway_requests_total") >= streams && scrape;
  });
  for (const type of ["input", "output", "input_cache_read"]) {
    assert.equal(scrape.sum(usage, { gen_ai_token_type: type }), streams, type);
  }
  assert.equal(scrape.sum("agentgateway_requests_total"), streams);
  assert.equal(scrape.sum("agentgateway_requests_total", { status: "499" }), aborts.size);
  assert.equal(upstream.streamsOpen, 0);
});

test("the access log says of each stream how its tokens were counted", async ({ gateway }) => {
  const lines = await until("all lines are written", () => {
    const lines = gateway.accessLogs();
    return lines.length >= streams && lines;
  });
  const counts = new Map<string, number>();
  for (const line of lines) {
    const key = `${line["http.status"]} ${line.usage_source}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(counts), {
    "200 provider": 200,
    "200 partial": 600,
    "499 partial": 200,
  });
});
