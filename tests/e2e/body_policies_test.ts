/** What providers get of requests that the configuration changes, whatever the client speaks. */
import assert from "node:assert/strict";
import { seenError } from "../support/clients/errors.ts";
import { at, isObject, type JsonObject } from "../support/json.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  providerKey,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";

type Name = "gpt" | "claude";

type Shared = Place<Name>;

type Client = typeof officialClients[number];

/** Where each API has the limit of output tokens and the temperature. */
const membersOf = (client: Client, maxTokens: number, temperature: number): JsonObject => {
  switch (client) {
    case "openai chat":
      return { max_completion_tokens: maxTokens, temperature };
    case "openai responses":
      return { max_output_tokens: maxTokens, temperature };
    case "anthropic":
      return { max_tokens: maxTokens, temperature };
    case "genai":
      return { generationConfig: { maxOutputTokens: maxTokens, temperature } };
  }
};

/** The same as CEL, for each member of its own. */
const expressionsOf = (client: Client): JsonObject =>
  Object.fromEntries(
    Object.entries(membersOf(client, 88, 0.5)).map((
      [name, value],
    ) => [name, JSON.stringify(value)]),
  );

const PROMPTS = {
  prepend: [{ role: "system", content: "Rules of the house." }],
  append: [{ role: "user", content: "Be brief." }],
};

const LONG = "a long system prompt ".repeat(300);

/** The policies of the routes that lead to either provider. */
const POLICIES: Readonly<Record<string, JsonObject>> = {
  "plain": {},
  ...Object.fromEntries(officialClients.flatMap((client) => [
    [`${client}/defaults`, { defaults: membersOf(client, 77, 0.25) }],
    [`${client}/overrides`, { overrides: membersOf(client, 77, 0.25) }],
    [`${client}/transformations`, {
      defaults: membersOf(client, 66, 0.1),
      overrides: membersOf(client, 77, 0.25),
      transformations: expressionsOf(client),
    }],
    [`${client}/failing`, {
      defaults: membersOf(client, 66, 0.1),
      overrides: membersOf(client, 77, 0.25),
      transformations: Object.fromEntries(
        Object.keys(membersOf(client, 0, 0)).map((member) => [member, "llmRequest.no.such"]),
      ),
    }],
  ])),
  "final": {
    finalTransformations: { metadata: '{"user_id": "of " + llmRequest.model}' },
  },
  "prompts": { prompts: PROMPTS },
  "cached": { prompts: { prepend: [{ role: "system", content: LONG }] }, promptCaching: {} },
};

const ALIASES = {
  fast: "claude-haiku-4-5",
  "claude-*-latest": "claude-opus-4-5",
  "*": "claude-sonnet-4-5",
};

const test = suite(() =>
  startPlace<Name>(
    [["gpt", "openAI"], ["claude", "anthropic"]],
    (provider, [port, llmPort]) => {
      // Of OpenAI's models one that takes a temperature.
      const gpt = { ai: provider("gpt").backend("gpt", {}, { model: "gpt-4o" }) };
      const claude = { ai: provider("claude").backend("claude") };
      const anyClaude = { ai: provider("claude").backend("claude", {}, {}) };
      return {
        gateways: { default: { port } },
        routes: [
          ...Object.entries(POLICIES).flatMap(([route, ai]) => [
            chatRoute(pathOf("gpt", route), { ai }, gpt),
            chatRoute(pathOf("claude", route), { ai }, claude),
          ]),
          chatRoute("aliases", { ai: { modelAliases: ALIASES } }, anyClaude),
          chatRoute("order", { ai: ORDER }, anyClaude),
          chatRoute("no-model", {
            ai: { transformations: { model: "llmRequest.no.such" } },
          }, anyClaude),
          chatRoute("levels", {
            ai: { defaults: { temperature: 0.25 }, overrides: { max_tokens: 77, top_p: 0.9 } },
          }, {
            ...anyClaude,
            policies: { ai: { overrides: { max_tokens: 88 }, modelAliases: ALIASES } },
          }),
        ],
        llm: {
          port: llmPort,
          providers: [{
            name: "shared",
            provider: "anthropic",
            params: { apiKey: providerKey, baseUrl: `${provider("claude").upstream.url}/v1` },
            defaults: { defaults: { temperature: 0.25, top_k: 5 }, overrides: { max_tokens: 66 } },
          }],
          models: [
            provider("claude").entry("own", OWN),
            {
              name: "refers",
              provider: { reference: "shared" },
              params: { model: "claude-sonnet-4-5" },
              defaults: { top_k: 7 },
            },
          ],
        },
      };
    },
  )
);

const pathOf = (name: Name, route: string) => `${name}/${route.replaceAll(" ", "-")}`;

const ORDER = {
  overrides: { model: "overridden" },
  transformations: { model: '"was " + default(llmRequest.model, "in the path")' },
  modelAliases: { "was asked-for": "claude-haiku-4-5", "*": "claude-opus-4-5" },
};

const OWN = {
  defaults: { temperature: 0.25 },
  overrides: { max_tokens: 77 },
  transformation: { system: '"for " + llmRequest.model' },
  finalTransformation: { metadata: '{"user_id": "of " + llmRequest.model}' },
  promptCaching: { minTokens: 0 },
};

const question = ({ gateway }: Shared, route: string, model = "any") => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model, text: "Say: all well" },
});

/** Has a client ask on a route; gives the body that the provider got. */
async function sent(
  place: Shared,
  name: Name,
  client: Client,
  route: string,
  stream: boolean,
): Promise<JsonObject> {
  const upstream = place.upstream(name);
  const before = upstream.records.length;
  assert.notEqual(await said(client, question(place, pathOf(name, route)), stream), "");
  const { body } = upstream.records[before] ?? {};
  assert.deepEqual(upstream.refusals, []);
  return isObject(body) ? body : assert.fail("no JSON");
}

/** What a body says of lengths and temperatures, in whatever words. */
function limitsIn(body: JsonObject): readonly unknown[] {
  const { max_tokens, max_completion_tokens, max_output_tokens, temperature } = body;
  return [max_tokens ?? max_completion_tokens ?? max_output_tokens, temperature];
}

for (const name of ["gpt", "claude"] as const) {
  for (const client of officialClients) {
    for (const stream of [false, true]) {
      const how = `${client} to ${name}, ${stream ? "streamed" : "buffered"}`;

      test(`${how}: members of the body`, async (place) => {
        const limits = async (route: string) =>
          limitsIn(await sent(place, name, client, `${client}/${route}`, stream));
        const [own] = limitsIn(await sent(place, name, client, "plain", stream));
        // The client of Anthropic's has to set a limit, which no default replaces.
        const untouched = client === "anthropic" ? own : 77;
        assert.deepEqual(await limits("defaults"), [untouched, 0.25]);
        assert.deepEqual(await limits("overrides"), [77, 0.25]);
        assert.deepEqual(await limits("transformations"), [88, 0.5]);
        assert.deepEqual(await limits("failing"), [66, 0.1]);
      });

      test(`${how}: the last changes are made to the provider's body`, async (place) => {
        const { metadata, model } = await sent(place, name, client, "final", stream);
        assert.deepEqual(metadata, { user_id: `of ${model}` });
      });

      test(`${how}: prompts stand around the client's`, async (place) => {
        const body = await sent(place, name, client, "prompts", stream);
        const { system, instructions, messages, input } = body;
        const text = JSON.stringify([system, instructions, messages, input]);
        assert.match(text, /Rules of the house\..*Say: all well.*Be brief\./);
        assert.equal(text.split("Rules of the house.").length, 2);
      });

      test(`${how}: prompts are marked for the caches that want it`, async (place) => {
        const body = await sent(place, name, client, "cached", stream);
        const marks = JSON.stringify(body).split('"cache_control":{"type":"ephemeral"}').length - 1;
        assert.equal(marks, name === "claude" ? 2 : 0);
        if (name === "claude") assert.ok(at(body, "system", 0, "cache_control"));
      });
    }
  }
}

for (const client of officialClients) {
  test(`${client}: an alias leads to another model`, async (place) => {
    const rows = [
      ["fast", "claude-haiku-4-5"],
      ["claude-3-latest", "claude-opus-4-5"],
      ["whatever", "claude-sonnet-4-5"],
    ] as const;
    for (const [asked, expected] of rows) {
      await said(client, question(place, "aliases", asked), true);
      assert.equal(at(place.upstream("claude").last.body, "model"), expected);
    }
  });

  test(`${client}: a transformation sees what was asked, and wins over an override`, async (place) => {
    // Google's API has the model in the path, and so not in the body as the client sent it.
    const asked = client === "genai" ? "opus" : "haiku";
    for (const [model, expected] of [["asked-for", asked], ["other", "opus"]] as const) {
      await said(client, question(place, "order", model), false);
      const { body } = place.upstream("claude").last;
      assert.equal(at(body, "model"), `claude-${expected}-4-5`);
    }
  });

  test(`${client} is told where no model is left`, async (place) => {
    const before = place.upstream("claude").records.length;
    const error = await seenError(said(client, question(place, "no-model"), false));
    assert.equal(error.status, 400);
    assert.match(error.message, /model not specified|missing string field 'model'/);
    assert.equal(place.upstream("claude").records.length, before);
  });
}

test("a backend's field stands in place of the route's, its other fields beside", async (place) => {
  await said("anthropic", question(place, "levels", "fast"), false);
  const { max_tokens, temperature, top_p, model } = Object(place.upstream("claude").last.body);
  assert.deepEqual([max_tokens, temperature, top_p, model], [
    88,
    0.25,
    undefined,
    "claude-haiku-4-5",
  ]);
});

test("a model of llm changes bodies by its own words", async (place) => {
  const baseUrl = place.gateway.urlOf(1);
  for (const stream of [false, true]) {
    await said("anthropic", { baseUrl, model: "own", text: "Say: all well" }, stream);
    const body = Object(place.upstream("claude").last.body);
    assert.deepEqual([body.temperature, body.max_tokens], [0.25, 77]);
    assert.equal(at(body.system, 0, "text") ?? body.system, "for own");
    assert.deepEqual(body.metadata, { user_id: "of claude-sonnet-4-5" });
    assert.match(JSON.stringify(body.system), /cache_control/);
  }
});

test("a model's members are laid over those of the provider that it shares", async (place) => {
  const baseUrl = place.gateway.urlOf(1);
  await said("anthropic", { baseUrl, model: "refers", text: "Say: all well" }, false);
  const { max_tokens, temperature, top_k } = Object(place.upstream("claude").last.body);
  assert.deepEqual([max_tokens, temperature, top_k], [66, 0.25, 7]);
});

test("what no policy names stays byte by byte", async (place) => {
  const text = '{"model":"any","messages":[{"role":"user","content":"h\\u0069 1.0"}], "seed": 1e0}';
  const response = await fetch(`${place.gateway.url}/gpt/plain/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: text,
  });
  await response.body?.cancel();
  const { request } = place.upstream("gpt").last;
  assert.equal(new TextDecoder().decode(request.body), text.replace('"any"', '"gpt-4o"'));
});
