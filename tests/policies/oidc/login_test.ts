/** Logins that must not succeed, and providers that do not do as they should. */
import assert from "node:assert/strict";
import { Browser } from "../../support/browser.ts";
import type { Exchange } from "../../support/http_server.ts";
import { gateOf, GATEWAY, place } from "./oidc_policy.ts";

const NAVIGATION = { headers: { accept: "text/html" } };

/** Begins a login, and gives the address with which the provider sends the browser back. */
async function cameBack(browser: Browser): Promise<URL> {
  const begun = await browser.send(`${GATEWAY}/v1/models`, NAVIGATION);
  const back = await browser.send(begun.headers.get("location") ?? "");
  await back.body?.cancel();
  return new URL(back.headers.get("location") ?? "");
}

async function outcome(browser: Browser, url: URL): Promise<string> {
  const response = await browser.send(url.href);
  return `${response.status} ${await response.text()}`;
}

const UNKNOWN =
  "400 unknown_login: oidc failure: the login was not begun in this browser, or too " +
  "long ago: begin again";
const NOT_AS_IT_MUST_BE = "401 invalid_login: oidc failure: the provider's answer is not as it " +
  "must be";

Deno.test("finishLogin() takes no login that another browser has begun", async () => {
  await using at = await place();
  const url = await cameBack(at.browser);
  const victim = new Browser({ servers: at.servers });
  assert.equal(await outcome(victim, url), UNKNOWN);
  assert.equal(victim.cookies("gateway.test").size, 0);
});

Deno.test("finishLogin() takes a login once", async () => {
  await using at = await place();
  const url = await cameBack(at.browser);
  assert.equal(await outcome(at.browser, url), "302 ");
  assert.equal(await outcome(at.browser, url), UNKNOWN);
});

Deno.test("finishLogin() takes no login that is older than ten minutes", async () => {
  await using at = await place();
  const url = await cameBack(at.browser);
  at.gate.context.nowMs += 600_000;
  assert.equal(await outcome(at.browser, url), UNKNOWN);
});

Deno.test("finishLogin() takes no session for a login, nor a login for a session", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  const [[name = "", value = ""] = []] = at.browser.cookies("gateway.test");
  const start = name.replace(/s0$/, "");
  at.browser.plant("gateway.test", `${start}l-abc`, value.slice(2));
  const url = new URL(`${GATEWAY}/oauth/callback?state=abc&code=c`);
  assert.equal(await outcome(at.browser, url), UNKNOWN);
  at.browser.forget();
  await cameBack(at.browser);
  const [[, login = ""] = []] = at.browser.cookies("gateway.test");
  at.browser.plant("gateway.test", name, `1.${login}`);
  assert.match(await outcome(at.browser, new URL(GATEWAY)), /^401 missing_session/);
});

const CALLBACKS: readonly (readonly [string, (url: URL) => void, string])[] = [
  ["no state", (url) => url.searchParams.delete("state"), UNKNOWN],
  ["another state", (url) => url.searchParams.set("state", "x".repeat(43)), UNKNOWN],
  [
    "a state that begins like the one it should have",
    (url) => url.searchParams.set("state", `${url.searchParams.get("state")?.slice(0, 12)}`),
    UNKNOWN,
  ],
  [
    "a second state",
    (url) => url.searchParams.append("state", "x"),
    NOT_AS_IT_MUST_BE,
  ],
  ["no code", (url) => url.searchParams.delete("code"), NOT_AS_IT_MUST_BE],
  [
    "another code",
    (url) => url.searchParams.set("code", "stolen"),
    "401 invalid_login: oidc failure: the provider gave no tokens: invalid_grant",
  ],
  ["no issuer", (url) => url.searchParams.delete("iss"), NOT_AS_IT_MUST_BE],
  ["another issuer", (url) => url.searchParams.set("iss", "https://evil.test"), NOT_AS_IT_MUST_BE],
  ["an ID token in the query", (url) => url.searchParams.set("id_token", "x"), NOT_AS_IT_MUST_BE],
];

for (const [claim, change, expected] of CALLBACKS) {
  Deno.test(`finishLogin() takes no browser that comes back with ${claim}`, async () => {
    await using at = await place();
    const url = await cameBack(at.browser);
    change(url);
    assert.equal(await outcome(at.browser, url), expected);
    assert.deepEqual(at.gate.admitted, []);
  });
}

const REFUSALS = [
  ["access_denied", "the provider refused the login: access_denied"],
  ["<script>alert(1)</script>", "the provider refused the login"],
] as const;

for (const [error, why] of REFUSALS) {
  Deno.test(`finishLogin() says that a provider refused a login with ${error}`, async () => {
    await using at = await place();
    at.provider.behaviour.refuses = error;
    const page = await at.browser.open(`${GATEWAY}/v1/models`);
    assert.equal(`${page.status} ${page.body}`, `401 login_refused: oidc failure: ${why}`);
  });
}

const CLAIMS: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
  [{ nonce: "another" }, NOT_AS_IT_MUST_BE],
  [{ nonce: undefined }, NOT_AS_IT_MUST_BE],
  [{ iss: "https://evil.test" }, NOT_AS_IT_MUST_BE],
  [{ aud: "another" }, NOT_AS_IT_MUST_BE],
  [{ aud: ["gate way", "another"], azp: "another" }, NOT_AS_IT_MUST_BE],
  [{ exp: 1_000_000_000 }, NOT_AS_IT_MUST_BE],
  [{ exp: undefined }, NOT_AS_IT_MUST_BE],
  [{ sub: undefined }, NOT_AS_IT_MUST_BE],
  [{ nbf: 4_000_000_000 }, NOT_AS_IT_MUST_BE],
];

for (const [claims, expected] of CLAIMS) {
  Deno.test(`finishLogin() takes no ID token with ${JSON.stringify(claims)}`, async () => {
    await using at = await place();
    at.provider.behaviour.claims = claims;
    const page = await at.browser.open(`${GATEWAY}/v1/models`);
    assert.equal(`${page.status} ${page.body}`, expected);
    assert.equal([...at.browser.cookies("gateway.test").keys()].some(isSession), false);
  });
}

function isSession(name: string): boolean {
  return /-s\d$/.test(name);
}

Deno.test("finishLogin() takes no ID token that another key has signed", async () => {
  await using at = await place();
  await using other = await place();
  at.provider.behaviour.faults.set("/jwks", (exchange) => {
    exchange.respond(200, {}, other.provider.jwks);
  });
  const page = await at.browser.open(`${GATEWAY}/v1/models`);
  assert.equal(
    `${page.status} ${page.body}`,
    "401 invalid_login: oidc failure: the ID token is refused: the token is invalid or " +
      "malformed: its signature does not fit",
  );
});

const AWAY = "503 provider_unavailable: oidc failure: the provider cannot be reached";

type Fault = (exchange: Exchange) => void | Promise<void>;

const answer = (status: number, body: string, type = "application/json"): Fault => (exchange) =>
  exchange.respond(status, { "content-type": type }, body);

const FAULTS: readonly (readonly [string, string, Fault, string])[] = [
  ["/.well-known/openid-configuration", "is away", (exchange) => exchange.reset(), AWAY],
  ["/.well-known/openid-configuration", "is not found", answer(404, "{}"), AWAY],
  ["/.well-known/openid-configuration", "is no JSON", answer(200, "<html>"), AWAY],
  ["/.well-known/openid-configuration", "has no end", answer(200, "x".repeat(300_000)), AWAY],
  ["/jwks", "is away", (exchange) => exchange.reset(), AWAY],
  ["/jwks", "is no key set", answer(200, "[]"), AWAY],
  ["/token", "is away", (exchange) => exchange.reset(), AWAY],
  ["/token", "fails", answer(500, '{"error":"server_error"}'), AWAY],
  ["/token", "has no end", answer(200, "x".repeat(300_000)), AWAY],
  ["/token", "is no JSON", answer(200, "<html>", "text/html"), NOT_AS_IT_MUST_BE],
  ["/token", "has no ID token", answer(200, tokens({})), NOT_AS_IT_MUST_BE],
  [
    "/token",
    "has an ID token that is none",
    answer(200, tokens({ id_token: "x" })),
    NOT_AS_IT_MUST_BE,
  ],
  [
    "/token",
    "says what is no word",
    answer(400, '{"error":"<script>"}'),
    "401 invalid_login: oidc failure: the provider gave no tokens",
  ],
  [
    "/token",
    "redirects",
    (exchange) => exchange.respond(307, { location: "/x" }, ""),
    NOT_AS_IT_MUST_BE,
  ],
];

function tokens(more: object): string {
  return JSON.stringify({ access_token: "a", token_type: "Bearer", ...more });
}

for (const [path, claim, fault, expected] of FAULTS) {
  Deno.test(`oidc() says what is wrong when ${path} ${claim}`, async () => {
    await using at = await place();
    at.provider.behaviour.faults.set(path, fault);
    const page = await at.browser.open(`${GATEWAY}/v1/models`);
    assert.equal(`${page.status} ${page.body}`, expected);
    assert.deepEqual(at.gate.admitted, []);
    at.provider.behaviour.faults.clear();
    at.gate.context.nowMs += 10_000;
    assert.equal((await at.browser.open(`${GATEWAY}/v1/models`)).status, 200, "it works again");
  });
}

const DOCUMENTS: readonly (readonly [object, string | undefined])[] = [
  [{ issuer: "https://evil.test" }, AWAY],
  [{ token_endpoint: "/token" }, AWAY],
  [{ jwks_uri: undefined }, AWAY],
  [{ authorization_endpoint: "javascript:alert(1)" }, AWAY],
  [{ token_endpoint_auth_methods_supported: ["client_secret_post"] }, undefined],
  [{ token_endpoint_auth_methods_supported: ["client_secret_basic"] }, undefined],
  [{ id_token_signing_alg_values_supported: undefined }, undefined],
  [
    { token_endpoint_auth_methods_supported: ["private_key_jwt"] },
    "500 unsupported_provider: oidc failure: the provider takes the client's secret in no way " +
    "that the gateway knows",
  ],
];

for (const [document, expected] of DOCUMENTS) {
  Deno.test(`oidc() takes or refuses a provider with ${JSON.stringify(document)}`, async () => {
    await using at = await place();
    at.provider.behaviour.document = { ...document };
    const page = await at.browser.open(`${GATEWAY}/v1/models`);
    assert.equal(page.status === 200 ? undefined : `${page.status} ${page.body}`, expected);
  });
}

Deno.test("oidc() tells the operator why a provider is of no use", async () => {
  await using at = await place();
  at.provider.behaviour.document = { issuer: "https://evil.test" };
  await at.browser.open(`${GATEWAY}/v1/models`);
  const { issuer } = at.provider;
  assert.deepEqual(at.gate.context.warned, [
    `oidc: cannot fetch the discovery document of ${issuer}: its answer is of no use: it must be ` +
    `of the issuer "${issuer}": its member issuer is another one`,
  ]);
});

Deno.test("oidc() can be told all that a provider would say of itself", async () => {
  await using known = await place();
  const { provider } = known;
  const { issuer } = provider;
  const explicit = {
    authorizationEndpoint: `${issuer}/authorize?tenant=a`,
    tokenEndpoint: `${issuer}/token`,
    jwks: provider.jwks,
  };
  const document = JSON.stringify({
    issuer,
    authorization_endpoint: explicit.authorizationEndpoint,
    token_endpoint: explicit.tokenEndpoint,
  });
  for (const settings of [explicit, { discovery: document, jwks: provider.jwks }]) {
    provider.asked.length = 0;
    const { fetcher } = gateOf(provider, settings);
    const browser = new Browser({ servers: { [GATEWAY]: fetcher } });
    assert.equal((await browser.open(`${GATEWAY}/v1/models`)).status, 200);
    assert.deepEqual(provider.asked, ["GET /authorize", "POST /token"]);
  }
});
