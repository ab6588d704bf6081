import type { Scenarios } from "./scenario.ts";
export const clientScenarios: Scenarios = {};
