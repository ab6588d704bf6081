import assert from "node:assert/strict";
import { Redacted } from "../../../src/cel/values/redacted.ts";
import { Browser } from "../../support/browser.ts";
import { gateOf, GATEWAY, place } from "./oidc_policy.ts";

const HELLO = "hello ada at /v1/models";

Deno.test("oidc() has a browser log in, and brings it back to where it wanted to go", async () => {
  await using at = await place();
  const { provider, browser } = at;
  const page = await browser.open(`${GATEWAY}/v1/models?a=1`);
  assert.deepEqual([page.status, page.body, page.url], [200, HELLO, `${GATEWAY}/v1/models?a=1`]);
  assert.deepEqual(page.hops, [
    `${GATEWAY}/v1/models`,
    `${provider.issuer}/authorize`,
    `${GATEWAY}/oauth/callback`,
    `${GATEWAY}/v1/models`,
  ]);
  assert.equal([...browser.cookies("gateway.test").keys()].length, 1, "the login's cookie is gone");
});

Deno.test("oidc() lets in a browser with a session, without asking the provider", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  const asked = at.provider.asked.length;
  const page = await at.browser.open(`${GATEWAY}/other`);
  assert.deepEqual([page.body, page.hops.length], ["hello ada at /other", 1]);
  const post = await at.browser.send(`${GATEWAY}/v1/chat`, { method: "POST", body: "{}" });
  assert.equal(await post.text(), "hello ada at /v1/chat");
  assert.equal(at.provider.asked.length, asked);
});

Deno.test("oidc() shows claims to expressions, and its cookies to nobody", async () => {
  await using at = await place();
  at.provider.behaviour.claims = { email: "ada@example.com", groups: ["a"] };
  at.browser.plant("gateway.test", "theme", "dark");
  await at.browser.open(`${GATEWAY}/v1/models`);
  const [subject] = at.gate.admitted;
  const { email, groups, rawToken } = subject?.identity.jwt ?? {};
  assert.deepEqual([email, groups], ["ada@example.com", ["a"]]);
  assert.ok(rawToken instanceof Redacted);
  assert.match(rawToken.unredacted(), /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(subject?.head.headers.get("cookie"), "theme=dark");
});

const NO_NAVIGATIONS: readonly RequestInit[] = [
  { method: "POST", body: "{}", headers: { accept: "text/html" } },
  { method: "GET", headers: { accept: "application/json" } },
  { method: "GET", headers: { accept: "*/*" } },
  { method: "GET", headers: { accept: "text/html", "sec-fetch-mode": "cors" } },
  { method: "GET" },
  { method: "HEAD", headers: { accept: "text/html" } },
  { method: "POST", headers: { accept: "text/html" } },
];

for (const init of NO_NAVIGATIONS) {
  Deno.test(`oidc() sends nobody to log in for ${JSON.stringify(init)}`, async () => {
    await using at = await place();
    const path = init.method === "POST" ? "/oauth/callback" : "/v1/models";
    const response = await at.browser.send(GATEWAY + path, init);
    assert.equal(response.status, 401);
    assert.deepEqual(response.headers.getSetCookie(), []);
    const text = "missing_session: oidc failure: no session: log in with a browser";
    assert.equal(await response.text(), text);
    assert.deepEqual(at.provider.asked, []);
  });
}

Deno.test("oidc() asks for the scopes, with openid once", async () => {
  await using at = await place({ scopes: ["email", "openid"] });
  const response = await at.browser.send(`${GATEWAY}/`, { headers: { accept: "text/html" } });
  const location = new URL(response.headers.get("location") ?? "");
  assert.equal(location.searchParams.get("scope"), "openid email");
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("oidc() never leads to another host after a login", async () => {
  for (const path of ["//evil.test/", "/\\evil.test", "//evil.test/%2f..?a=//b", "/a//b"]) {
    await using at = await place();
    // As it is in a request line, which a URL would tidy up.
    const request = new Request(GATEWAY, { headers: { accept: "text/html" } });
    Object.defineProperty(request, "url", { value: GATEWAY + path });
    const begun = await at.gate.fetcher(request);
    const [cookie = ""] = begun.headers.getSetCookie();
    const [, name = "", value = ""] = /^([^=]+)=([^;]+)/.exec(cookie) ?? [];
    at.browser.plant("gateway.test", name, value);
    const back = await at.browser.send(begun.headers.get("location") ?? "");
    await back.body?.cancel();
    const done = await at.browser.send(back.headers.get("location") ?? "");
    assert.equal(done.status, 302);
    assert.equal(done.headers.get("location"), GATEWAY + path);
    assert.equal(new URL(done.headers.get("location") ?? "").host, "gateway.test");
  }
});

Deno.test("oidc() brings a browser to the root from an address that is too long to keep", async () => {
  await using at = await place();
  const page = await at.browser.open(`${GATEWAY}/${"a".repeat(1_600)}`);
  assert.equal(page.url, `${GATEWAY}/`);
});

Deno.test("oidc() takes a login of each of several tabs", async () => {
  await using at = await place();
  const headers = { accept: "text/html" };
  const tabs = [];
  for (const path of ["/one", "/two"]) {
    const begun = await at.browser.send(GATEWAY + path, { headers });
    tabs.push(begun.headers.get("location") ?? "");
  }
  for (const [index, url] of tabs.entries()) {
    const page = await at.browser.open(url);
    assert.equal(page.url, GATEWAY + ["/one", "/two"][index]);
  }
});

Deno.test("oidc() keeps the cookies of no more than a few logins", async () => {
  await using at = await place();
  for (let times = 0; times < 20; times++) {
    await at.browser.send(`${GATEWAY}/`, { headers: { accept: "text/html" } });
    assert.ok(at.browser.cookies("gateway.test").size <= 6);
  }
});

Deno.test("oidc() keeps a large session in several cookies, and takes back those of before", async () => {
  await using at = await place();
  at.provider.behaviour.claims = { groups: Array.from({ length: 150 }, (_, i) => `group-${i}-x`) };
  await at.browser.open(`${GATEWAY}/v1/models`);
  assert.equal(at.browser.cookies("gateway.test").size, 2);
  assert.equal((await at.browser.open(`${GATEWAY}/v1/models`)).body, HELLO);
  at.provider.behaviour.claims = { groups: [] };
  at.gate.context.nowMs += 3_600_000;
  // The provider's clock does not move along.
  at.provider.behaviour.lifeS = 7_200;
  assert.equal((await at.browser.open(`${GATEWAY}/v1/models`)).body, HELLO);
  assert.equal(at.browser.cookies("gateway.test").size, 1);
});

Deno.test("oidc() refuses a session that is too large for cookies", async () => {
  await using at = await place();
  at.provider.behaviour.claims = { groups: Array.from({ length: 900 }, (_, i) => `group-${i}-x`) };
  const page = await at.browser.open(`${GATEWAY}/v1/models`);
  assert.deepEqual([page.status, page.body], [
    500,
    "session_too_large: oidc failure: the ID token is too large for cookies",
  ]);
});

Deno.test("oidc() sends a browser to log in again when its session is over", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  at.gate.context.nowMs += 3_600_000;
  const post = await at.browser.send(`${GATEWAY}/v1/chat`, { method: "POST", body: "{}" });
  assert.equal(post.status, 401);
  at.provider.behaviour.lifeS = 7_200;
  const page = await at.browser.open(`${GATEWAY}/v1/models`);
  assert.deepEqual([page.body, page.hops.length], [HELLO, 4]);
});

Deno.test("oidc() takes sessions of other gateways that have the same key, and no others", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  const [[name = "", value = ""] = []] = at.browser.cookies("gateway.test");
  const outcome = async (gate: ReturnType<typeof gateOf>) => {
    const browser = new Browser({ servers: { [GATEWAY]: gate.fetcher } });
    browser.plant("gateway.test", name, value);
    return (await browser.send(`${GATEWAY}/v1/models`)).status;
  };
  assert.equal(await outcome(gateOf(at.provider)), 200);
  assert.equal(await outcome(gateOf(at.provider, {}, new Uint8Array(32).fill(8))), 401);
  assert.equal(await outcome(gateOf(at.provider, {}, null)), 401);
  assert.equal(await outcome(gateOf(at.provider, { clientId: "other" })), 401);
});

Deno.test("oidc() takes no session of another policy under its own name", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  const [[, value = ""] = []] = at.browser.cookies("gateway.test");
  const other = gateOf(at.provider, { redirectURI: `${GATEWAY}/another/callback` });
  const begun = await other.fetcher(
    new Request(`${GATEWAY}/`, { headers: { accept: "text/html" } }),
  );
  const prefix = /^(.*-)l-/.exec(begun.headers.getSetCookie()[0] ?? "")?.[1] ?? "";
  assert.match(prefix, /^__Host-agw-/);
  const request = new Request(`${GATEWAY}/`, { headers: { cookie: `${prefix}s0=${value}` } });
  assert.equal((await other.fetcher(request)).status, 401);
});

Deno.test("oidc() takes no session that anybody has changed", async () => {
  await using at = await place();
  await at.browser.open(`${GATEWAY}/v1/models`);
  const [[name = "", value = ""] = []] = at.browser.cookies("gateway.test");
  const end = value.length - 1;
  const flipped = value.slice(0, 20) + (value[20] === "A" ? "B" : "A") + value.slice(21);
  const changed = [flipped, value.slice(0, end), `${value}A`, `2.${value.slice(2)}`, "1.", "1", ""];
  for (const text of [...changed, "9.AAAA", value.slice(2), "1.\u00e4", "1.AA==", `0.${value}`]) {
    at.browser.plant("gateway.test", name, text);
    const { status } = await at.gate.fetcher(
      new Request(`${GATEWAY}/`, { headers: { cookie: `${name}=${encodeURI(text)}` } }),
    );
    assert.equal(status, 401, text);
  }
});

Deno.test("oidc() without a key keeps sessions over a reload, and warns of their end", async () => {
  await using at = await place({}, null);
  assert.match(at.gate.context.warnings[0]?.message ?? "", /^config\.session\.key is not set: /);
  await at.browser.open(`${GATEWAY}/v1/models`);
  const reloaded = gateOf(at.provider, {}, null, at.gate.context);
  const [[name, value] = []] = at.browser.cookies("gateway.test");
  const request = new Request(`${GATEWAY}/`, { headers: { cookie: `${name}=${value}` } });
  assert.equal((await reloaded.fetcher(request)).status, 200);
});

Deno.test("oidc() warns of what goes without TLS", async () => {
  await using at = await place();
  const warned = gateOf(at.provider, { redirectURI: "http://gateway.example.com/callback" });
  assert.deepEqual(warned.context.warnings, [{
    path: ["oidc", "redirectURI"],
    message: "without TLS, whoever is in between can take over sessions: use https",
  }]);
  assert.deepEqual(at.gate.context.warnings, []);
});
