/**
 * What a policy `ai` does to bodies on their way through the gateway: every client's API before
 * every provider's, of which strict stand-ins refuse what the real ones do.
 */
import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { inProcess } from "../../support/in_process.ts";
import { CompletionsUpstream } from "../../support/upstreams/completions_upstream.ts";
import { ConverseUpstream, testCredentials } from "../../support/upstreams/converse_upstream.ts";
import { GeminiUpstream } from "../../support/upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "../../support/upstreams/messages_upstream.ts";
import { ResponsesUpstream } from "../../support/upstreams/responses_upstream.ts";
import type { StandIn } from "../../support/upstreams/stand_in.ts";

const { accessKeyId, secretAccessKey, region } = testCredentials;

interface Place {
  readonly name: string;
  readonly start: () => Promise<StandIn>;
  readonly provider: JsonObject;
  readonly pathPrefix: string;
  readonly auth?: JsonObject;
}

const PLACES: readonly Place[] = [
  {
    name: "completions",
    start: () => CompletionsUpstream.start({}),
    provider: { custom: { formats: [{ type: "completions" }], model: "gpt-5" } },
    pathPrefix: "/v1",
  },
  {
    name: "responses",
    start: () => ResponsesUpstream.start({}),
    provider: { custom: { formats: [{ type: "responses" }], model: "gpt-5" } },
    pathPrefix: "/v1",
  },
  {
    name: "messages",
    start: () => MessagesUpstream.start({}),
    provider: { anthropic: { model: "claude-sonnet-4-5" } },
    pathPrefix: "/v1",
  },
  {
    name: "converse",
    start: () => ConverseUpstream.start({}),
    provider: { bedrock: { region, model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" } },
    pathPrefix: "/",
    auth: { aws: { accessKeyId, secretAccessKey } },
  },
  {
    name: "gemini",
    start: () => GeminiUpstream.start({}),
    provider: { gemini: { model: "gemini-2.5-pro" } },
    pathPrefix: "/",
  },
];

interface Client {
  readonly name: string;
  readonly path: string;
  readonly body: JsonObject;
}

const SAID = "What is the weather in Paris? ".repeat(20);

const CLIENTS: readonly Client[] = [
  {
    name: "completions",
    path: "/v1/chat/completions",
    body: {
      model: "any",
      messages: [{ role: "system", content: "Be brief." }, { role: "user", content: SAID }],
    },
  },
  {
    name: "responses",
    path: "/v1/responses",
    body: { model: "any", instructions: "Be brief.", input: SAID, store: false },
  },
  {
    name: "messages",
    path: "/v1/messages",
    body: {
      model: "any",
      max_tokens: 100,
      system: "Be brief.",
      messages: [{ role: "user", content: SAID }],
    },
  },
  {
    name: "gemini",
    path: "/v1beta/models/any:generateContent",
    body: {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user", parts: [{ text: SAID }] }],
    },
  },
];

const ROUTES = {
  "/v1/chat/completions": "completions",
  "/v1/responses": "responses",
  "/v1/messages": "messages",
  ":generateContent": "generateContent",
};

/** A gateway before one provider; `ai` is what its route, `own` what its backend says. */
function before({ provider, pathPrefix, auth }: Place, url: string, ai: JsonObject, own = {}) {
  const policies = { backendAuth: auth ?? { key: "AIza-test-key" }, ai: own };
  const backend = { name: "a", provider, hostOverride: new URL(url).host, pathPrefix, policies };
  const route = { policies: { ai: { routes: ROUTES, ...ai } }, backends: [{ ai: backend }] };
  return inProcess(JSON.stringify({ binds: [{ port: 1, listeners: [{ routes: [route] }] }] }));
}

async function sent(
  place: Place,
  { path, body }: Client,
  ai: JsonObject,
  own: JsonObject = {},
): Promise<string> {
  await using standIn = await place.start();
  using gateway = before(place, standIn.url, ai, own);
  const response = await gateway.ask(
    new Request(`http://gateway${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.stringify(standIn.last.body);
}

const PROMPTS = {
  prepend: [{ role: "system", content: "First rule." }, { role: "user", content: "Hello." }, {
    role: "assistant",
    content: "Hi.",
  }],
  append: [{ role: "system", content: "Last rule." }],
};

const CACHING = { cacheTools: true, minTokens: 0 };

for (const client of CLIENTS) {
  for (const place of PLACES) {
    Deno.test(`a client of ${client.name} gets prompts and marks to ${place.name}`, async () => {
      const body = await sent(place, client, { prompts: PROMPTS, promptCaching: CACHING });
      const marks = body.match(/"cache_control"|"cachePoint"/g)?.length ?? 0;
      assert.equal(marks, place.name === "messages" || place.name === "converse" ? 2 : 0, body);
      const expected = ["First rule.", "Be brief.", "Hello.", "Hi.", "What is", "Last rule."];
      for (const text of expected) {
        assert.equal(body.split(text).length - 1, text === "What is" ? 20 : 1, `${text} ${body}`);
      }
      assert.ok(body.indexOf("First rule.") < body.indexOf("Be brief."), body);
      assert.ok(body.indexOf("Hello.") < body.indexOf("What is"), body);
    });
  }
}

const [completions, , messages] = PLACES;
const [ofCompletions, , , ofGemini] = CLIENTS;

Deno.test("a backend's field stands in place of the route's, and others stay", async () => {
  assert.ok(completions && ofCompletions);
  const body = await sent(
    completions,
    ofCompletions,
    { overrides: { seed: 1, top_p: 0.5 }, defaults: { temperature: 1 } },
    { overrides: { seed: 2 } },
  );
  const { seed, top_p, temperature } = JSON.parse(body);
  assert.deepEqual({ seed, top_p, temperature }, { seed: 2, top_p: undefined, temperature: 1 });
});

Deno.test("transformations see the client's body, final ones that of the provider", async () => {
  assert.ok(messages && ofCompletions);
  const body = await sent(messages, ofCompletions, {
    overrides: { user: "changed", max_tokens: 5 },
    transformations: { user: "llmRequest.model", max_completion_tokens: "llmRequest.missing" },
    finalTransformations: {
      max_tokens: "llmRequest.max_tokens * 2",
      metadata: '{"user_id": llmRequest.metadata.user_id + "!"}',
    },
  });
  const { max_tokens, metadata } = JSON.parse(body);
  assert.deepEqual({ max_tokens, metadata }, { max_tokens: 10, metadata: { user_id: "any!" } });
});

Deno.test("an alias is asked for in place of the model, also where the path names it", async () => {
  const gemini = PLACES.at(-1);
  assert.ok(gemini && ofGemini && completions && ofCompletions);
  await using standIn = await gemini.start();
  const place = { ...gemini, provider: { gemini: {} } };
  using gateway = before(place, standIn.url, { modelAliases: { "an*": "gemini-2.5-flash" } });
  const request = new Request(`http://gateway${ofGemini.path}`, {
    method: "POST",
    body: JSON.stringify(ofGemini.body),
  });
  const response = await gateway.ask(request);
  assert.equal(response.status, 200, await response.text());
  assert.equal(standIn.last.path, "/v1beta/models/gemini-2.5-flash:generateContent");
  const aliased = await sent(completions, ofCompletions, {
    modelAliases: { "gpt-5": "gpt-5-mini" },
  });
  assert.equal(JSON.parse(aliased).model, "gpt-5-mini");
});
