/** Requests that are sent again, on a route and in `llm`, as the official SDKs meet it. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import { loops } from "../support/clients/index.ts";
import { Upstream } from "../support/openai_upstream.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  requestsSince,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import type { Script } from "../support/upstreams/scripts.ts";
import type { UpstreamRecord } from "../support/upstreams/stand_in.ts";

/** The retry policies of the routes, by the names of the routes. */
const RETRIES = {
  "off": undefined,
  "codes": { attempts: 2, codes: [429, 503] },
  "once": { codes: [503] },
  "backoff": { attempts: 2, codes: [503], backoff: "200ms" },
  "capped": { attempts: 1, codes: [429, 503], retryAfterMax: "2s" },
  "condition": { codes: [], condition: 'response.headers["x-again"] == "yes"' },
  "precondition": { codes: [503], precondition: 'request.headers["x-again"] == "yes"' },
  "never-again": { attempts: 0, codes: [503] },
};

interface Shared extends Place<"only" | "other"> {
  /** Breaks connections off, as the other cannot. */
  readonly flaky: Upstream;
}

const test = suite(async (): Promise<Shared> => {
  const flaky = await Upstream.start();
  const flakyAt = {
    ai: {
      name: "flaky",
      provider: { openAI: { model: "gpt-4o" } },
      hostOverride: flaky.url.replace("http://", ""),
      pathPrefix: "/v1",
    },
  };
  const place = await startPlace<"only" | "other">(
    [["only", "openAI"], ["other", "anthropic"]],
    (provider, [port, llmPort]) => {
      const only = { ai: provider("only").backend("only", { health: {} }) };
      const routes = Object.entries(RETRIES).map(([name, retry]) =>
        chatRoute(name, retry === undefined ? {} : { retry }, only)
      );
      return {
        gateways: { default: { port } },
        routes: [
          ...routes,
          chatRoute("flaky", { retry: { attempts: 2, codes: [] } }, flakyAt),
          chatRoute("bounded", {
            retry: { codes: [503], backoff: "1h" },
            timeout: { requestTimeout: "300ms" },
          }, only),
        ],
        llm: {
          port: llmPort,
          policies: { retry: { attempts: 1, codes: [503] } },
          models: [provider("only").entry("gpt"), provider("other").entry("claude")],
        },
      };
    },
  );
  return {
    ...place,
    flaky,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await flaky[Symbol.asyncDispose]();
    },
  };
});

const question = ({ gateway }: Shared, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

const busy: Script = { fault: { status: 503, message: "told 503", retryAfterS: 0 } };

/** The tries of a request, by the header that counts them. */
function triesIn(records: readonly UpstreamRecord[] = []): readonly (string | null)[] {
  return records.map(({ headers }) => headers.get("x-retry-attempt"));
}

function triesSince(place: Shared): () => readonly (string | null)[] {
  const since = requestsSince(place, "only");
  return () => triesIn(since().only);
}

for (const client of officialClients) {
  for (const stream of [false, true]) {
    const how = `${client}, ${stream ? "streamed" : "buffered"}`;

    test(`${how}: a listed status is tried again, each try with its number`, async (place) => {
      const tries = triesSince(place);
      const only = place.upstream("only");
      only.next(busy, { fault: { status: 429, retryAfterS: 0 } });
      const text = await said(client, question(place, "codes"), stream);
      assert.equal(text, await said(client, question(place, "off"), stream));
      assert.deepEqual(tries(), [null, "1", "2", null]);
      const [first, ...more] = only.records.slice(-4, -1);
      for (const { body, path } of more) assert.deepEqual([path, body], [first?.path, first?.body]);
    });

    test(`${how}: where all tries fail the last error is the SDK's own`, async (place) => {
      const tries = triesSince(place);
      place.upstream("only").next(busy, busy, { fault: { status: 429, message: "told 429" } });
      const error = await seenError(said(client, question(place, "codes"), stream));
      assert.equal(error.status, 429);
      assert.equal(error.type, client === "genai" ? "ApiError" : "RateLimitError");
      assert.match(error.message, /told 429/);
      assert.deepEqual(tries(), [null, "1", "2"]);
    });

    test(`${how}: other statuses, and all without the policy, are told at once`, async (place) => {
      for (const [route, status] of [["codes", 500], ["codes", 400], ["off", 503]] as const) {
        const tries = triesSince(place);
        place.upstream("only").next({ fault: { status } });
        const { status: told } = await seenError(said(client, question(place, route), stream));
        assert.equal(told, status);
        assert.deepEqual(tries(), [null]);
      }
    });
  }

  test(`${client}: an error within a stream is tried again before content only`, async (place) => {
    const text = ["this ", "and ", "that"];
    const tries = triesSince(place);
    place.upstream("only").next({ text, fault: { status: 429, inStreamAfter: 0 } });
    assert.notEqual(await said(client, question(place, "codes"), true), "");
    assert.deepEqual(tries(), [null, "1"]);
    place.upstream("only").next({
      text,
      fault: { status: 429, message: "late", inStreamAfter: 2 },
    });
    const { baseUrl, model } = question(place, "codes");
    const error = await seenError(loops[client](baseUrl, model, { stream: true }));
    assert.match(error.message, /late/);
    assert.deepEqual(tries(), [null, "1", null]);
  });
}

test("a connection that breaks is tried again, and how often is limited", async (place) => {
  const reset = { cut: { after: "request", how: "reset" } } as const;
  const ask = (stream: boolean) => said("openai chat", question(place, "flaky"), stream);
  for (const stream of [false, true]) {
    const before = place.flaky.records.length;
    place.flaky.next(reset, reset, reset);
    const error = await seenError(ask(stream));
    assert.deepEqual([error.status, error.type], [503, "InternalServerError"]);
    assert.match(error.message, /upstream call failed/);
    assert.equal(place.flaky.records.length, before + 3);
  }
  // The runtime itself sends a request once more where a connection that it kept breaks, so that
  // an answer, after which the connection is kept, comes last.
  const before = place.flaky.records.length;
  place.flaky.next(reset, reset);
  assert.notEqual(await ask(true), "");
  assert.equal(place.flaky.records.length, before + 3);
});

test("attempts are one if not said, and may be none", async (place) => {
  for (const [route, expected] of [["once", [null, "1"]], ["never-again", [null]]] as const) {
    const tries = triesSince(place);
    place.upstream("only").next(...expected.map(() => busy));
    const { status } = await seenError(said("anthropic", question(place, route), false));
    assert.equal(status, 503);
    assert.deepEqual(tries(), expected);
  }
});

test("a backoff is waited before every further try", async (place) => {
  const since = requestsSince(place, "only");
  place.upstream("only").next(busy, busy);
  await said("genai", question(place, "backoff"), true);
  const at = (since().only ?? []).map(({ request }) => request.receivedMs);
  const waits = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  assert.equal(waits.length, 2);
  for (const waitMs of waits) assert.ok(waitMs > 190 && waitMs < 500, `${waits}`);
});

test("an upstream's retry-after is waited for within the cap", async (place) => {
  const since = requestsSince(place, "only");
  place.upstream("only").next({ fault: { status: 429, retryAfterS: 1 } });
  await said("openai chat", question(place, "capped"), false);
  const [first, second] = (since().only ?? []).map(({ request }) => request.receivedMs);
  const waitMs = (second ?? 0) - (first ?? 0);
  assert.ok(waitMs > 980 && waitMs < 1_500, `${waitMs} ms`);
});

test("a retry-after beyond the cap is the client's to wait for", async (place) => {
  for (const stream of [false, true]) {
    const tries = triesSince(place);
    place.upstream("only").next({ fault: { status: 429, retryAfterS: 30 } });
    const error = await seenError(said("openai chat", question(place, "capped"), stream));
    assert.deepEqual([error.status, error.retryAfter], [429, "30"]);
    assert.deepEqual(tries(), [null]);
  }
});

test("what a rate limit says of itself holds up no try after another error", async (place) => {
  const tries = triesSince(place);
  const headers = { "x-ratelimit-reset-requests": "1h", "x-ratelimit-reset-tokens": "6m0s" };
  place.upstream("only").next({ ...busy, headers });
  assert.notEqual(await said("openai chat", question(place, "capped"), true), "");
  assert.deepEqual(tries(), [null, "1"]);
});

test("a condition looks at the answer", async (place) => {
  const fault = { status: 409 };
  const rows = [["yes", [null, "1"]], ["no", [null]]] as const;
  for (const [again, expected] of rows) {
    const tries = triesSince(place);
    place.upstream("only").next({ fault, headers: { "x-again": again } });
    const outcome = said("anthropic", question(place, "condition"), true);
    if (expected.length === 2) assert.notEqual(await outcome, "");
    else assert.equal((await seenError(outcome)).status, 409);
    assert.deepEqual(tries(), expected);
  }
});

test("a precondition looks at the request, and one that fails forbids", async (place) => {
  const rows = [["yes", 200, [null, "1"]], ["no", 503, [null]], [undefined, 503, [null]]] as const;
  for (const [again, expected, asked] of rows) {
    const tries = triesSince(place);
    place.upstream("only").next(busy);
    const client = new OpenAI({
      ...{ baseURL: `${place.gateway.url}/precondition/v1`, apiKey: "k", maxRetries: 0 },
      defaultHeaders: again === undefined ? {} : { "x-again": again },
    });
    const status = await client.responses.create({ model: "any", input: "Say: all well" })
      .then(() => 200, (error) => error.status);
    assert.equal(status, expected);
    assert.deepEqual(tries(), asked);
  }
});

test("a request's timeout ends the wait for another try", async (place) => {
  const tries = triesSince(place);
  place.upstream("only").next(busy);
  const startedMs = performance.now();
  const error = await seenError(said("openai chat", question(place, "bounded"), false));
  const tookMs = performance.now() - startedMs;
  assert.deepEqual([error.status, error.message.includes("request timeout")], [504, true]);
  assert.ok(tookMs > 290 && tookMs < 600, `${tookMs} ms`);
  assert.deepEqual(tries(), [null]);
});

test("a large body is tried again as it was", async (place) => {
  const since = requestsSince(place, "only");
  place.upstream("only").next(busy);
  const text = "x".repeat(500_000);
  await said("openai chat", { ...question(place, "once"), text }, false);
  const [first, second] = (since().only ?? []).map(({ request }) => request.body);
  assert.deepEqual(first, second);
});

test("llm sends requests again for all its models", async (place) => {
  const baseUrl = place.gateway.urlOf(1);
  for (const [name, model] of [["only", "gpt"], ["other", "claude"]] as const) {
    const since = requestsSince(place, name);
    place.upstream(name).next(busy, busy, busy);
    const ask = () => said("openai chat", { baseUrl, model, text: "Say: all well" }, true);
    assert.equal((await seenError(ask())).status, 503);
    assert.notEqual(await ask(), "");
    assert.deepEqual(triesIn(since()[name]), [null, "1", null, "1"]);
  }
});
