/** What a path means, and where a request then goes. */
import assert from "node:assert/strict";
import { inProcess } from "../../support/in_process.ts";
import { bodyOf, requestOf, tried, withServers } from "./tried.ts";

const FORMATS = [
  ...["completions", "messages", "responses", "embeddings", "rerank"],
  ...["anthropicTokenCount", "generateContent", "geminiCountTokens"],
];

/** What the log says of a request, by the word for its path. */
const WORDS = {
  completions: "completions",
  messages: "messages",
  responses: "responses",
  embeddings: "embeddings",
  rerank: "rerank",
  anthropicTokenCount: "messagesCount",
  generateContent: "gemini",
  geminiCountTokens: "geminiCount",
  detect: "detect",
  passthrough: "no model, sent on",
  models: "no model, not sent",
  realtime: "no model, not sent",
};

/** A body that every API takes for one of its own. */
const BODY = {
  ...{ model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hello" }] },
  ...{ input: "Hello", query: "q", documents: ["d"], contents: [{ parts: [{ text: "Hello" }] }] },
};

for (const [word, expected] of Object.entries(WORDS)) {
  Deno.test(`a path of the route type ${word} is one of ${expected}`, async () => {
    const found = await withServers(async ({ upstream }, records) => {
      using gateway = inProcess(JSON.stringify({
        gateways: { default: { port: 1 } },
        routes: [{
          policies: { ai: { routes: { "/own": word } } },
          backends: [{
            ai: {
              name: "p",
              provider: { custom: { formats: FORMATS.map((type) => ({ type })) } },
              hostOverride: upstream,
            },
          }],
        }],
      }));
      await (await gateway.ask(requestOf({ path: "/own", body: BODY }))).text();
      const sent = records.upstream.requests.length > 0 ? "sent on" : "not sent";
      return gateway.settled[0]?.llm?.clientApi ?? `no model, ${sent}`;
    });
    assert.equal(found, expected);
  });
}

const custom = { custom: { formats: [{ type: "completions" }] } };

const toModel = (model: object) => ({
  llm: { models: [{ name: "m", provider: custom, ...model }] },
});

const toBackend = (ai: object, route: object = {}) => ({
  gateways: { default: { port: 1 } },
  routes: [{ backends: [{ ai: { name: "p", provider: custom, ...ai } }], ...route }],
});

Deno.test("pathOverride and pathPrefix say what an upstream is asked for", async () => {
  const targets = async (overrides: object) => {
    const model = await tried(({ upstream: hostOverride }) =>
      toModel({ params: { hostOverride, ...overrides } })
    );
    const backend = await tried(({ upstream: hostOverride }) =>
      toBackend({ hostOverride, ...overrides })
    );
    return [model, backend].map(({ sent: [first] }) => first?.target);
  };
  assert.deepEqual(await targets({ pathOverride: "/all?x=1" }), ["/all?x=1", "/all?x=1"]);
  assert.deepEqual(
    await targets({ pathPrefix: "/pre" }),
    ["/pre/chat/completions", "/pre/chat/completions"],
  );
});

Deno.test("a prompt is counted before it is sent where tokenize says so", async () => {
  const counted = async (config: (upstream: string) => object) =>
    await withServers(async ({ upstream }) => {
      using gateway = inProcess(JSON.stringify(config(upstream)));
      await (await gateway.ask(requestOf({}))).text();
      return gateway.settled[0]?.llm?.promptTokens;
    });
  for (const tokenize of [true, false]) {
    const found = [
      await counted((hostOverride) => toModel({ params: { hostOverride, tokenize } })),
      await counted((hostOverride) => toBackend({ hostOverride, tokenize })),
    ];
    for (const count of found) assert.equal(count !== undefined && count > 0, tokenize);
  }
});

/** What OpenAI's API has and Anthropic's has not. */
const LOSSY = { ...BODY, logit_bias: { 7: 1 } };

Deno.test("a translation that loses something is refused where strict says so", async () => {
  const anthropic = { provider: { anthropic: {} }, pathPrefix: "/v1" };
  const statusOf = async (ai: object, route: object) => {
    const { status } = await tried(
      ({ upstream: hostOverride }) => toBackend({ ...anthropic, hostOverride, ...ai }, route),
      [{ body: LOSSY }],
    );
    return status;
  };
  assert.notEqual(await statusOf({}, {}), 400);
  assert.equal(await statusOf({ strict: true }, {}), 400);
  assert.equal(await statusOf({}, { strict: true }), 400);
});

const seen = (upstream: string, more: object) =>
  toModel({ params: { hostOverride: upstream }, ...more });

Deno.test("clients see public models in the list, and no others", async () => {
  const listed = async (visibility: string) => {
    const { text } = await tried(
      ({ upstream }) => seen(upstream, { visibility }),
      [{ method: "GET", path: "/v1/models" }],
    );
    return text.includes('"m"');
  };
  assert.deepEqual([await listed("public"), await listed("internal")], [true, false]);
});

Deno.test("what has a path of no API reaches a model as it is, and is read where that is wanted", async () => {
  for (const [passthrough, expected] of [["opaque", undefined], ["detect", "detect"]]) {
    await withServers(async ({ upstream }, records) => {
      using gateway = inProcess(JSON.stringify(seen(upstream, { passthrough })));
      const body = { model: "m", x: 1 };
      await (await gateway.ask(requestOf({ path: "/v1/other", body }))).text();
      const [first] = records.upstream.requests;
      assert.equal(first?.target, "/v1/other");
      assert.deepEqual(JSON.parse(bodyOf(first)), body);
      assert.equal(gateway.settled[0]?.llm?.clientApi, expected);
    });
  }
});
