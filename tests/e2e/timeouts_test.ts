/** How long requests may take, on a route and in `llm`, as the official SDKs meet it. */
import assert from "node:assert/strict";
import { type SeenError, seenError } from "../support/clients/errors.ts";
import { loops } from "../support/clients/index.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";
import type { Script } from "../support/upstreams/scripts.ts";

const DEADLINE_MS = 200;

const DEADLINE = `${DEADLINE_MS}ms`;

/** The timeouts of the routes, by the names of the routes. */
const TIMEOUTS = {
  "off": undefined,
  "request": { requestTimeout: DEADLINE },
  "backend": { backendRequestTimeout: DEADLINE },
  "first-token": { firstTokenTimeout: DEADLINE },
  "idle": { streamIdleTimeout: DEADLINE },
};

const LLM_TIMEOUTS = {
  requestTimeout: "5s",
  backendRequestTimeout: "4s",
  firstTokenTimeout: DEADLINE,
  streamIdleTimeout: DEADLINE,
};

type Shared = Place<"only">;

const test = suite(() =>
  startPlace<"only">([["only", "openAI"]], (provider, [port, llmPort]) => {
    const only = { ai: provider("only").backend("only", { health: {} }) };
    return {
      gateways: { default: { port } },
      routes: Object.entries(TIMEOUTS).map(([name, timeout]) =>
        chatRoute(name, timeout === undefined ? {} : { timeout }, only)
      ),
      llm: {
        port: llmPort,
        policies: { timeout: LLM_TIMEOUTS },
        models: [provider("only").entry("any")],
      },
    };
  })
);

const question = ({ gateway }: Shared, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

const WORDS = ["this ", "and ", "that ", "and ", "more"];

const silent: Script = { headDelayMs: 60_000 };
const noContent: Script = { text: WORDS, delayMs: 60_000 };
const stalled: Script = { text: WORDS, cutAfter: 2, cutHow: "stall" };
const slow: Script = { text: WORDS, delayMs: DEADLINE_MS / 4 };

interface Cut {
  readonly error: SeenError;
  readonly tookMs: number;
}

/** Lets a request run into its deadline; the upstream must be let go at once. */
async function cutOff(
  place: Shared,
  script: Script,
  ask: () => Promise<unknown>,
): Promise<Cut> {
  const only = place.upstream("only");
  only.next(script);
  const startedMs = performance.now();
  const error = await seenError(ask());
  const tookMs = performance.now() - startedMs;
  const { exchange } = only.last;
  await until("the upstream is let go", () => exchange.gone.aborted);
  const afterMs = (exchange.goneMs ?? Infinity) - startedMs - tookMs;
  assert.ok(afterMs < 100, `the upstream was let go ${afterMs} ms after the client knew`);
  assert.ok(tookMs > DEADLINE_MS - 10 && tookMs < DEADLINE_MS + 300, `it took ${tookMs} ms`);
  return { error, tookMs };
}

function assertTimeout({ error }: Cut, client: Client, message: RegExp): void {
  assert.equal(error.status, 504, error.message);
  assert.equal(error.type, TYPES[client]);
  assert.match(error.message, message);
}

const TYPES = {
  "openai chat": "InternalServerError",
  "openai responses": "InternalServerError",
  "anthropic": "GatewayTimeoutError",
  "genai": "ApiError",
} as const;

type Client = keyof typeof TYPES;

for (const client of officialClients) {
  for (const stream of [false, true]) {
    const how = `${client}, ${stream ? "streamed" : "buffered"}`;

    test(`${how}: a request's timeout is told as the SDK's own error`, async (place) => {
      const ask = () => said(client, question(place, "request"), stream);
      assertTimeout(await cutOff(place, silent, ask), client, /request timeout/);
      if (stream) assertTimeout(await cutOff(place, noContent, ask), client, /request timeout/);
    });

    test(`${how}: an upstream that does not begin to answer is given up`, async (place) => {
      const ask = () => said(client, question(place, "backend"), stream);
      assertTimeout(await cutOff(place, silent, ask), client, /upstream call timeout/);
    });
  }

  test(`${client}: a stream that does not begin its content is given up`, async (place) => {
    const ask = () => said(client, question(place, "first-token"), true);
    assertTimeout(await cutOff(place, noContent, ask), client, /no content within 200 ms/);
    assertTimeout(await cutOff(place, silent, ask), client, /no content within 200 ms/);
  });

  test(`${client}: a stream that falls silent is ended with an error`, async (place) => {
    const { baseUrl, model } = question(place, "idle");
    const { error } = await cutOff(place, stalled, () =>
      loops[client](baseUrl, model, {
        stream: true,
      }));
    assert.equal(error.type, client === "genai" ? "ApiError" : "APIError");
    assert.match(error.message, /200 ms/);
  });

  test(`${client}: a request's timeout ends a stream under way with an error`, async (place) => {
    const { baseUrl, model } = question(place, "request");
    const { error } = await cutOff(
      place,
      { text: WORDS, delayMs: 75 },
      () => loops[client](baseUrl, model, { stream: true }),
    );
    assert.equal(error.type, client === "genai" ? "ApiError" : "APIError");
    assert.match(error.message, /request timeout/);
  });
}

test("without the policy a slow answer is waited for", async (place) => {
  for (const stream of [false, true]) {
    place.upstream("only").next({ text: WORDS, headDelayMs: 2 * DEADLINE_MS });
    assert.equal(await said("anthropic", question(place, "off"), stream), WORDS.join(""));
  }
});

test("a stream that is slow, but never silent for too long, is whole", async (place) => {
  for (const route of ["backend", "first-token", "idle"]) {
    place.upstream("only").next(slow);
    assert.equal(await said("openai chat", question(place, route), true), WORDS.join(""), route);
  }
});

test("deadlines of streams leave whole answers alone", async (place) => {
  for (const route of ["first-token", "idle"]) {
    place.upstream("only").next({ text: WORDS, headDelayMs: 1.5 * DEADLINE_MS });
    assert.equal(await said("genai", question(place, route), false), WORDS.join(""), route);
  }
});

test("a client that reads slowly is no silence of the upstream", async (place) => {
  place.upstream("only").next({ text: ["one ", "two "] });
  const { baseUrl } = question(place, "idle");
  const response = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "any",
      stream: true,
      messages: [{ role: "user", content: "hi" }],
    }),
  });
  await new Promise((resolve) => setTimeout(resolve, 1.5 * DEADLINE_MS));
  assert.match(await response.text(), /two .*\[DONE\]/s);
});

test("llm has the timeouts for all its models", async (place) => {
  const asked = { baseUrl: place.gateway.urlOf(1), model: "any", text: "Say: all well" };
  for (const script of [noContent, silent]) {
    const ask = () => said("openai responses", asked, true);
    assertTimeout(await cutOff(place, script, ask), "openai responses", /no content within/);
  }
  const { error } = await cutOff(
    place,
    stalled,
    () => loops["openai chat"](asked.baseUrl, "any", { stream: true }),
  );
  assert.match(error.message, /200 ms/);
});

test("a timeout is in the access log and the metrics as such", async (place) => {
  const ask = () => said("openai chat", question(place, "backend"), false);
  const timeouts = async () =>
    (await place.gateway.metrics()).sum("agentgateway_requests_total", { reason: "Timeout" });
  const before = await timeouts();
  await cutOff(place, silent, ask);
  await place.gateway.accessLog({
    "http.status": 504,
    reason: "Timeout",
    error: "upstream call timeout",
  });
  assert.equal(await timeouts(), before + 1);
});
