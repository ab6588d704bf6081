import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { GatewayError } from "../../src/errors.ts";
import { requestHead } from "../../src/lib/request_head.ts";
import { groups } from "../../src/routing/groups.ts";
import { bySpecificity, modelTable } from "../../src/routing/model_table.ts";
import {
  modelNotAllowed,
  type ModelRequest,
  resolveModel,
  shownModels,
  type VirtualModel,
  virtualModels,
} from "../../src/routing/virtual_models.ts";

const RETRY = { codes: new Set([503]), backoffMs: 0, retryAfterMsMax: 0 };
const GROUPS = groups<string>([], () => 0);

function weighted(name: string, ...weights: readonly number[]): VirtualModel<string> {
  const targets = weights.map((weight, index) => ({ model: `t${index}`, weight }));
  return { name, routing: { type: "weighted", targets } };
}

function conditional(name: string, ...whens: readonly (string | undefined)[]) {
  const targets = whens.map((when, index) => ({
    model: `t${index}`,
    ...(when === undefined ? {} : { when: compileExpression(when) }),
  }));
  return { name, routing: { type: "conditional", targets } } as const;
}

function only(model: VirtualModel<string>, random: () => number = () => 0) {
  return virtualModels([model], random);
}

function refused(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { status, code, reason, message } = error;
    return { status, code, reason, message };
  }
  assert.fail("not refused");
}

const DRAWN: readonly [readonly number[], number, string][] = [
  [[1], 0.99, "t0"],
  [[80, 20], 0, "t0"],
  [[80, 20], 0.79, "t0"],
  [[80, 20], 0.8, "t1"],
  [[80, 20], 0.999, "t1"],
  [[0, 1], 0, "t1"],
  [[1, 0, 1], 0.5, "t2"],
];

for (const [weights, random, model] of DRAWN) {
  Deno.test(`resolve() by weights ${weights} draws ${model} at ${random}`, () => {
    const choice = only(weighted("v", ...weights), () => random).resolve("v", {});
    assert.deepEqual(choice, { type: "target", model });
  });
}

Deno.test("resolve() of weights that are all 0 is refused", () => {
  assert.deepEqual(refused(() => only(weighted("v", 0, 0)).resolve("v", {})), {
    status: 404,
    code: "virtual_model_not_resolved",
    reason: "DirectResponse",
    message: "Virtual model v could not be resolved",
  });
});

const BODY = { request: { headers: { "x-tier": "gold" } }, llmRequest: { max_tokens: 5 } };

const CONDITIONS: readonly [readonly (string | undefined)[], string][] = [
  [['request.headers["x-tier"] == "gold"', undefined], "t0"],
  [['request.headers["x-tier"] == "free"', undefined], "t1"],
  [["llmRequest.max_tokens > 10", "llmRequest.max_tokens > 2"], "t1"],
  [["apiKey.user == 'ann'", "request.nothing.there == 1", "true"], "t2"],
  [['"true"', "1", undefined], "t2"],
];

for (const [whens, model] of CONDITIONS) {
  Deno.test(`resolve() by ${whens.join(", ")} is ${model}`, () => {
    assert.deepEqual(only(conditional("v", ...whens)).resolve("v", BODY), {
      type: "target",
      model,
    });
  });
}

Deno.test("resolve() without a condition that holds is refused", () => {
  assert.deepEqual(
    refused(() => only(conditional("v", "false", "nobody.knows")).resolve("v", {})),
    {
      status: 400,
      code: "virtual_model_no_matching_target",
      reason: "DirectResponse",
      message: "Virtual model v did not match any conditional target",
    },
  );
});

Deno.test("resolve() knows whole names only, and the first of several", () => {
  const models = virtualModels([
    conditional("v*", "true"),
    weighted("v", 1),
    weighted("v", 0),
  ], () => 0);
  assert.deepEqual(models.resolve("v", {}), { type: "target", model: "t0" });
  assert.equal(models.resolve("vx", {}), undefined);
  assert.equal(models.resolve("V", {}), undefined);
  assert.equal(models.resolve("constructor", {}), undefined);
});

const TABLE = modelTable(bySpecificity([
  { name: "t0", public: false, model: "hidden" },
  { name: "t1", public: true, model: "one", when: () => false },
  { name: "t*", public: true, model: "any" },
  { name: "secret", public: true, model: "secret" },
  { name: "v", public: true, model: "behind the virtual one" },
]));

const FAILOVER: VirtualModel<string> = {
  name: "f",
  routing: { type: "groups", groups: GROUPS, retry: RETRY },
};

const REQUEST: ModelRequest<string> = {
  head: requestHead(new Request("http://h/")),
  variables: {},
  allowed: (model) => model !== "secret",
};

function resolve(asked: string, model: VirtualModel<string> = FAILOVER) {
  return resolveModel(asked, TABLE, virtualModels([model], () => 0), REQUEST);
}

function to(target: string): VirtualModel<string> {
  return { name: "v", routing: { type: "weighted", targets: [{ model: target, weight: 1 }] } };
}

Deno.test("resolveModel() finds concrete models that are public", () => {
  assert.deepEqual(resolve("t7"), { choice: { type: "one", target: "any" }, model: "t7" });
  assert.deepEqual(resolve("t0"), { choice: { type: "one", target: "any" }, model: "t0" });
});

Deno.test("resolveModel() prefers the virtual model, and leads it to internal ones too", () => {
  assert.deepEqual(resolve("v", to("t0")), {
    choice: { type: "one", target: "hidden" },
    model: "t0",
  });
});

Deno.test("resolveModel() holds the conditions of a virtual model's target against it", () => {
  assert.deepEqual(resolve("v", to("t1")), { choice: { type: "one", target: "any" }, model: "t1" });
});

Deno.test("resolveModel() gives the groups of a failover model, with the name as it was", () => {
  const { choice, model } = resolve("f");
  assert.deepEqual([choice.type, model], ["groups", "f"]);
});

Deno.test("resolveModel() refuses what leads nowhere, in the reference's words", () => {
  const shown = { reason: "DirectResponse" };
  assert.deepEqual(refused(() => resolve("gpt")), {
    ...shown,
    status: 404,
    code: "model_not_found",
    message: 'Model not found: "gpt"',
  });
  assert.deepEqual(refused(() => resolve("v", to("gpt"))), {
    ...shown,
    status: 404,
    code: "virtual_model_target_not_found",
    message: "Virtual model v selected target gpt, but no matching model was found",
  });
  const denied = {
    ...shown,
    status: 403,
    code: "model_authorization_denied",
    message: "Model authorization denied",
  };
  assert.deepEqual(refused(() => resolve("secret")), denied);
  assert.deepEqual(refused(() => resolve("v", to("secret"))), denied);
  assert.deepEqual(refused(() => assert.fail(modelNotAllowed())), {
    ...shown,
    status: 403,
    code: "model_not_allowed",
    message: "Model is not allowed for this API key",
  });
});

Deno.test("shownModels() lists virtual models last, and asks the key about each name", () => {
  const virtual = virtualModels([to("t0"), FAILOVER], () => 0);
  const all = (name: string) => [name];
  assert.deepEqual(shownModels(TABLE, virtual, all, () => true), [
    "secret",
    "t1",
    "t*",
    "v",
    "v",
    "f",
  ]);
  const some = (name: string) => name === "t*" ? ["t7", "t8"] : name === "f" ? ["f"] : [];
  assert.deepEqual(shownModels(TABLE, virtual, some, REQUEST.allowed), ["t7", "t8", "f"]);
});
