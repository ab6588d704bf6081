import assert from "node:assert/strict";
import { budgetOf, effortOf, wantsReasoning } from "../../src/apis/reasoning.ts";
import type { Reasoning } from "../../src/chat/request.ts";

const BUDGETS: readonly (readonly [Reasoning, number])[] = [
  [{ effort: "minimal" }, 1024],
  [{ effort: "low" }, 1024],
  [{ effort: "medium" }, 2048],
  [{ effort: "high" }, 4096],
  [{ effort: "xhigh" }, 8192],
  [{ effort: "max" }, 16384],
  [{ effort: "of-tomorrow" }, 2048],
  [{ enabled: true }, 2048],
  [{ effort: "low", budgetTokens: 5000 }, 5000],
];

for (const [reasoning, tokens] of BUDGETS) {
  Deno.test(`budgetOf() gives ${JSON.stringify(reasoning)} ${tokens} tokens`, () => {
    assert.equal(budgetOf(reasoning), tokens);
  });
}

const EFFORTS: readonly (readonly [Reasoning, string])[] = [
  [{ effort: "xhigh" }, "xhigh"],
  [{ enabled: true }, "high"],
  [{ budgetTokens: 1 }, "low"],
  [{ budgetTokens: 1024 }, "low"],
  [{ budgetTokens: 1025 }, "medium"],
  [{ budgetTokens: 4096 }, "high"],
  [{ budgetTokens: 8192 }, "xhigh"],
  [{ budgetTokens: 99_999 }, "max"],
];

for (const [reasoning, effort] of EFFORTS) {
  Deno.test(`effortOf() calls ${JSON.stringify(reasoning)} ${effort}`, () => {
    assert.equal(effortOf(reasoning), effort);
  });
}

const WANTED: readonly (readonly [Reasoning | undefined, boolean])[] = [
  [undefined, false],
  [{}, false],
  [{ enabled: false }, false],
  [{ enabled: false, effort: "high" }, false],
  [{ effort: "none" }, false],
  [{ effort: "low" }, true],
  [{ budgetTokens: 1024 }, true],
  [{ enabled: true }, true],
];

for (const [reasoning, wanted] of WANTED) {
  Deno.test(`wantsReasoning() says ${wanted} of ${JSON.stringify(reasoning)}`, () => {
    assert.equal(wantsReasoning(reasoning), wanted);
  });
}
