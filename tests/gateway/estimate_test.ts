import assert from "node:assert/strict";
import type { ModelEstimate, ModelPolicy } from "../../src/policies/policy.ts";
import { CHAT, chat, gateway, json } from "./harness.ts";

Deno.test("estimateOf() tells how many answers a client wants", async () => {
  for (const [n, answers] of [[128, 128], [undefined, undefined], ["2", undefined]] as const) {
    const seen: ModelEstimate[] = [];
    const policy: ModelPolicy = { name: "see", apply: (_subject, call) => void seen.push(call) };
    const it = gateway(() => json(), { route: { modelPolicies: [policy] } });
    await it.ask(chat({ ...CHAT, max_tokens: 5, ...(n === undefined ? {} : { n }) }));
    assert.deepEqual(seen.map((call) => [call.outputTokensMax, call.answers]), [[5, answers]]);
  }
});
