/** Virtual models of the `llm` section, as the official SDKs meet them. */
import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import {
  countsSince,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";

type Name = "small" | "large" | "claude";

const weighted = (...targets: readonly object[]) => ({ weighted: { targets } });
const conditional = (...targets: readonly object[]) => ({ conditional: { targets } });

const VIRTUAL = {
  "shared": weighted({ model: "small-model" }, { model: "large-model", weight: 3 }),
  "canary-off": weighted({ model: "small-model", weight: 0 }, { model: "large-model" }),
  "nobody": weighted({ model: "small-model", weight: 0 }),
  "assistant": conditional(
    { when: 'request.headers["x-tier"] == "gold"', model: "claude-inside" },
    { when: "default(llmRequest.max_tokens, 0) > 500", model: "large-model" },
    { when: "llmRequest.no.such.member == 1", model: "nowhere/x" },
    { model: "small-model" },
  ),
  "never": conditional({ when: "false", model: "small-model" }),
  "beta": conditional({ model: "beta-model" }),
  "denied": weighted({ model: "denied-model" }),
  "small-virtual": weighted({ model: "small-model" }),
  "best": { failover: { targets: [{ model: "claude-inside", priority: 0 }] } },
};

const test = suite(() =>
  startPlace<Name>(
    [["small", "openAI"], ["large", "openAI"], ["claude", "anthropic"]],
    (provider, [port]) => ({
      llm: {
        port,
        policies: {
          apiKey: {
            mode: "strict",
            keys: [
              { key: "sk-client" },
              { key: "AIza-client" },
              { key: "sk-narrow", allowedModels: ["best", "small-*"] },
            ],
          },
        },
        models: [
          provider("small").entry("small-model"),
          provider("large").entry("large-model"),
          provider("claude").entry("claude-inside", { visibility: "internal" }),
          provider("small").entry("nowhere/*"),
          provider("small").entry("beta-model", {
            matches: [{ headers: [{ name: "x-beta", value: { exact: "1" } }] }],
          }),
          provider("small").entry("denied-model", { authorization: { rules: ["false"] } }),
        ],
        virtualModels: Object.entries(VIRTUAL).map(([name, routing]) => ({ name, routing })),
      },
    }),
  )
);

const question = ({ gateway }: Place<Name>, model: string, text = "Say: all well") => ({
  baseUrl: gateway.url,
  model,
  text,
});

const counted = (place: Place<Name>) => countsSince(place, "small", "large", "claude");

function openAi({ gateway }: Place<Name>, headers: Headers = {}, apiKey = "sk-client") {
  return new OpenAI({
    ...{ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 },
    defaultHeaders: { ...headers },
  });
}

type Headers = Readonly<Record<string, string>>;

const messages = [{ role: "user" as const, content: "Say: all well" }];

test("a weighted model shares the requests of all SDKs by weight", async (place) => {
  const counts = counted(place);
  for (let round = 0; round < 20; round++) {
    for (const client of officialClients) {
      assert.notEqual(await said(client, question(place, "shared"), round % 2 === 0), "");
    }
  }
  const { small = 0, large = 0, claude } = counts();
  assert.deepEqual([small + large, claude], [80, 0]);
  // A share of one in four leaves this range once in a million runs.
  assert.ok(small >= 4 && small <= 40, `${small} of 80`);
});

test("a weight of 0 is never drawn", async (place) => {
  const counts = counted(place);
  for (let round = 0; round < 20; round++) {
    await said("openai chat", question(place, "canary-off"), false);
  }
  assert.deepEqual(counts(), { small: 0, large: 20, claude: 0 });
});

test("a target's own name and model go upstream in place of the virtual model", async (place) => {
  for (const client of officialClients) {
    await said(client, question(place, "small-virtual"), false);
    assert.equal(Object(place.upstream("small").last.body).model, "gpt-5");
  }
});

test("conditions look at headers and the body, and one that fails is false", async (place) => {
  const rows = [
    ["gold", 10, "claude"],
    ["silver", 501, "large"],
    ["silver", 500, "small"],
    [undefined, undefined, "small"],
  ] as const;
  for (const [tier, max_tokens, expected] of rows) {
    for (const stream of [false, true]) {
      const counts = counted(place);
      const headers = tier === undefined ? {} : { "x-tier": tier };
      const made = await openAi(place, headers).chat.completions.create({
        ...{ model: "assistant", messages, stream },
        ...(max_tokens !== undefined && { max_tokens }),
      });
      if ("controller" in made) await Array.fromAsync(made);
      assert.deepEqual(counts(), { small: 0, large: 0, claude: 0, [expected]: 1 }, `${tier}`);
    }
  }
});

test("each SDK is told why a virtual model leads nowhere", async (place) => {
  const rows = [
    ["nobody", 404, "Virtual model nobody could not be resolved"],
    ["never", 400, "Virtual model never did not match any conditional target"],
    [
      "beta",
      404,
      "Virtual model beta selected target beta-model, but no matching model was found",
    ],
    ["denied", 403, "Model authorization denied"],
    ["claude-inside", 404, "Model not found"],
  ] as const;
  for (const [model, status, message] of rows) {
    for (const client of officialClients) {
      const counts = counted(place);
      for (const stream of [false, true]) {
        const error = await seenError(said(client, question(place, model), stream));
        assert.equal(error.status, status, `${model} ${client}: ${error.message}`);
        assert.ok(error.message.includes(message), error.message);
      }
      assert.deepEqual(counts(), { small: 0, large: 0, claude: 0 });
    }
  }
});

test("headers that a target's entry matches lead to it", async (place) => {
  const { choices } = await openAi(place, { "x-beta": "1" }).chat.completions
    .create({ model: "beta", messages });
  assert.notEqual(choices[0]?.message.content, "");
});

// The longer a name the sooner; "denied-model" is for nobody, "claude-inside" for no client.
const SHOWN = ["small-model", "large-model", "beta-model", "nowhere/*"];

test("the list of models has the virtual ones after the concrete, not what is internal", async (place) => {
  const ids = async (list: AsyncIterable<{ id: string }>) =>
    (await Array.fromAsync(list)).map(({ id }) => id);
  assert.deepEqual(await ids(openAi(place).models.list()), [...SHOWN, ...Object.keys(VIRTUAL)]);
  const anthropic = new Anthropic({
    baseURL: place.gateway.url,
    apiKey: "sk-client",
    maxRetries: 0,
  });
  assert.deepEqual(await ids(anthropic.models.list()), [...SHOWN, ...Object.keys(VIRTUAL)]);
});

test("a key that may ask for a virtual model need not be let to its target", async (place) => {
  const narrow = openAi(place, {}, "sk-narrow");
  await narrow.chat.completions.create({ model: "best", messages });
  await narrow.chat.completions.create({ model: "small-virtual", messages });
  await assert.rejects(
    narrow.chat.completions.create({ model: "shared", messages }),
    (error) => error instanceof OpenAI.PermissionDeniedError && error.code === "model_not_allowed",
  );
  const listed = (await Array.fromAsync(narrow.models.list())).map(({ id }) => id);
  assert.deepEqual(listed, ["small-model", "small-virtual", "best"]);
});
