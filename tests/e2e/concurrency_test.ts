import assert from "node:assert/strict";
import { asked, type ChatFixture, postChat, startChat } from "../support/chat_fixture.ts";
import { eventsIn } from "../support/sse_client.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

const test = suite(() => startChat());

const streams = 2_000;
const steps = 3;
const silenceMs = 15_000;

/** What a client has had so far. */
interface Reader {
  tokens: number;
  done: boolean;
}

async function read(shared: ChatFixture, reader: Reader): Promise<void> {
  const body = { ...asked({ stepped: true, events: steps }), stream: true };
  for await (const event of eventsIn(await postChat(shared.gateway, body))) {
    if (event.includes(`token${reader.tokens} `)) reader.tokens++;
    reader.done ||= event === "data: [DONE]";
  }
}

async function readSilent(shared: ChatFixture): Promise<string[]> {
  const body = { ...asked({ events: 1, intervalMs: silenceMs }), stream: true };
  return await Array.fromAsync(eventsIn(await postChat(shared.gateway, body)));
}

test("2,000 streams are open at once and each event arrives at all of them", async (shared) => {
  const { upstream } = shared;
  const silent = readSilent(shared);
  const readers = Array.from({ length: streams }, () => ({ tokens: 0, done: false }));
  const all = Promise.all(readers.map((reader) => read(shared, reader)));
  // The silent stream comes on top, for as long as it lasts.
  const areOpen = () => upstream.streamsOpen >= streams;
  await Promise.race([until("all streams are open", areOpen, 60_000), all]);
  assert.ok(areOpen(), `${upstream.streamsOpen} are open`);

  for (let step = 1; step <= steps; step++) {
    upstream.step();
    const arrived = () => readers.filter((reader) => reader.tokens === step).length;
    await until(`event ${step} is everywhere`, () => arrived() === streams, 20_000)
      .catch((cause) => {
        throw new Error(`event ${step} reached ${arrived()} of ${streams}`, { cause });
      });
    if (step < steps) assert.ok(areOpen(), `${upstream.streamsOpen} are open`);
  }
  await all;
  assert.ok(upstream.streamsMax >= streams, `${upstream.streamsMax} were open at once`);
  assert.equal(readers.filter((reader) => reader.done).length, streams);

  const events = await silent;
  assert.equal(events.at(-1), "data: [DONE]", "a stream that is silent for 15 s survives");
  assert.ok(events.some((event) => event.includes("token0 ")));
});

test("all of them were counted", async ({ gateway }) => {
  const scrape = await until("the last one is counted", async () => {
    const scrape = await gateway.metrics();
    return scrape.sum("agentgateway_requests_total") >= streams + 1 && scrape;
  });
  assert.equal(scrape.sum("agentgateway_requests_total", { status: "200" }), streams + 1);
});
