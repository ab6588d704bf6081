/** Policies that ask other servers, as clients and the operator meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { grpcAuthorizer, httpAuthorizer } from "../support/authorizer.ts";
import { Browser } from "../support/browser.ts";
import { CLIENT, OidcProviderServer } from "../support/oidc_provider.ts";
import { chatRoute, startPlace } from "../support/policy_place.ts";
import { rateLimitServer } from "../support/rate_limit_service.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";
import { defaultUsage } from "../support/upstreams/scripts.ts";

const SESSION_KEY = "0f".repeat(32);

/** The services that are asked. */
async function startServices(callbackUrl: () => string) {
  const http = await httpAuthorizer(({ headers }) => {
    const user = headers.get("x-token");
    return user === null
      ? { status: 401, headers: { "x-why": "nobody" }, body: "who are you?" }
      : { status: 200, headers: { "x-user": user } };
  });
  const grpc = await grpcAuthorizer((question) => {
    const isAllowed = JSON.stringify(question).includes('"x-token":"ann"');
    return isAllowed
      ? { status: { code: 0 }, okResponse: { headersToRemove: ["x-token"] } }
      : { status: { code: 7 }, deniedResponse: { status: { code: 402 }, body: "pay" } };
  });
  const limits = await rateLimitServer(({ descriptors }) => {
    const isOver = JSON.stringify(descriptors).includes('"greedy"');
    const limit = { currentLimit: { requestsPerUnit: 10, unit: 2 } };
    const left = { limitRemaining: isOver ? 0 : 9, durationUntilReset: { seconds: 30 } };
    const code = isOver ? 2 : 1;
    return { overallCode: code, statuses: [{ code, ...limit, ...left }] };
  });
  const provider = await OidcProviderServer.start(callbackUrl);
  return { http, grpc, limits, provider };
}

type Services = Awaited<ReturnType<typeof startServices>>;

const NOBODY = { host: "127.0.0.1:1" };

/** The policies that ask them, by the name of the route. */
function policiesOf({ http, grpc, limits }: Services): Readonly<Record<string, object>> {
  const protocol = {
    http: {
      path: "'/check'",
      includeResponseHeaders: ["x-user"],
      metadata: { user: 'response.headers["x-user"]' },
    },
  };
  const remote = (port: number, more: object = {}) => ({
    remoteRateLimit: {
      host: `127.0.0.1:${port}`,
      domain: "e2e",
      descriptors: ["requests", "tokens"].map((type) => ({
        type,
        entries: [{ key: "user", value: 'default(request.headers["x-user"], "nobody")' }],
      })),
      ...more,
    },
  });
  const host = `127.0.0.1:${http.server.port}`;
  return {
    "http": {
      extAuthz: { host, protocol, includeRequestHeaders: ["x-token"] },
      authorization: { rules: [{ require: 'extauthz.user != "mallory"' }] },
    },
    "grpc": { extAuthz: { host: `127.0.0.1:${grpc.port}` } },
    "closed": { extAuthz: { ...NOBODY, protocol } },
    "closed-grpc": { extAuthz: NOBODY },
    "open": { extAuthz: { ...NOBODY, protocol, failureMode: "allow" } },
    "limit": remote(limits.port),
    "limit-closed": remote(1),
    "limit-open": remote(1, { failureMode: "failOpen" }),
  };
}

function oidcRoute(issuer: string, redirectURI: string) {
  const client = { clientId: CLIENT.id, clientSecret: CLIENT.secret };
  return {
    name: "oidc",
    matches: [{ path: { pathPrefix: "/oidc" } }],
    policies: {
      oidc: { issuer, redirectURI, ...client },
      directResponse: { status: 200, bodyExpression: '"hello " + jwt.sub' },
    },
    backends: [],
  };
}

async function start() {
  let callbackUrl = "";
  const services = await startServices(() => callbackUrl);
  const place = await startPlace<"gpt">(
    [["gpt", "openAI"]],
    (upstream, [port]) => {
      callbackUrl = `http://127.0.0.1:${port}/oidc/callback`;
      const backend = { ai: upstream("gpt").backend("gpt") };
      const routes = Object.entries(policiesOf(services))
        .map(([name, policies]) => chatRoute(name, { ...policies }, backend));
      return {
        gateways: { default: { port } },
        routes: [...routes, oidcRoute(services.provider.issuer, callbackUrl)],
      };
    },
    { settings: { session: { key: SESSION_KEY } } },
  );
  return {
    ...services,
    place,
    gateway: place.gateway,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      for (const service of Object.values(services)) await service[Symbol.asyncDispose]();
    },
  };
}

type Shared = Awaited<ReturnType<typeof start>>;

const test = suite(start);

const messages = [{ role: "user" as const, content: "hi" }];
const model = "gpt-5";

function chat({ gateway }: Shared, route: string, headers: Record<string, string> = {}) {
  const baseURL = `${gateway.url}/${route}/v1`;
  const client = new OpenAI({ baseURL, apiKey: "sk-any", maxRetries: 0, defaultHeaders: headers });
  return client.chat.completions.create({ model, messages });
}

/** The error that an SDK gives its user. */
async function refusal(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }
  assert.fail("the request was let in");
}

function upstreamHeaders({ place }: Shared): Headers {
  const record = place.upstream("gpt").records.at(-1);
  assert.ok(record);
  return new Headers(record.headers);
}

test("an authorizer over HTTP lets requests in, and says who sends them", async (shared) => {
  await chat(shared, "http", { "x-token": "ann", "x-user": "mallory" });
  assert.equal(upstreamHeaders(shared).get("x-user"), "ann");
  const [asked] = shared.http.requests.slice(-1);
  assert.deepEqual([asked?.method, asked?.target], ["POST", "/check"]);
});

test("an authorizer over HTTP answers in its own words", async (shared) => {
  const response = await fetch(`${shared.gateway.url}/http/v1/chat/completions`, {
    method: "POST",
    body: "{}",
  });
  assert.deepEqual(
    [response.status, response.headers.get("x-why"), await response.text()],
    [401, "nobody", "who are you?"],
  );
  const { error } = await shared.gateway.accessLog({ "http.status": 401, reason: "ExtAuth" });
  assert.equal(error, "external authorization failed");
});

test("what an authorizer says is there for rules", async (shared) => {
  const error = await refusal(chat(shared, "http", { "x-token": "mallory" }));
  assert.deepEqual([error.status, error.code], [403, "authorization_failed"]);
});

test("an authorizer over gRPC lets requests in, and takes headers out", async (shared) => {
  await chat(shared, "grpc", { "x-token": "ann" });
  assert.equal(upstreamHeaders(shared).get("x-token"), null);
  const error = await refusal(chat(shared, "grpc", { "x-token": "bob" }));
  assert.equal(error.status, 402);
});

for (const route of ["closed", "closed-grpc"]) {
  test(`an authorizer that is away keeps clients out: ${route}`, async (shared) => {
    const error = await refusal(chat(shared, route));
    assert.deepEqual([error.status, error.code], [403, "external_authorization_failed"]);
    assert.match(error.message, /external authorization failed/);
  });
}

test("an authorizer that is away may let clients in, but as nobody", async (shared) => {
  await chat(shared, "open", { "x-user": "mallory" });
  assert.equal(upstreamHeaders(shared).get("x-user"), null);
});

test("a rate limit service is told of requests and tokens", async (shared) => {
  const before = shared.limits.questions.length;
  const { response } = await chat(shared, "limit", { "x-user": "ann" }).withResponse();
  assert.equal(response.headers.get("x-ratelimit-remaining"), "9");
  const told = await until("the service is told of tokens", () => {
    const questions = shared.limits.questions.slice(before);
    return questions.length >= 3 && questions;
  });
  const hits = told.map(({ descriptors }) => descriptors[0]?.hitsAddend?.value ?? 0);
  assert.deepEqual(hits, [1, 0, defaultUsage.input + defaultUsage.output]);
});

test("a rate limit service is told of the tokens of a stream", async (shared) => {
  const before = shared.limits.questions.length;
  const client = new OpenAI({
    baseURL: `${shared.gateway.url}/limit/v1`,
    apiKey: "sk-any",
    maxRetries: 0,
  });
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const _ of stream);
  const told = await until("the service is told of tokens", () => {
    const questions = shared.limits.questions.slice(before);
    return questions.length >= 3 && questions;
  });
  const used = defaultUsage.input + defaultUsage.output;
  assert.equal(told[2]?.descriptors[0]?.hitsAddend?.value, used);
});

test("a rate limit service keeps out who is over a limit", async (shared) => {
  const error = await refusal(chat(shared, "limit", { "x-user": "greedy" }));
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.equal(error.code, "rate_limit_exceeded");
  assert.equal(error.headers?.get("retry-after"), "30");
  assert.equal(error.headers?.get("x-ratelimit-limit"), "10");
});

test("a rate limit service that is away fails requests, or not, as it is told", async (shared) => {
  const error = await refusal(chat(shared, "limit-closed"));
  assert.deepEqual([error.status, error.code], [500, "rate_limit_failed"]);
  await chat(shared, "limit-open");
});

test("a browser logs in, and comes back to where it was", async ({ gateway, provider }) => {
  const browser = new Browser();
  const page = await browser.open(`${gateway.url}/oidc/page?a=1`);
  assert.deepEqual([page.status, page.body], [200, "hello ada"]);
  assert.equal(page.url, `${gateway.url}/oidc/page?a=1`);
  const asked = provider.asked.length;
  assert.equal((await browser.open(`${gateway.url}/oidc/other`)).body, "hello ada");
  assert.equal(provider.asked.length, asked);
});

test("a program without a session is told so in its API's words", async ({ gateway }) => {
  const response = await fetch(`${gateway.url}/oidc/v1/chat/completions`, {
    method: "POST",
    body: "{}",
  });
  assert.equal(response.status, 401);
  assert.equal((await response.json()).error.code, "missing_session");
});

test("nothing that must be kept secret is in the log", async ({ gateway, provider }) => {
  const browser = new Browser();
  await browser.open(`${gateway.url}/oidc/secret`);
  const cookies = [...browser.cookies(new URL(gateway.url).host).values()];
  assert.ok(cookies.length > 0);
  const secrets = [CLIENT.secret, SESSION_KEY, ...cookies.map((value) => value.slice(2, 40))];
  const log = [...gateway.child.stdout, ...gateway.child.stderr].join("\n");
  for (const secret of [...secrets, ...provider.issued]) {
    assert.ok(!log.includes(secret), secret);
  }
});
