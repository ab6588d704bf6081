/** Who may do what, as the official SDKs and the operator meet it. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { keySetText, type SigningKey, signingKey, token } from "../policies/auth/tokens.ts";
import { rewrites } from "../support/config_file.ts";
import { modelEntry } from "../support/configs.ts";
import { Gateway } from "../support/gateway.ts";
import { SocketHttpServer } from "../support/http_server.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

const ADA = "sk-ada-0123456789";
const BOB = "sk-bob-0123456789";
const OLD = "sk-old-0123456789";

const KEYS = [
  { key: ADA, metadata: { user: "ada" } },
  { key: BOB, metadata: { user: "bob" }, allowedModels: ["gpt-4o"] },
  { key: OLD, expiresAt: "2020-01-01T00:00:00Z" },
];

function config(port: number | undefined, upstream: Upstream, policies: object): string {
  const authorization = `authorization: {rules: [{require: 'default(apiKey.user, "") == "ada"'}]}`;
  return [
    "llm:",
    `  port: ${port}`,
    `  policies: ${JSON.stringify(policies)}`,
    "  models:",
    modelEntry("gpt-4o", upstream),
    modelEntry("gpt-4o-mini", upstream),
    modelEntry("private", upstream, { model: "gpt-4o", rest: [authorization] }),
  ].join("\n");
}

class Place implements AsyncDisposable {
  readonly upstream: Upstream;
  readonly gateway: Gateway;

  private constructor(upstream: Upstream, gateway: Gateway) {
    this.upstream = upstream;
    this.gateway = gateway;
  }

  static async start(policies: object): Promise<Place> {
    const upstream = await Upstream.start();
    const gateway = await Gateway.start({ yaml: (port) => config(port, upstream, policies) });
    return new Place(upstream, gateway);
  }

  rendered(policies: object): string {
    return this.gateway.render(config(this.gateway.ports[0], this.upstream, policies));
  }

  /** The status and code of a chat with a bearer token. */
  async chat(bearer: string | undefined, model = "gpt-4o"): Promise<string> {
    const response = await fetch(`${this.gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ model, messages }),
    });
    const body = await response.json();
    return response.ok ? "200" : `${response.status} ${body.error.code}`;
  }

  async [Symbol.asyncDispose]() {
    await this.gateway[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}

const messages = [{ role: "user" as const, content: "hi" }];

const test = suite(() => Place.start({ apiKey: { mode: "strict", keys: KEYS } }));

function openAi({ gateway }: Place, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 });
}

function anthropic({ gateway }: Place, apiKey: string): Anthropic {
  return new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 });
}

function gemini({ gateway }: Place, apiKey: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } });
}

test("each SDK is let in with a key of the gateway, which no provider sees", async (place) => {
  const model = "gpt-4o";
  await openAi(place, ADA).chat.completions.create({ model, messages });
  await anthropic(place, ADA).messages.create({ model, messages, max_tokens: 9 });
  await gemini(place, ADA).models.generateContent({ model, contents: "hi" });
  assert.equal(place.upstream.records.length, 3);
  for (const record of place.upstream.records) {
    assert.ok(!Deno.inspect(record, { depth: 9 }).includes(ADA));
  }
});

test("each SDK tells its user of a key that is not known", async (place) => {
  const before = place.upstream.records.length;
  const model = "gpt-4o";
  await assert.rejects(
    () => openAi(place, "sk-wrong").chat.completions.create({ model, messages }),
    (error) => error instanceof OpenAI.AuthenticationError && error.code === "invalid_api_key",
  );
  await assert.rejects(
    () => anthropic(place, "sk-wrong").messages.create({ model, messages, max_tokens: 9 }),
    (error) =>
      error instanceof Anthropic.AuthenticationError &&
      error.message.includes("api key authentication failure: invalid credentials"),
  );
  await assert.rejects(
    () => gemini(place, "sk-wrong").models.generateContent({ model, contents: "hi" }),
    /api key authentication failure: invalid credentials/,
  );
  assert.equal(place.upstream.records.length, before);
});

test("no key, an expired key and a forbidden model each have a code", async (place) => {
  assert.equal(await place.chat(undefined), "401 missing_api_key");
  assert.equal(await place.chat(OLD), "401 expired_api_key");
  assert.equal(await place.chat(BOB), "200");
  assert.equal(await place.chat(BOB, "gpt-4o-mini"), "403 model_not_allowed");
  assert.equal(await place.chat(ADA, "private"), "200");
});

test("the list of models shows what a key may ask for", async (place) => {
  const listed = async (key: string) => {
    const names = [];
    for await (const { id } of openAi(place, key).models.list()) names.push(id);
    return names.sort();
  };
  assert.deepEqual(await listed(ADA), ["gpt-4o", "gpt-4o-mini", "private"]);
  assert.deepEqual(await listed(BOB), ["gpt-4o"]);
});

test("neither log nor metrics hold a key", async (place) => {
  await place.chat("sk-presented-and-wrong");
  await until("it is logged", () => place.gateway.accessLogs().length > 0);
  const scraped = await (await fetch(`${place.gateway.statsUrl}/metrics`)).text();
  const said = [...place.gateway.child.stdout, ...place.gateway.child.stderr, scraped].join("\n");
  for (const key of [ADA, BOB, OLD, "sk-presented-and-wrong"]) assert.ok(!said.includes(key), key);
});

function testAlone(claim: string, fn: () => Promise<void>): void {
  Deno.test({ name: claim, fn, sanitizeOps: false, sanitizeResources: false });
}

testAlone("a key that a reload drops is refused, and a new one let in", async () => {
  const apiKey = { mode: "strict", keys: KEYS.slice(0, 1) };
  await using place = await Place.start({ apiKey });
  assert.deepEqual([await place.chat(ADA), await place.chat(BOB)], ["200", "401 invalid_api_key"]);
  const other = { apiKey: { ...apiKey, keys: KEYS.slice(1) } };
  rewrites.rename(place.gateway.configPath, place.rendered(other));
  await until("the new key is known", async () => await place.chat(BOB) === "200");
  assert.equal(await place.chat(ADA), "401 invalid_api_key");
});

testAlone("tokens of an issuer are let in by the keys that its server gives", async () => {
  const [first, second] = [await signingKey("first"), await signingKey("second", "RS256")];
  const stranger = await signingKey("stranger");
  let fetches = 0;
  await using server = await SocketHttpServer.listen((exchange) => {
    fetches++;
    exchange.respond(200, { "content-type": "application/json" }, keySetText(first, second));
  });
  const iss = "https://issuer.test/";
  const rules = [{ require: '"gateway" in jwt.scopes' }];
  await using place = await Place.start({
    jwtAuth: {
      mode: "strict",
      issuer: iss,
      audiences: ["llm"],
      jwks: { url: `http://127.0.0.1:${server.port}/keys` },
    },
    authorization: { rules },
  });
  const now = Math.floor(Date.now() / 1000);
  const good = { iss, aud: "llm", exp: now + 600, scopes: ["gateway"] };
  const chat = async (key: SigningKey, claims: object = {}) =>
    await place.chat(await token(key, { ...good, ...claims }));
  assert.equal(await place.chat(undefined), "401 missing_token");
  assert.equal(await chat(first), "200");
  assert.equal(await chat(first, { aud: "other" }), "401 invalid_token");
  assert.equal(await chat(first, { exp: now - 600 }), "401 expired_token");
  assert.equal(await chat(first, { scopes: [] }), "403 authorization_failed");
  assert.equal(await chat(second), "200");
  assert.equal(await chat(stranger), "401 invalid_token");
  assert.equal(fetches, 1);
  assert.ok(!Deno.inspect(place.upstream.records, { depth: 9 }).includes("eyJ"));
});

testAlone("passwords are asked for as browsers understand", async () => {
  // htpasswd -nbB ada secret
  const htpasswd = "ada:$$2y$$05$$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";
  await using place = await Place.start({ basicAuth: { mode: "strict", realm: "lab", htpasswd } });
  const list = async (user?: string) => {
    const headers = user === undefined ? {} : { authorization: `Basic ${btoa(user)}` };
    const response = await fetch(`${place.gateway.url}/v1/models`, { headers });
    await response.body?.cancel();
    return [response.status, response.headers.get("www-authenticate")];
  };
  assert.deepEqual(await list(), [401, 'Basic realm="lab"']);
  assert.deepEqual(await list("ada:wrong"), [401, 'Basic realm="lab"']);
  assert.deepEqual(await list("ada:secret"), [200, null]);
});
