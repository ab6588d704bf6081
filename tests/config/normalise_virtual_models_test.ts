import assert from "node:assert/strict";
import * as v from "valibot";
import { virtualModelsOf } from "../../src/config/normalise_virtual_models.ts";
import { Problems } from "../../src/config/problems.ts";
import { VirtualModel } from "../../src/config/schema/virtual_models.ts";

interface Result {
  readonly routings: readonly unknown[];
  readonly found: readonly string[];
  readonly warnings: readonly string[];
}

const MODELS = ["gpt-4o", "claude", "openai/*"];

/** What virtual models come to beside models of such names. */
function normalised(
  written: Readonly<Record<string, unknown>>,
  models: readonly { readonly name: string; readonly health?: unknown }[] = MODELS.map((name) => ({
    name,
  })),
): Result {
  const entries = Object.entries(written)
    .map(([name, routing]) => v.parse(VirtualModel, { name: name.trim(), routing }));
  const problems = new Problems();
  const routings = virtualModelsOf(entries, models, problems).map(({ routing }) => routing);
  const told = ({ path, message }: { path: readonly unknown[]; message: string }) =>
    `${path.join(".")}: ${message}`;
  return {
    routings,
    found: problems.found.map(told),
    warnings: problems.warnings.map(told),
  };
}

const weighted = (...targets: readonly string[]) => ({
  weighted: { targets: targets.map((model) => ({ model })) },
});

Deno.test("virtualModelsOf() groups failover targets by rising priority", () => {
  const targets = [
    { model: "claude", priority: 5 },
    { model: "openai/x", priority: 1 },
    { model: "gpt-4o", priority: 5 },
    { model: "gpt-4o", priority: 0 },
  ];
  const { routings } = normalised({ v: { failover: { targets } } });
  assert.deepEqual(routings, [{
    type: "failover",
    groups: [["gpt-4o"], ["openai/x"], ["claude", "gpt-4o"]],
    retry: {
      triesMax: undefined,
      codes: undefined,
      headMsMax: undefined,
      firstContentMsMax: undefined,
    },
  }]);
});

const RETRIES: readonly [object, object][] = [
  [{ enabled: true }, {}],
  [{ enabled: false }, { triesMax: 1 }],
  [{ attempts: 1 }, { triesMax: 2 }],
  [{ codes: [503] }, { codes: [503] }],
  [{ perTryTimeout: "1m30s" }, { headMsMax: 90_000 }],
  [{ firstTokenTimeout: "500ms" }, { firstContentMsMax: 500 }],
];

for (const [retry, expected] of RETRIES) {
  Deno.test(`virtualModelsOf() reads retry ${JSON.stringify(retry)}`, () => {
    const targets = [{ model: "claude", priority: 0 }];
    const [routing] = normalised({ v: { failover: { targets, retry } } }).routings;
    const nothing = {
      triesMax: undefined,
      codes: undefined,
      headMsMax: undefined,
      firstContentMsMax: undefined,
    };
    assert.deepEqual(routing, {
      type: "failover",
      groups: [["claude"]],
      retry: { ...nothing, ...expected },
    });
  });
}

Deno.test("virtualModelsOf() keeps where conditions are written", () => {
  const targets = [{ when: "true", model: "claude" }, { model: "gpt-4o" }];
  const { routings } = normalised({ v: { conditional: { targets } } });
  const at = ["llm", "virtualModels", 0, "routing", "conditional", "targets"];
  assert.deepEqual(routings, [{
    type: "conditional",
    targets: [
      { at: [...at, 0, "when"], when: "true", model: "claude" },
      { at: [...at, 1, "when"], model: "gpt-4o" },
    ],
  }]);
});

const TARGET = "virtual model target";
const NO_MATCH = "does not match any llm.models entry";
const AT = "llm.virtualModels.0.routing.weighted.targets";

const DANGLING: readonly [string, string][] = [
  ["gpt-4p", `${AT}.0.model: ${TARGET} "gpt-4p" ${NO_MATCH} (did you mean gpt-4o?)`],
  ["mistral", `${AT}.0.model: ${TARGET} "mistral" ${NO_MATCH}`],
  ["openai", `${AT}.0.model: ${TARGET} "openai" ${NO_MATCH}`],
  ["Claude", `${AT}.0.model: ${TARGET} "Claude" ${NO_MATCH} (did you mean claude?)`],
  [
    "v",
    `${AT}.0.model: ${TARGET} "v" ${NO_MATCH}: it is a virtual model, and those cannot be targets`,
  ],
];

for (const [target, message] of DANGLING) {
  Deno.test(`virtualModelsOf() refuses the target ${target}`, () => {
    assert.deepEqual(normalised({ v: weighted(target) }).found, [message]);
  });
}

Deno.test("virtualModelsOf() takes what a pattern covers, and what is internal", () => {
  assert.deepEqual(normalised({ v: weighted("openai/any", "openai/", "claude") }).found, []);
});

Deno.test("virtualModelsOf() looks at the targets of every strategy", () => {
  const { found } = normalised({
    a: { conditional: { targets: [{ model: "x" }] } },
    b: { failover: { targets: [{ model: "y", priority: 0 }] } },
  });
  assert.deepEqual(found.map((text) => text.split(":")[0]), [
    "llm.virtualModels.0.routing.conditional.targets.0.model",
    "llm.virtualModels.1.routing.failover.targets.0.model",
  ]);
});

Deno.test("virtualModelsOf() warns of what can never serve", () => {
  const none = { weighted: { targets: [{ model: "claude", weight: 0 }] } };
  const { warnings, found } = normalised({ v: none, "v ": weighted("claude") });
  assert.deepEqual(found, []);
  assert.deepEqual(warnings, [
    'llm.virtualModels.1.name: is never asked for: "v" is already at llm.virtualModels.0',
    "llm.virtualModels.0.routing.weighted.targets: serves no request: all weights are 0",
  ]);
});

Deno.test("virtualModelsOf() warns of health where there is nothing to choose from", () => {
  const health = {};
  const models = [
    { name: "gpt-4o", health },
    { name: "claude", health },
    { name: "openai/*", health },
    { name: "plain" },
  ];
  const targets = [{ model: "openai/x", priority: 0 }, { model: "plain", priority: 1 }];
  const { warnings } = normalised({ f: { failover: { targets } }, w: weighted("claude") }, models);
  const message = "has no effect: no virtual model has this model among its failover targets";
  assert.deepEqual(warnings, [
    `llm.models.0.health: ${message}`,
    `llm.models.1.health: ${message}`,
  ]);
});
