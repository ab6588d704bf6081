/** Prices of the configuration, and what its own functions make of them. */
import assert from "node:assert/strict";
import { inProcess } from "../../support/in_process.ts";
import { requestOf, type Servers, tried, withServers } from "./tried.ts";

/** A million tokens of every kind: of the input 1 M are plain, of the output likewise. */
const MILLION = 1_000_000;
const ANSWER = JSON.stringify({
  ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
  choices: [{ index: 0, message: { role: "assistant", content: "Well." }, finish_reason: "stop" }],
  usage: {
    prompt_tokens: 4 * MILLION,
    prompt_tokens_details: {
      cached_tokens: MILLION,
      cache_write_tokens: MILLION,
      audio_tokens: MILLION,
    },
    completion_tokens: 3 * MILLION,
    completion_tokens_details: { reasoning_tokens: MILLION, audio_tokens: MILLION },
    total_tokens: 7 * MILLION,
  },
});

const RATES = {
  input: "1",
  output: "2",
  cacheRead: "4",
  cacheWrite: "8",
  reasoning: "16",
  inputAudio: "32",
  outputAudio: "64",
};

const COSTS = Object.fromEntries(
  Object.entries(RATES).map(([name, rate]) => [name, Number(rate)] as const),
);

/** A gateway with sources of prices before a model of a provider called `mine`. */
const priced = ({ upstream }: Servers, modelCatalog: readonly object[], more: object = {}) => ({
  config: { modelCatalog, ...more },
  llm: {
    models: [{
      name: "m",
      provider: { custom: { formats: [{ type: "completions" }], providerOverride: "mine" } },
      params: { hostOverride: upstream },
    }],
  },
});

async function costOf(modelCatalog: readonly object[]) {
  return await withServers(async (servers) => {
    using gateway = inProcess(JSON.stringify(priced(servers, modelCatalog)));
    await (await gateway.ask(requestOf({ headers: { "x-answer": ANSWER } }))).text();
    const { totalPicoUsd: _pico, rates: _rates, total, ...parts } = gateway.settled[0]?.llm?.cost ??
      { total: 0, totalPicoUsd: 0n, rates: {} };
    return { total, parts };
  });
}

const catalog = (model: object) => ({ providers: { mine: { models: { m: model } } } });

Deno.test("every rate is what its tokens cost", async () => {
  const { parts, total } = await costOf([{ inline: catalog({ rates: RATES }) }]);
  assert.deepEqual(parts, COSTS);
  assert.equal(total, 127);
});

Deno.test("a long context costs what its tier says", async () => {
  const tiers = [
    { contextOver: 5 * MILLION, rates: { input: "1000" } },
    { contextOver: 3 * MILLION, rates: { input: "10" } },
  ];
  const { parts } = await costOf([{ inline: catalog({ rates: RATES, tiers }) }]);
  assert.deepEqual(parts, { ...COSTS, input: 10 });
});

Deno.test("prices come from a text and from a file, later ones before earlier ones", async () => {
  const file = Deno.makeTempFileSync({ suffix: ".json" });
  Deno.writeTextFileSync(file, JSON.stringify(catalog({ rates: { input: "5", output: "0" } })));
  const inline = JSON.stringify(catalog({ rates: { input: "3", output: "0" } }));
  assert.equal((await costOf([{ inline }])).parts.input, 9);
  assert.equal((await costOf([{ inline }, { file }])).parts.input, 15);
  Deno.removeSync(file);
});

Deno.test("functions of the configuration's own are there for every expression", async () => {
  const { headers } = await tried(({ upstream }) => ({
    config: { customFunctions: "twice(text) { text + text }" },
    gateways: { default: { port: 1 } },
    routes: [{
      policies: { transformations: { response: { add: { "x-twice": "twice('ab')" } } } },
      backends: [{ host: upstream }],
    }],
  }));
  assert.equal(headers.get("x-twice"), "abab");
});
