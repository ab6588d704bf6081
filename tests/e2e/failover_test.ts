/** Failover of the `llm` section: what one target fails, the next answers within the request. */
import assert from "node:assert/strict";
import { seenError } from "../support/clients/errors.ts";
import { loops } from "../support/clients/index.ts";
import {
  countsSince,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";
import type { Script } from "../support/upstreams/scripts.ts";

type Name = "first" | "second" | "third";

const inTurn = (...models: readonly Name[]) =>
  models.map((model, priority) => ({ model, priority }));

const failover = (targets: readonly object[], retry?: object) => ({
  failover: { targets, ...(retry && { retry }) },
});

const ALL = inTurn("first", "second", "third");

const VIRTUAL = {
  "best": failover(ALL),
  "off": failover(ALL, { enabled: false }),
  "once-more": failover(ALL, { attempts: 1 }),
  "only-429": failover(ALL, { codes: [429] }),
  "hasty": failover(ALL, { perTryTimeout: "150ms" }),
  "impatient": failover(ALL, { firstTokenTimeout: "150ms" }),
};

/** Without health nobody is left out, so that tests do not disturb each other. */
const WELL = { health: {} };

const test = suite(() =>
  startPlace<Name>(
    [["first", "openAI"], ["second", "openAI"], ["third", "anthropic"]],
    (provider, [port]) => ({
      llm: {
        port,
        models: [
          provider("first").entry("first", WELL),
          provider("second").entry("second", WELL),
          provider("third").entry("third", WELL),
        ],
        virtualModels: Object.entries(VIRTUAL).map(([name, routing]) => ({ name, routing })),
      },
    }),
  )
);

const TEXT = "Say: all well";

const question = ({ gateway }: Place<Name>, model: string) => ({
  ...{ baseUrl: gateway.url, model, text: TEXT },
});

const counted = (place: Place<Name>) => countsSince(place, "first", "second", "third");

/** Waits until one request more than before has been logged with these attempts. */
function logged({ gateway }: Place<Name>, attempts: string | undefined): () => Promise<unknown> {
  const count = () => gateway.accessLogs().filter((line) => line.attempts === attempts).length;
  const before = count();
  return () => until(`a request is logged with ${attempts}`, () => count() > before);
}

/** Ways to fail before any content, by the status that the log has of them. */
const FAULTS: readonly (readonly [status: string, script: Script])[] = [
  ["503", { fault: { status: 503 } }],
  ["500", { fault: { status: 500 } }],
  ["429", { fault: { status: 429, retryAfterS: 30 } }],
  ["401", { fault: { status: 401 } }],
  ["404", { fault: { status: 404 } }],
];

/** The same within a stream that began well. */
const STREAM_FAULTS: readonly (readonly [status: string, script: Script])[] = [
  ["429", { text: ["never ", "said"], fault: { status: 429, inStreamAfter: 0 } }],
  ["500", { text: ["never ", "said"], fault: { status: 500, inStreamAfter: 0 } }],
  ["-", { text: ["never said"], cutAfter: 0, cutHow: "reset" }],
];

for (const client of officialClients) {
  for (const stream of [false, true]) {
    const how = `${client}, ${stream ? "streamed" : "buffered"}`;

    test(`${how}: what a target fails, the next answers once`, async (place) => {
      const lines: (() => Promise<unknown>)[] = [];
      for (const [status, script] of stream ? [...FAULTS, ...STREAM_FAULTS] : FAULTS) {
        const counts = counted(place);
        lines.push(logged(place, `first:${status},second:200`));
        place.upstream("first").next(script);
        const text = await said(client, question(place, "best"), stream);
        assert.equal(text, await said(client, question(place, "second"), stream), status);
        assert.deepEqual(counts(), { first: 1, second: 2, third: 0 });
      }
      await Promise.all(lines.map((isLogged) => isLogged()));
    });

    test(`${how}: the third answers in its own API`, async (place) => {
      const counts = counted(place);
      place.upstream("first").next({ fault: { status: 503 } });
      place.upstream("second").next({ fault: { status: 429 } });
      assert.notEqual(await said(client, question(place, "best"), stream), "");
      assert.deepEqual(counts(), { first: 1, second: 1, third: 1 });
      assert.deepEqual(place.upstream("third").refusals, []);
    });

    test(`${how}: where all fail the last one's error is the SDK's own`, async (place) => {
      for (const inStreamAfter of stream ? [undefined, 0] : [undefined]) {
        const counts = counted(place);
        const isLogged = logged(place, "first:429,second:500,third:529");
        const where = inStreamAfter === undefined ? {} : { inStreamAfter };
        place.upstream("first").next({ fault: { status: 429, ...where } });
        place.upstream("second").next({ fault: { status: 500, ...where } });
        place.upstream("third").next({ fault: { status: 529, message: "told 529", ...where } });
        const error = await seenError(said(client, question(place, "best"), stream));
        assert.deepEqual(counts(), { first: 1, second: 1, third: 1 });
        assert.equal(error.status, 529);
        assert.match(error.message, /told 529/);
        assert.equal(error.type, OVERLOADED[client]);
        await isLogged();
      }
    });

    test(`${how}: what is wrong with the request is not tried elsewhere`, async (place) => {
      for (const status of [400, 413, 422]) {
        const counts = counted(place);
        place.upstream("first").next({ fault: { status, message: "your fault" } });
        const error = await seenError(said(client, question(place, "best"), stream));
        assert.equal(error.status, status);
        assert.deepEqual(counts(), { first: 1, second: 0, third: 0 });
      }
    });
  }

  test(`${client}: nothing is tried again once content was sent`, async (place) => {
    const counts = counted(place);
    place.upstream("first").next({
      text: ["this ", "and ", "that"],
      fault: { status: 500, message: "told late", inStreamAfter: 2 },
    });
    const error = await seenError(loops[client](place.gateway.url, "best", { stream: true }));
    assert.match(error.message, /told late/);
    assert.deepEqual(counts(), { first: 1, second: 0, third: 0 });
  });
}

const OVERLOADED = {
  "openai chat": "InternalServerError",
  "openai responses": "InternalServerError",
  "anthropic": "OverloadedError",
  "genai": "ApiError",
} as const;

test("a request is logged once, and one that needed no second try without attempts", async (place) => {
  const isLogged = logged(place, undefined);
  const requests = async () => (await place.gateway.metrics()).sum("agentgateway_requests_total");
  const before = await requests();
  await said("openai chat", question(place, "best"), false);
  await isLogged();
  assert.equal(await requests(), before + 1);
});

test("failover may be off, narrower, or shorter", async (place) => {
  const rows = [
    ["off", [503], 503, { first: 1, second: 0, third: 0 }],
    ["once-more", [503, 500], 500, { first: 1, second: 1, third: 0 }],
    ["only-429", [503], 503, { first: 1, second: 0, third: 0 }],
    ["only-429", [429, 429], 200, { first: 1, second: 1, third: 1 }],
  ] as const;
  for (const [model, [first, second], expected, asked] of rows) {
    for (const stream of [false, true]) {
      const counts = counted(place);
      place.upstream("first").next({ fault: { status: first } });
      if (second !== undefined) place.upstream("second").next({ fault: { status: second } });
      const outcome = said("openai chat", question(place, model), stream);
      if (expected === 200) assert.notEqual(await outcome, "");
      else assert.equal((await seenError(outcome)).status, expected);
      assert.deepEqual(counts(), asked, model);
    }
  }
});

test("a target that takes too long is left for the next, and its socket closed", async (place) => {
  const rows = [
    ["hasty", false, { headDelayMs: 60_000 }],
    ["hasty", true, { headDelayMs: 60_000 }],
    ["impatient", true, { text: ["never ", "said"], delayMs: 60_000 }],
  ] as const;
  for (const [model, stream, script] of rows) {
    const isLogged = logged(place, "first:-,second:200");
    place.upstream("first").next(script);
    const startedMs = performance.now();
    assert.notEqual(await said("openai chat", question(place, model), stream), "");
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs >= 145 && tookMs < 1_000, `${model} took ${tookMs} ms`);
    const { exchange } = place.upstream("first").last;
    await until("the first is told", () => exchange.gone.aborted);
    assert.ok((exchange.goneMs ?? Infinity) - startedMs < 250, `${exchange.goneMs}`);
    await isLogged();
  }
});

test("a first token that is in time is not hurried by its deadline", async (place) => {
  place.upstream("first").next({ text: ["slow ", "but ", "sure"], delayMs: 100 });
  assert.equal(await said("openai chat", question(place, "impatient"), true), "slow but sure");
});
