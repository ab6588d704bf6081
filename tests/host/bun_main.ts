/** Runs the scenarios on Bun, and tells what came of each in a line of JSON. */
import process from "node:process";
import { bunHost } from "../../src/host/bun.ts";
import { clientScenarios } from "./client_scenarios.ts";
import type { Outcome } from "./on_bun.ts";
import { tlsServerScenarios } from "./tls_server_scenarios.ts";
import { trustScenarios } from "./trust_scenarios.ts";
import { tunnelScenarios } from "./tunnel_scenarios.ts";

const host = bunHost();
const all = { ...tlsServerScenarios, ...trustScenarios, ...clientScenarios, ...tunnelScenarios };
for (const [claim, scenario] of Object.entries(all)) {
  const outcome: Outcome = await scenario(host).then(
    () => ({ claim }),
    (cause) => ({
      claim,
      error: cause instanceof Error ? cause.stack ?? cause.message : `${cause}`,
    }),
  );
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
process.exit();
