import type { ProviderKind } from "../provider.ts";
import { answerCall } from "./answer.ts";
import { compilePlan } from "./plan.ts";
import { type MockSettings, mockSettings } from "./settings.ts";

/** A provider without a network: it answers in this process what its settings say. */
export const mock: ProviderKind<MockSettings> = {
  type: "mock",
  shortNames: ["mock"],
  settings: mockSettings,
  connect(settings) {
    const plan = compilePlan(settings);
    return {
      name: "mock",
      ...(settings.model !== undefined && { model: settings.model }),
      speaks: () => ["completions"],
      paths: { base: "/v1", keepsClientPath: false, dropsVersion: true },
      answer: (call) => answerCall(plan, call),
    };
  },
};
