import assert from "node:assert/strict";
import { azureAuthorizer } from "../../../src/policies/cloud_auth/azure.ts";
import { Clock, HOUR_MS, MINUTE_MS, settle } from "./clock.ts";
import { outgoing } from "./outgoing.ts";

Deno.test("azureAuthorizer() exchanges once for many requests, and ahead of the end", async () => {
  const clock = new Clock();
  const asked: unknown[] = [];
  const identity = { kind: "managed", clientId: "c" } as const;
  const authorizer = azureAuthorizer({ identity, scope: "s/.default" }, clock, (...request) => {
    asked.push(request);
    return Promise.resolve({ value: `t${asked.length}`, expiresAtMs: clock.epochMs() + HOUR_MS });
  });
  async function token(): Promise<string | undefined> {
    const request = outgoing(undefined, { authorization: "Bearer client" });
    await authorizer.authorize(request);
    return request.headers.authorization;
  }
  for (let turn = 0; turn < 100; turn++) assert.equal(await token(), "Bearer t1");
  assert.deepEqual(asked, [[identity, "s/.default"]]);
  clock.advance(HOUR_MS - 5 * MINUTE_MS);
  assert.equal(await token(), "Bearer t1");
  await settle();
  assert.equal(await token(), "Bearer t2");
});
