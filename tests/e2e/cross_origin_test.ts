/** What pages of other origins meet at `llm` and at a route, by way of the official SDKs. */
import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { chatRoute, startPlace } from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";

const APP = "https://app.example.com";
const STRANGER = "https://stranger.example.org";

const cors = {
  allowOrigins: [APP, "https://*.preview.example.com"],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["*"],
  exposeHeaders: ["x-request-id", "retry-after"],
  maxAge: "10m",
};

const test = suite(() =>
  startPlace<"gpt">([["gpt", "openAI"]], (provider, [port, llmPort]) => {
    const gpt = { ai: provider("gpt").backend("gpt") };
    return {
      gateways: { default: { port } },
      routes: [
        chatRoute("plain", {}, gpt),
        chatRoute("cors", { cors }, gpt),
        chatRoute("csrf", { csrf: { additionalOrigins: [APP] } }, gpt),
      ],
      llm: {
        port: llmPort,
        policies: { cors, apiKey: { mode: "strict", keys: [{ key: "sk-known" }] } },
        models: [provider("gpt").entry("any")],
      },
    };
  })
);

type Headers = Readonly<Record<string, string>>;

const openAi = (baseUrl: string, headers: Headers = {}, apiKey = "sk-known") =>
  new OpenAI({
    ...{ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0 },
    defaultHeaders: { ...headers },
  });

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

const corsHeaders = (headers: globalThis.Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));

async function preflight(url: string, origin: string): Promise<Response> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization, x-stainless-os",
    },
  });
  await response.body?.cancel();
  return response;
}

test("a preflight needs no key, and tells a known page what it may do", async (place) => {
  const before = place.upstream("gpt").records.length;
  for (const url of [place.gateway.urlOf(1), `${place.gateway.url}/cors`]) {
    for (const origin of [APP, "https://pr-7.preview.example.com"]) {
      const { status, headers } = await preflight(url, origin);
      assert.equal(status, 200);
      assert.deepEqual(corsHeaders(headers), {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization, x-stainless-os",
        "access-control-max-age": "600",
      });
      assert.match(headers.get("vary") ?? "", /origin/i);
    }
    const refused = await preflight(url, STRANGER);
    assert.deepEqual([refused.status, corsHeaders(refused.headers)], [200, {}]);
  }
  assert.equal(place.upstream("gpt").records.length, before);
});

const READABLE = {
  "access-control-allow-origin": APP,
  "access-control-expose-headers": "x-request-id, retry-after",
};

test("answers and errors alike may be read by a known page", async (place) => {
  const llm = place.gateway.urlOf(1);
  const gpt = place.upstream("gpt");
  const client = openAi(llm, { origin: APP });
  const { response } = await client.chat.completions.create(asked).withResponse();
  assert.deepEqual(corsHeaders(response.headers), READABLE);
  const streamed = await client.chat.completions.create({ ...asked, stream: true }).withResponse();
  await Array.fromAsync(streamed.data);
  assert.deepEqual(corsHeaders(streamed.response.headers), READABLE);
  gpt.next({ fault: { status: 429 } });
  const failing = [
    [429, client, asked],
    [404, client, { ...asked, model: "unknown" }],
    [401, openAi(llm, { origin: APP }, "sk-unknown"), asked],
  ] as const;
  for (const [status, failingClient, question] of failing) {
    await assert.rejects(failingClient.chat.completions.create(question), (error) => {
      assert.ok(error instanceof OpenAI.APIError && error.headers !== undefined);
      assert.equal(error.status, status);
      assert.deepEqual(corsHeaders(error.headers), READABLE);
      return true;
    });
  }
});

test("a page of another origin is answered, but may not read it", async (place) => {
  for (const url of [place.gateway.urlOf(1), `${place.gateway.url}/plain`]) {
    const { response } = await openAi(url, { origin: STRANGER }).chat.completions.create(asked)
      .withResponse();
    assert.deepEqual(corsHeaders(response.headers), {});
  }
});

test("csrf refuses what a browser sends for a foreign page, and nothing else", async (place) => {
  const { url } = place.gateway;
  const rows: readonly (readonly [Headers, boolean])[] = [
    [{}, true],
    [{ origin: APP }, true],
    [{ origin: url }, true],
    [{ origin: STRANGER, "sec-fetch-site": "same-origin" }, true],
    [{ origin: STRANGER }, false],
    [{ origin: STRANGER, "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ origin: "null" }, false],
  ];
  for (const [headers, isLetIn] of rows) {
    const before = place.upstream("gpt").records.length;
    const outcome = openAi(`${url}/csrf`, headers).chat.completions.create(asked);
    if (isLetIn) await outcome;
    else {
      await assert.rejects(
        outcome,
        (error) =>
          error instanceof OpenAI.PermissionDeniedError &&
          error.code === "csrf_validation_failed" &&
          error.message.includes("CSRF validation failed"),
      );
    }
    assert.equal(place.upstream("gpt").records.length - before, isLetIn ? 1 : 0);
    await openAi(`${url}/plain`, headers).chat.completions.create(asked);
  }
  const anthropic = new Anthropic({
    ...{ baseURL: `${url}/csrf`, apiKey: "k", maxRetries: 0 },
    defaultHeaders: { origin: STRANGER },
  });
  const refused = anthropic.messages.create({ ...asked, max_tokens: 9 });
  await assert.rejects(refused, (error) => error instanceof Anthropic.PermissionDeniedError);
});
