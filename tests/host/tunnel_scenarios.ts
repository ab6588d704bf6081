import type { Scenarios } from "./scenario.ts";
export const tunnelScenarios: Scenarios = {};
