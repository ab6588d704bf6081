import { denoHost } from "../../src/host/deno.ts";
import { clientScenarios } from "./client_scenarios.ts";
import { trustScenarios } from "./trust_scenarios.ts";
import { tunnelScenarios } from "./tunnel_scenarios.ts";

for (
  const [claim, scenario] of Object.entries({
    ...trustScenarios,
    ...clientScenarios,
    ...tunnelScenarios,
  })
) {
  Deno.test(claim, () => scenario(denoHost()));
}
