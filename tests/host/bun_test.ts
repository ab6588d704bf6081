import assert from "node:assert/strict";
import { clientScenarios } from "./client_scenarios.ts";
import { runOnBun } from "./on_bun.ts";
import { tlsServerScenarios } from "./tls_server_scenarios.ts";
import { trustScenarios } from "./trust_scenarios.ts";
import { tunnelScenarios } from "./tunnel_scenarios.ts";

Deno.test("bunHost() keeps every promise that denoHost() keeps", async (t) => {
  const outcomes = new Map(runOnBun().map(({ claim, error }) => [claim, error]));
  const claims = Object.keys({
    ...tlsServerScenarios,
    ...trustScenarios,
    ...clientScenarios,
    ...tunnelScenarios,
  });
  for (const claim of claims) {
    await t.step(claim, () => {
      assert.ok(outcomes.has(claim), "it was not tried");
      assert.equal(outcomes.get(claim), undefined);
    });
  }
});
