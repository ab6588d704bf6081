/** Guards with rules, of requests and of answers, as the official SDKs meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import { loops } from "../support/clients/index.ts";
import { at } from "../support/json.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";

type Name = "gpt" | "claude";

type Shared = Place<Name>;

/** Letters that no answer has but where they are to be masked. */
const PATTERN = "Ω[ζξψω]+Ω";
const SECRETS = /[Ωζξψω]|\\u03/;

const masks = { regex: { rules: [{ pattern: PATTERN }, { builtin: "email" }] } };
const masksCards = { regex: { rules: [{ builtin: "creditCard" }] } };
const rejects = { regex: { action: "reject", rules: [{ pattern: "(?i)forbidden" }] } };
const BODY = "Not with us.";

const GUARDS = {
  "plain": undefined,
  "masks": { streaming: "Enabled", response: [masks] },
  "masks-whole": { response: [masks] },
  "rejects": { streaming: "Enabled", response: [rejects] },
  "rejects-own-way": {
    response: [{
      ...rejects,
      rejection: {
        status: 451,
        body: '{"error": {"message": "own words", "code": "own_code"}}',
        headers: { set: { "content-type": "application/json", "x-guard": "own" } },
      },
    }],
  },
  "in-order": {
    streaming: "Enabled",
    response: [masks, {
      regex: { action: "reject", rules: [{ pattern: "<masked> again" }] },
      rejection: { status: 409, body: "what the first made of it" },
    }],
  },
  "request": {
    request: [masksCards, { ...rejects, rejection: { status: 400, body: BODY } }],
  },
  ...Object.fromEntries(
    ["systemPrompt", "messages", "toolInput", "toolOutput"].map((scope) => [
      scope,
      { request: [{ ...masks, scope: [scope] }] },
    ]),
  ),
};

const test = suite(() =>
  startPlace<Name>(
    [["gpt", "openAI"], ["claude", "anthropic"]],
    (provider, [port, llmPort]) => ({
      gateways: { default: { port } },
      routes: (["gpt", "claude"] as const).flatMap((name) =>
        Object.entries(GUARDS).map(([route, promptGuard]) =>
          chatRoute(`${name}/${route}`, { ai: { ...(promptGuard && { promptGuard }) } }, {
            ai: provider(name).backend(name),
          })
        )
      ),
      llm: {
        port: llmPort,
        policies: { guardrails: { streaming: "Enabled", response: [masks] } },
        models: [
          provider("gpt").entry("guarded", { guardrails: { response: [rejects] } }),
          provider("claude").entry("shared"),
        ],
      },
    }),
  )
);

const question = ({ gateway }: Shared, route: string, text = "Say: all well") => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text },
});

const openAi = (baseURL: string) =>
  new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: "k", maxRetries: 0 });

const TEXT = "Hello ΩζξψωΩ, write to ada.lovelace@example.com or ΩψΩ, not to Ω or nobody@nowhere.";
const MASKED = "Hello <masked>, write to <EMAIL_ADDRESS> or <masked>, not to Ω or nobody@nowhere.";

/** The text in the smallest pieces, so that no match comes in one. */
const PIECES = [...TEXT];

const MESSAGES = [{ role: "user", content: "hi" }];

/** A chat in the words of each API: path, body, and what makes a stream of it. */
const RAW: readonly (readonly [path: string, body: object])[] = [
  ["v1/chat/completions", { model: "any", messages: MESSAGES, stream: true }],
  ["v1/responses", { model: "any", input: "hi", stream: true }],
  ["v1/messages", { model: "any", max_tokens: 900, messages: MESSAGES, stream: true }],
  [
    "v1beta/models/any:streamGenerateContent?alt=sse",
    { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
  ],
];

/** Every byte that a client gets. */
async function rawText(baseUrl: string, path: string, body: object): Promise<string> {
  const response = await fetch(`${baseUrl}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  return await response.text();
}

for (const provider of ["gpt", "claude"] as const) {
  for (const client of officialClients) {
    for (const stream of [false, true]) {
      const how = `${client} to ${provider}, ${stream ? "streamed" : "buffered"}`;

      test(`${how}: an answer is masked`, async (place) => {
        const upstream = place.upstream(provider);
        const ask = (route: string) => {
          upstream.next({ text: PIECES });
          return said(client, question(place, `${provider}/${route}`), stream);
        };
        assert.equal(await ask("masks"), MASKED);
        assert.equal(await ask("masks-whole"), stream ? TEXT : MASKED);
        assert.equal(await ask("plain"), TEXT);
      });

      test(`${how}: an answer is rejected before any of it`, async (place) => {
        place.upstream(provider).next({ text: ["For", "bid", "den", " words"] });
        const asked = question(place, `${provider}/rejects`);
        const error = await seenError(said(client, asked, stream));
        const type = client === "genai" ? "ApiError" : "PermissionDeniedError";
        assert.deepEqual([error.status, error.type], [403, type]);
        assert.match(error.message, /The request was rejected due to inappropriate content/);
      });

      test(`${how}: a request is masked, or rejected and not sent`, async (place) => {
        const upstream = place.upstream(provider);
        const ask = (text: string) =>
          said(client, question(place, `${provider}/request`, text), stream);
        await ask("pay with 4111 1111 1111 1111");
        const sent = JSON.stringify(upstream.last.body);
        assert.match(sent, /pay with <CREDIT_CARD>/);
        assert.doesNotMatch(sent, /1111/);
        const before = upstream.records.length;
        const error = await seenError(ask("a FORBIDDEN word"));
        const type = client === "genai" ? "ApiError" : "BadRequestError";
        assert.deepEqual([error.status, error.type], [400, type]);
        assert.ok(error.message.includes(BODY), error.message);
        assert.equal(upstream.records.length, before);
      });
    }

    test(`${client} to ${provider}: a stream under way is rejected with an error`, async (place) => {
      const text = ["so far ", "all well, ", "then for", "bidden", " words"];
      place.upstream(provider).next({ text });
      const { baseUrl, model } = question(place, `${provider}/rejects`);
      const error = await seenError(loops[client](baseUrl, model, { stream: true }));
      assert.equal(error.type, client === "genai" ? "ApiError" : "APIError");
      assert.match(error.message, /inappropriate content/);
    });
  }

  test(`of ${provider}'s streams no byte of a match is sent, in any API`, async (place) => {
    const text = ["Hello ", ...[..."ΩζξψωΩ"], " and ", ..."ada@example.com", ", bye ΩψΩ", "."];
    for (const [path, body] of RAW) {
      place.upstream(provider).next({ text });
      const raw = await rawText(`${place.gateway.url}/${provider}/masks`, path, body);
      assert.match(raw, /masked/);
      assert.doesNotMatch(raw, SECRETS);
      assert.doesNotMatch(raw, /example|@/);
      place.upstream(provider).next({ text: ["so far ", "all well, ", "for", "bidden", " words"] });
      const rejected = await rawText(`${place.gateway.url}/${provider}/rejects`, path, body);
      assert.match(rejected, /so far .*all well.*inappropriate content/s);
      assert.doesNotMatch(rejected, /"[^"]*for"|bidden|words/);
    }
  });
}

test("thoughts and the input of tools are masked as texts are", async (place) => {
  const script = {
    reasoning: { text: "think of ΩζΩ" },
    toolCalls: [{ name: "get_weather", args: { city: "ΩξΩ town", mail: ["ada@example.com"] } }],
  };
  const tool = { name: "get_weather", input_schema: { type: "object" } };
  const thinking = { type: "enabled", budget_tokens: 1024 };
  for (const stream of [false, true]) {
    place.upstream("claude").next(script);
    const raw = await rawText(`${place.gateway.url}/claude/masks`, "v1/messages", {
      ...{ model: "any", max_tokens: 2000, messages: MESSAGES, stream, thinking },
      tools: [tool],
    });
    assert.match(raw, /think of/);
    assert.doesNotMatch(raw, SECRETS);
    assert.doesNotMatch(raw, /ada@/);
    place.upstream("claude").next(script);
    const made = openAi(`${place.gateway.url}/claude/masks`).chat.completions.stream({
      model: "any",
      messages: [{ role: "user", content: "hi" }],
      tools: [{ type: "function", function: { name: "get_weather" } }],
    });
    const [call] = (await made.finalMessage()).tool_calls ?? [];
    assert.deepEqual(JSON.parse(at({ ...call }, "function", "arguments") + ""), {
      city: "<masked> town",
      mail: ["<EMAIL_ADDRESS>"],
    });
  }
});

test("guards run in order, each on what those before made", async (place) => {
  const asked = question(place, "gpt/in-order");
  for (const stream of [false, true]) {
    place.upstream("gpt").next({ text: ["ΩζΩ", " once"] });
    assert.equal(await said("anthropic", asked, stream), "<masked> once");
    place.upstream("gpt").next({ text: ["ΩζΩ", " ag", "ain"] });
    const error = await seenError(said("anthropic", asked, stream));
    assert.equal(error.status, 409);
    assert.match(error.message, /what the first made of it/);
  }
});

test("a rejection with a content type is the whole answer as it is", async (place) => {
  place.upstream("gpt").next({ text: "forbidden" });
  await assert.rejects(
    openAi(`${place.gateway.url}/gpt/rejects-own-way`).responses.create({
      model: "any",
      input: "hi",
    }),
    (error) =>
      error instanceof OpenAI.APIError && error.status === 451 &&
      error.code === "own_code" && error.headers.get("x-guard") === "own",
  );
  await place.gateway.accessLog({ "http.status": 451, reason: "Guardrail" });
});

/** A chat that has a secret in every part. */
const PARTS = {
  systemPrompt: "system ΩζΩ",
  messages: "user ΩζΩ",
  toolInput: '{"x":"input ΩζΩ"}',
  toolOutput: "output ΩζΩ",
};

for (const scope of ["systemPrompt", "messages", "toolInput", "toolOutput"] as const) {
  test(`a guard of ${scope} looks at nothing else`, async (place) => {
    await openAi(`${place.gateway.url}/gpt/${scope}`).chat.completions.create({
      model: "any",
      messages: [
        { role: "system", content: PARTS.systemPrompt },
        { role: "user", content: PARTS.messages },
        {
          role: "assistant",
          tool_calls: [{
            ...{ id: "call_1", type: "function" },
            function: { name: "get_weather", arguments: PARTS.toolInput },
          }],
        },
        { role: "tool", tool_call_id: "call_1", content: PARTS.toolOutput },
      ],
      tools: [{ type: "function", function: { name: "get_weather" } }],
    });
    const sent = JSON.stringify(place.upstream("gpt").last.body).replaceAll("\\", "");
    for (const [part, text] of Object.entries(PARTS)) {
      const expected = part === scope ? text.replace("ΩζΩ", "<masked>") : text;
      assert.ok(sent.includes(expected), `${part} in ${sent}`);
    }
  });
}

test("a model's own guards follow those of llm", async (place) => {
  const asked = { baseUrl: place.gateway.urlOf(1), text: "Say: all well" };
  for (const stream of [false, true]) {
    place.upstream("claude").next({ text: PIECES });
    assert.equal(await said("genai", { ...asked, model: "shared" }, stream), MASKED);
    place.upstream("gpt").next({ text: PIECES }, { text: ["for", "bidden"] });
    assert.equal(await said("genai", { ...asked, model: "guarded" }, stream), MASKED);
    const error = await seenError(said("genai", { ...asked, model: "guarded" }, stream));
    assert.equal(error.status, 403);
  }
});

test("neither log nor metrics hold what guards looked at", async (place) => {
  const { child, statsUrl } = place.gateway;
  const scraped = await (await fetch(`${statsUrl}/metrics`)).text();
  const all = [...child.stdout, ...child.stderr, scraped].join("\n");
  assert.doesNotMatch(all, /[Ωζξψω]|ada\.lovelace|4111 1111|forbidden word/i);
});
