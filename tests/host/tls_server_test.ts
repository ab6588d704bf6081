import { denoHost } from "../../src/host/deno.ts";
import { tlsServerScenarios } from "./tls_server_scenarios.ts";

for (const [claim, scenario] of Object.entries(tlsServerScenarios)) {
  Deno.test(claim, () => scenario(denoHost()));
}
