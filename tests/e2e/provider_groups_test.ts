/** Groups of providers of different kinds behind one route, as the official SDKs meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import {
  chatRoute,
  countsSince,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

type Name = "gpt" | "claude" | "spare" | "sick" | "limited";

const groups = (...providers: readonly (readonly object[])[]) => ({
  ai: { groups: providers.map((group) => ({ providers: group })) },
});

const WELL = { health: {} };

/** Every failure leaves it out, a 429 too, for so long. */
const evicting = (eviction: object) => ({
  health: {
    unhealthyExpression: "response.code == 429 || default(response.code, 503) >= 500",
    eviction,
  },
});

const test = suite(() =>
  startPlace<Name>(
    [
      ["gpt", "openAI"],
      ["claude", "anthropic"],
      ["spare", "openAI"],
      ["sick", "openAI"],
      ["limited", "anthropic"],
    ],
    (provider, [port]) => {
      const at = (name: Name, policies: object = WELL) =>
        provider(name).backend(name, { ...policies });
      const sessionAffinity = { source: 'request.headers["x-session"]' };
      return {
        gateways: { default: { port } },
        routes: [
          chatRoute("mixed", {}, groups([at("gpt"), at("claude")], [at("spare")])),
          chatRoute("pinned", {}, {
            ...groups([at("gpt"), at("claude"), at("spare")]),
            policies: { sessionAffinity },
          }),
          chatRoute(
            "evicts",
            {},
            groups([at("sick", evicting({ consecutiveFailures: 2, duration: "1h" }))], [
              at("spare"),
            ]),
          ),
          chatRoute("hinted", {}, groups([at("limited", evicting({}))], [at("spare")])),
          chatRoute(
            "all-sick",
            {},
            groups([at("sick", evicting({ duration: "1h" }))], [
              at("limited", evicting({ duration: "1h" })),
            ]),
          ),
          chatRoute(
            "weights",
            {},
            { ai: at("gpt"), weight: 3 },
            { ai: at("claude") },
            { ai: at("spare"), weight: 0 },
          ),
        ],
      };
    },
  )
);

const question = ({ gateway }: Place<Name>, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

const counted = (place: Place<Name>) =>
  countsSince(place, "gpt", "claude", "spare", "sick", "limited");

for (const client of officialClients) {
  for (const stream of [false, true]) {
    const how = `${client}, ${stream ? "streamed" : "buffered"}`;

    test(`${how}: both kinds of a group serve, each in its own API`, async (place) => {
      const counts = counted(place);
      const isShared = () => (counts().gpt ?? 0) > 0 && (counts().claude ?? 0) > 0;
      for (let asked = 0; asked < 100 && !isShared(); asked++) {
        assert.notEqual(await said(client, question(place, "mixed"), stream), "");
      }
      assert.ok(isShared(), JSON.stringify(counts()));
      assert.equal(counts().spare, 0);
      for (const name of ["gpt", "claude"] as const) {
        assert.deepEqual(place.upstream(name).refusals, []);
      }
    });

    test(`${how}: what both of a group fail, the next group answers`, async (place) => {
      const counts = counted(place);
      place.upstream("gpt").next({ fault: { status: 500 } });
      place.upstream("claude").next({ fault: { status: 529 } });
      assert.notEqual(await said(client, question(place, "mixed"), stream), "");
      assert.deepEqual(counts(), { gpt: 1, claude: 1, spare: 1, sick: 0, limited: 0 });
    });

    test(`${how}: where all fail the last one's error is the SDK's own`, async (place) => {
      const counts = counted(place);
      place.upstream("gpt").next({ fault: { status: 500 } });
      place.upstream("claude").next({ fault: { status: 529 } });
      place.upstream("spare").next({ fault: { status: 429, message: "told 429", retryAfterS: 9 } });
      const error = await seenError(said(client, question(place, "mixed"), stream));
      assert.deepEqual([error.status, error.type], [429, LIMITED[client]]);
      assert.match(error.message, /told 429/);
      if (client !== "genai") assert.equal(error.retryAfter, "9");
      assert.deepEqual(counts(), { gpt: 1, claude: 1, spare: 1, sick: 0, limited: 0 });
    });
  }
}

const LIMITED = {
  "openai chat": "RateLimitError",
  "openai responses": "RateLimitError",
  "anthropic": "RateLimitError",
  "genai": "ApiError",
} as const;

test("the access log has every provider that was tried", async (place) => {
  place.upstream("gpt").next({ fault: { status: 500 } });
  place.upstream("claude").next({ fault: { status: 429 } });
  await said("openai chat", question(place, "mixed"), true);
  await until(
    "it is logged",
    () =>
      place.gateway.accessLogs().some(({ attempts }) =>
        attempts === "gpt:500,claude:429,spare:200" || attempts === "claude:429,gpt:500,spare:200"
      ),
  );
});

/** Asks in a session; gives the name of the provider that served. */
async function servedIn(place: Place<Name>, session: string | undefined): Promise<string> {
  const counts = counted(place);
  const client = new OpenAI({
    ...{ baseURL: `${place.gateway.url}/pinned/v1`, apiKey: "k", maxRetries: 0 },
    defaultHeaders: session === undefined ? {} : { "x-session": session },
  });
  await client.chat.completions.create({
    model: "any",
    messages: [{ role: "user", content: "Say: all well" }],
  });
  const served = Object.entries(counts()).filter(([, count]) => count > 0).map(([name]) => name);
  return served.join("+");
}

test("a session stays with one provider, and sessions are shared", async (place) => {
  const homes = new Map<string, string>();
  for (let session = 0; session < 30; session++) {
    homes.set(`session ${session}`, await servedIn(place, `session ${session}`));
  }
  assert.deepEqual([...new Set(homes.values())].sort(), ["claude", "gpt", "spare"]);
  for (const [session, home] of homes) assert.equal(await servedIn(place, session), home);
});

test("a session that its provider fails is served elsewhere, and then at home again", async (place) => {
  const home = await servedIn(place, "a");
  assert.ok(home === "gpt" || home === "claude" || home === "spare", home);
  place.upstream(home).next({ fault: { status: 503 } });
  const [first, second, third] = (await servedIn(place, "a")).split("+");
  assert.ok(first !== undefined && second !== undefined && third === undefined);
  assert.equal(await servedIn(place, "a"), home);
});

test("requests of no session go anywhere", async (place) => {
  const served = new Set<string>();
  await until("all have served one", async () => {
    served.add(await servedIn(place, undefined));
    return served.size === 3;
  });
});

test("a provider that fails too often is asked no more, and the log warns", async (place) => {
  const ask = () => said("anthropic", question(place, "evicts"), false);
  const counts = counted(place);
  place.upstream("sick").next({ fault: { status: 503 } }, {}, { fault: { status: 503 } });
  for (let asked = 0; asked < 3; asked++) await ask();
  assert.deepEqual([counts().sick, counts().spare], [3, 2], "a success between two failures");
  place.upstream("sick").next({ fault: { status: 500 } });
  for (let asked = 0; asked < 5; asked++) await ask();
  assert.deepEqual([counts().sick, counts().spare], [4, 7], "left out");
  await place.gateway.child.waitForLine(
    "a warning",
    (line) => /sick\\*" is left out for 3600 s/.test(line),
  );
});

test("a provider that asks for time is left out so long, and then serves again", async (place) => {
  const ask = () => said("genai", question(place, "hinted"), true);
  const counts = counted(place);
  place.upstream("limited").next({ fault: { status: 429, retryAfterS: 1 } });
  await ask();
  const startedMs = performance.now();
  for (let asked = 0; asked < 5; asked++) await ask();
  assert.deepEqual([counts().limited, counts().spare], [1, 6]);
  await until("it is back", async () => {
    await ask();
    return counts().limited === 2;
  });
  const awayMs = performance.now() - startedMs;
  assert.ok(awayMs > 800 && awayMs < 1_500, `${awayMs} ms`);
});

test("providers that are all left out serve nevertheless", async (place) => {
  const ask = () => said("openai responses", question(place, "all-sick"), false);
  place.upstream("sick").next({ fault: { status: 503 } });
  place.upstream("limited").next({ fault: { status: 503 } });
  assert.equal((await seenError(ask())).status, 503);
  const counts = counted(place);
  assert.notEqual(await ask(), "");
  assert.deepEqual(counts(), { gpt: 0, claude: 0, spare: 0, sick: 1, limited: 0 });
});

test("backends of a route share requests by weight", async (place) => {
  const counts = counted(place);
  for (let asked = 0; asked < 80; asked++) {
    await said("openai chat", question(place, "weights"), false);
  }
  const { gpt = 0, claude = 0, spare } = counts();
  assert.deepEqual([gpt + claude, spare], [80, 0]);
  // A share of one in four leaves this range once in a million runs.
  assert.ok(claude >= 4 && claude <= 40, `${claude} of 80`);
});
