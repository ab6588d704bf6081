import assert from "node:assert/strict";
import { gcpAuthorizer, type GcpOptions } from "../../../src/policies/cloud_auth/gcp.ts";
import { Clock, HOUR_MS, MINUTE_MS, settle } from "./clock.ts";
import { outgoing } from "./outgoing.ts";

/** An authorizer whose tokens count the exchanges. */
function authorizerOf(options: GcpOptions, clock = new Clock()) {
  const asked: unknown[] = [];
  const authorizer = gcpAuthorizer(options, clock, (request) => {
    asked.push(request);
    const value = { authorization: `Bearer ${asked.length}`, "x-goog-user-project": "q" };
    return Promise.resolve({ value, expiresAtMs: clock.epochMs() + HOUR_MS });
  });
  async function tokenFor(url?: string): Promise<string | undefined> {
    const request = outgoing(url, { authorization: "Bearer client", accept: "*/*" });
    await authorizer.authorize(request);
    const { authorization, ...others } = request.headers;
    assert.deepEqual(others, { accept: "*/*", "x-goog-user-project": "q" });
    return authorization;
  }
  return { asked, tokenFor, clock };
}

Deno.test("gcpAuthorizer() exchanges once for many requests, and ahead of the end", async () => {
  const { asked, tokenFor, clock } = authorizerOf({ token: "access", credential: "{}" });
  for (let turn = 0; turn < 100; turn++) {
    assert.equal(await tokenFor(`https://host-${turn}/x`), "Bearer 1");
  }
  assert.deepEqual(asked, [{ credential: "{}", audience: undefined }]);
  clock.advance(HOUR_MS - 5 * MINUTE_MS);
  assert.equal(await tokenFor(), "Bearer 1");
  await settle();
  assert.equal(await tokenFor(), "Bearer 2");
});

Deno.test("gcpAuthorizer() asks for id tokens for the origin that is called, or as it is told", async () => {
  const { asked, tokenFor } = authorizerOf({ token: "id" });
  assert.equal(await tokenFor("https://a.run.app/v1/x?y"), "Bearer 1");
  assert.equal(await tokenFor("https://b.run.app/"), "Bearer 2");
  assert.equal(await tokenFor("https://a.run.app/other"), "Bearer 1");
  assert.deepEqual(asked, [
    { credential: undefined, audience: "https://a.run.app" },
    { credential: undefined, audience: "https://b.run.app" },
  ]);
  const told = authorizerOf({ token: "id", audience: "me" });
  await told.tokenFor("https://a.run.app/");
  assert.equal(await told.tokenFor("https://b.run.app/"), "Bearer 1");
  assert.deepEqual(told.asked, [{ credential: undefined, audience: "me" }]);
});
