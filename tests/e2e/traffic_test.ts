/** Redirects, direct responses, delays and buffers of routes, as the official SDKs meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import { within } from "../support/until.ts";

const APP = "https://app.example.com";
const cors = { allowOrigins: [APP], exposeHeaders: ["retry-after"] };

type Shared = Place<"gpt">;

/** The policies of the routes, by the names of the routes. */
const POLICIES = {
  "plain": {},
  "moved": {
    requestRedirect: { path: { prefix: "/plain" }, status: 308 },
  },
  "moved-away": {
    requestRedirect: {
      scheme: "https",
      authority: { host: "llm.example.com" },
      path: { full: "/elsewhere" },
    },
  },
  "maintenance": {
    cors,
    directResponse: {
      status: 503,
      bodyExpression:
        '{"error": {"message": "back soon, " + default(request.headers["x-user"], "you"), ' +
        '"code": "maintenance"}}',
      headers: { "content-type": '"application/json"', "retry-after": '"7"' },
    },
  },
  "robots": { directResponse: { status: 200, body: "User-agent: *\nDisallow: /" } },
  "slow": { delay: { duration: "250ms" } },
  "sometimes-slow": {
    delay: { duration: 'request.headers["x-slow"] == "yes" ? duration("0.25s") : duration("0s")' },
  },
  "too-slow": { delay: { duration: "1m" }, timeout: { requestTimeout: "200ms" } },
  "small": { buffer: { request: { maxBytes: 1_000 } } },
  "small-open": { buffer: { request: { maxBytes: 1_000, failureMode: "failOpen" } } },
  "short": { buffer: { response: { maxBytes: 2_000 } } },
  "short-open": { buffer: { response: { maxBytes: 100, failureMode: "failOpen" } } },
};

const test = suite(() =>
  startPlace<"gpt">([["gpt", "openAI"]], (provider, [port]) => {
    const gpt = { ai: provider("gpt").backend("gpt") };
    return {
      gateways: { default: { port } },
      routes: Object.entries(POLICIES).map(([name, policies]) =>
        "requestRedirect" in policies ? chatRoute(name, policies) : chatRoute(name, policies, gpt)
      ),
    };
  })
);

const question = ({ gateway }: Shared, route: string, text = "Say: all well") => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text },
});

type Headers = Readonly<Record<string, string>>;

const openAi = (baseUrl: string, headers: Headers = {}) =>
  new OpenAI({
    ...{ baseURL: `${baseUrl}/v1`, apiKey: "k", maxRetries: 0 },
    defaultHeaders: { ...headers },
  });

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

for (const client of officialClients) {
  test(`${client} follows a redirect to where its model is`, async (place) => {
    for (const stream of [false, true]) {
      const text = await said(client, question(place, "moved"), stream);
      assert.equal(text, await said(client, question(place, "plain"), stream));
    }
  });

  test(`${client} has a direct response as an error of its own`, async (place) => {
    const before = place.upstream("gpt").records.length;
    const error = await seenError(said(client, question(place, "maintenance"), false));
    assert.equal(error.status, 503);
    assert.equal(place.upstream("gpt").records.length, before);
  });

  test(`${client} waits for a delay`, async (place) => {
    for (const stream of [false, true]) {
      const startedMs = performance.now();
      await said(client, question(place, "slow"), stream);
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs > 245 && tookMs < 750, `${tookMs} ms`);
    }
  });
}

test("a redirect says where to, and keeps the query", async (place) => {
  const rows = [
    ["moved/v1/models?a=b", 308, `${place.gateway.url}/plain/v1/models?a=b`],
    ["moved-away/v1/models?a=b", 302, "https://llm.example.com/elsewhere?a=b"],
  ] as const;
  for (const [path, expected, location] of rows) {
    const { status, headers, body } = await fetch(`${place.gateway.url}/${path}`, {
      redirect: "manual",
    });
    await body?.cancel();
    assert.deepEqual([status, headers.get("location")], [expected, location]);
  }
});

test("a direct response is what its policy says, CORS and all", async (place) => {
  const error = await openAi(`${place.gateway.url}/maintenance`, { origin: APP, "x-user": "ada" })
    .chat.completions.create(asked).then(() => undefined, (error) => error);
  assert.ok(error instanceof OpenAI.InternalServerError);
  assert.deepEqual([error.code, error.headers.get("retry-after")], ["maintenance", "7"]);
  assert.match(error.message, /back soon, ada/);
  assert.equal(error.headers.get("access-control-allow-origin"), APP);
  assert.equal(error.headers.get("access-control-expose-headers"), "retry-after");
  const robots = await fetch(`${place.gateway.url}/robots/robots.txt`);
  assert.match(robots.headers.get("content-type") ?? "", /^text\/plain/);
  assert.equal(await robots.text(), "User-agent: *\nDisallow: /");
  await place.gateway.accessLog({ "http.path": "/robots/robots.txt", reason: "DirectResponse" });
});

test("a delay may depend on the request", async (place) => {
  const tookMs = async (headers: Headers) => {
    const startedMs = performance.now();
    const { url } = place.gateway;
    await openAi(`${url}/sometimes-slow`, headers).chat.completions.create(asked);
    return performance.now() - startedMs;
  };
  assert.ok(await tookMs({ "x-slow": "yes" }) > 245);
  assert.ok(await tookMs({ "x-slow": "no" }) < 200);
  assert.ok(await tookMs({}) < 200, "an expression that fails is no delay");
});

test("a delay ends with the request's timeout, and when the client leaves", async (place) => {
  const gpt = place.upstream("gpt");
  const before = gpt.records.length;
  const late = await seenError(said("anthropic", question(place, "too-slow"), false));
  assert.equal(late.status, 504);
  const leaving = AbortSignal.timeout(50);
  const left = said("openai chat", { ...question(place, "slow"), signal: leaving }, false);
  await assert.rejects(left, OpenAI.APIUserAbortError);
  const gone = await within("it is logged", 1_000, place.gateway.accessLog({ "http.status": 499 }));
  assert.ok(parseInt(String(gone.duration)) < 200, String(gone.duration));
  assert.equal(gpt.records.length, before);
});

test("a request that does not fit its buffer is refused, or let through", async (place) => {
  const text = "x".repeat(2_000);
  for (const client of officialClients) {
    const before = place.upstream("gpt").records.length;
    const error = await seenError(said(client, question(place, "small", text), true));
    assert.equal(error.status, 413);
    assert.match(error.message, /1000/);
    assert.equal(place.upstream("gpt").records.length, before);
    assert.notEqual(await said(client, question(place, "small"), true), "");
    assert.notEqual(await said(client, question(place, "small-open", text), true), "");
  }
});

test("an answer that does not fit its buffer is refused, or let through", async (place) => {
  const gpt = place.upstream("gpt");
  const text = "long ".repeat(800);
  for (const client of officialClients) {
    for (const stream of [false, true]) {
      gpt.next({ text }, { text });
      const error = await seenError(said(client, question(place, "short"), stream));
      assert.equal(error.status, 502);
      assert.match(error.message, /2000/);
      assert.equal(await said(client, question(place, "short-open"), stream), text);
    }
  }
});

test("a buffered stream comes as a whole at its end", async (place) => {
  place.upstream("gpt").next({ text: ["a", "b", "c"], delayMs: 100 });
  const startedMs = performance.now();
  const stream = await openAi(`${place.gateway.url}/short`).chat.completions
    .create({ ...asked, stream: true });
  const arrivals = (await Array.fromAsync(stream, () => performance.now())).map((ms) =>
    ms - startedMs
  );
  assert.ok((arrivals[0] ?? 0) > 280, `the first came after ${arrivals[0]} ms`);
});
