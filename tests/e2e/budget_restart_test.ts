/** What a gateway remembers of its budgets when it is stopped, killed or told anew. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { rewrites } from "../support/config_file.ts";
import { chatRoute, type ConfigOf, type Place, startPlace } from "../support/policy_place.ts";
import { stateFolder } from "../support/state_folder.ts";
import { delay, until } from "../support/until.ts";
import { defaultUsage } from "../support/upstreams/scripts.ts";

const USED = defaultUsage.input + defaultUsage.output;

/** A route with a budget of so many tokens, and a page that tells how many are in force. */
const configOf = (tokens: number): ConfigOf<"gpt"> => (provider, [port]) => ({
  gateways: { default: { port } },
  routes: [
    chatRoute("all", { budgets: [{ name: "all", tokens, period: "month" }] }, {
      ai: provider("gpt").backend("gpt"),
    }),
    chatRoute("version", { directResponse: { status: 200, body: `${tokens}` } }),
  ],
});

const start = (tokens: number, folder: string) =>
  startPlace<"gpt">([["gpt", "openAI"]], configOf(tokens), {
    environment: { STATE_DIRECTORY: folder },
  });

const clientOf = ({ gateway }: Place<"gpt">) =>
  new OpenAI({ baseURL: `${gateway.url}/all/v1`, apiKey: "k", maxRetries: 0 });

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

async function stream(client: OpenAI): Promise<void> {
  for await (const _ of await client.chat.completions.create({ ...asked, stream: true }));
}

/** What a gateway says is spent, where the budget is nothing but used up. */
async function spentIn(place: Place<"gpt">): Promise<number> {
  const error = await clientOf(place).chat.completions.create(asked).then(
    () => undefined,
    (it) => it,
  );
  assert.ok(error instanceof OpenAI.RateLimitError, String(error));
  const [, spent] = /used up: (\d+) tokens spent/.exec(error.message) ?? [];
  assert.notEqual(spent, undefined, error.message);
  return Number(spent);
}

/** Streams in several lanes, each until one of its own fails. */
interface Load {
  /** The instants at which a stream had come to its end. */
  readonly ends: readonly number[];
  readonly started: () => number;
  readonly over: Promise<unknown>;
}

function load(client: OpenAI, lanes: number): Load {
  const ends: number[] = [];
  let started = 0;
  const lane = async () => {
    for (;;) {
      started++;
      await stream(client);
      ends.push(performance.now());
    }
  };
  const over = Promise.allSettled(Array.from({ length: lanes }, lane));
  return { ends, started: () => started, over };
}

function testAlone(claim: string, fn: (folder: string) => Promise<void>): void {
  const withFolder = async () => {
    const folder = await stateFolder();
    try {
      await fn(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  Deno.test({ name: claim, fn: withFolder, sanitizeOps: false, sanitizeResources: false });
}

const PLENTY = 1_000_000_000;

/** Streams that have ended before a gateway is. */
const MUCH = 40;

/** After so long what was spent is written. */
const SETTLED_MS = 300;

testAlone("a gateway that is killed under load forgets its last moment at most", async (folder) => {
  let seen: Load;
  let killedMs: number;
  {
    await using place = await start(PLENTY, folder);
    seen = load(clientOf(place), 10);
    await until("much is spent", () => seen.ends.length >= MUCH, 10_000);
    await delay(SETTLED_MS);
    killedMs = performance.now();
    place.gateway.child.signal("SIGKILL");
    await place.gateway.child.exit;
    await seen.over;
  }
  await using place = await start(1, folder);
  const spent = await spentIn(place);
  const least = seen.ends.filter((endMs) => endMs < killedMs - SETTLED_MS).length * USED;
  assert.ok(least >= MUCH * USED, `${least} tokens`);
  assert.ok(spent >= least && spent <= seen.started() * USED, `${spent}, at least ${least}`);
  assert.equal(spent % USED, 0);
});

testAlone("a gateway that is stopped under load remembers all of it", async (folder) => {
  let seen: Load;
  {
    await using place = await start(PLENTY, folder);
    seen = load(clientOf(place), 10);
    await until("much is spent", () => seen.ends.length >= MUCH, 10_000);
    const { code } = await place.gateway.stop();
    assert.equal(code, 0);
    await seen.over;
  }
  await using place = await start(1, folder);
  assert.equal(await spentIn(place), seen.ends.length * USED);
});

testAlone("a reload that changes a budget keeps what is spent of it", async (folder) => {
  await using place = await start(PLENTY, folder);
  const client = clientOf(place);
  for (let number = 0; number < 3; number++) await stream(client);
  rewrites.rename(place.gateway.configPath, place.render(configOf(3 * USED)));
  await until(
    "it is reloaded",
    async () => await (await fetch(`${place.gateway.url}/version`)).text() === `${3 * USED}`,
  );
  assert.equal(await spentIn(place), 3 * USED);
});
