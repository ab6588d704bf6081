import assert from "node:assert/strict";
import { GATEWAY, place } from "./oidc_policy.ts";

/** Past the end of a session: the hour that it lasts, and what the login itself may have taken. */
const LATER_MS = 3_600_000 + 30_000;

/** A place where somebody has logged in, and the first session has just ended. */
async function afterAnHour(behaviour: { readonly renewsIdTokens?: boolean } = {}) {
  const at = await place();
  Object.assign(at.provider.behaviour, { givesRefreshTokens: true, ...behaviour });
  await at.browser.open(`${GATEWAY}/v1/models`);
  at.gate.context.nowMs += LATER_MS;
  at.provider.behaviour.lifeS = 7_200;
  at.provider.asked.length = 0;
  return at;
}

/** How often the provider was asked for tokens since. */
function renewed({ provider }: Awaited<ReturnType<typeof place>>): number {
  return provider.asked.filter((path) => path === "POST /token").length;
}

Deno.test("renewals() gives a session a new end without another login", async () => {
  await using at = await afterAnHour();
  const response = await at.browser.send(`${GATEWAY}/v1/chat`, { method: "POST", body: "{}" });
  assert.equal(await response.text(), "hello ada at /v1/chat");
  assert.equal(renewed(at), 1);
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 200);
  assert.equal(renewed(at), 1, "the new session is in the cookie");
});

Deno.test("renewals() keeps the ID token where a provider gives no other one", async () => {
  await using at = await afterAnHour({ renewsIdTokens: false });
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 200);
  at.gate.context.nowMs += 59_000;
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 200);
  assert.equal(renewed(at), 1);
  at.gate.context.nowMs += 1_000;
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 200);
  assert.equal(renewed(at), 2);
});

Deno.test("renewals() asks once for all requests of a browser, late ones too", async () => {
  await using at = await afterAnHour();
  const old = at.browser.cookies("gateway.test");
  const cookie = [...old].map(([name, value]) => `${name}=${value}`).join("; ");
  const ask = () => at.gate.fetcher(new Request(`${GATEWAY}/v1/chat`, { headers: { cookie } }));
  const responses = await Promise.all(Array.from({ length: 10 }, ask));
  assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
  assert.equal((await ask()).status, 200);
  assert.equal(renewed(at), 1);
});

Deno.test("renewals() has a browser log in again where the provider renews no more", async () => {
  await using at = await afterAnHour();
  at.provider.behaviour.faults.set("/token", (exchange) => {
    const headers = { "content-type": "application/json" };
    exchange.respond(400, headers, '{"error":"invalid_grant"}');
  });
  const post = await at.browser.send(`${GATEWAY}/v1/chat`, { method: "POST", body: "{}" });
  assert.equal(post.status, 401);
  at.provider.behaviour.faults.clear();
  const page = await at.browser.open(`${GATEWAY}/v1/models`);
  assert.deepEqual([page.status, page.hops.length], [200, 4]);
});

Deno.test("renewals() has a browser log in again where a refresh token fits in no cookie", async () => {
  await using at = await place();
  Object.assign(at.provider.behaviour, {
    givesRefreshTokens: true,
    refreshTokenEnd: "x".repeat(9_000),
  });
  assert.equal((await at.browser.open(`${GATEWAY}/v1/models`)).status, 200);
  at.gate.context.nowMs += LATER_MS;
  at.provider.behaviour.lifeS = 7_200;
  at.provider.asked.length = 0;
  const page = await at.browser.open(`${GATEWAY}/v1/models`);
  assert.deepEqual([page.status, page.hops.length], [200, 4]);
  assert.equal(renewed(at), 1, "for the code alone");
});

Deno.test("renewals() makes nobody somebody else", async () => {
  await using at = await afterAnHour();
  at.provider.behaviour.claims = { sub: "mallory" };
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 401);
});

Deno.test("renewals() tries again after a provider was away", async () => {
  await using at = await afterAnHour();
  at.provider.behaviour.faults.set("/token", (exchange) => exchange.reset());
  const away = await at.browser.send(`${GATEWAY}/v1/chat`);
  assert.equal(
    `${away.status} ${await away.text()}`,
    "503 provider_unavailable: oidc failure: the provider cannot be reached",
  );
  at.provider.behaviour.faults.clear();
  assert.equal((await at.browser.send(`${GATEWAY}/v1/chat`)).status, 200);
});
