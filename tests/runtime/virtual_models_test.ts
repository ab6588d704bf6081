import assert from "node:assert/strict";
import type {
  FailoverRetryConfig,
  VirtualRoutingConfig,
} from "../../src/config/normalise_virtual_models.ts";
import type { Member } from "../../src/routing/groups.ts";
import { healthOf } from "../../src/runtime/health.ts";
import { compileVirtualModels } from "../../src/runtime/virtual_models.ts";
import { compileContext } from "../support/compile_context.ts";

const AT = ["llm", "virtualModels", 0];

function compiled(routing: VirtualRoutingConfig) {
  const context = compileContext();
  const memberOf = (name: string): Member<string> | undefined =>
    name === "gone"
      ? undefined
      : { name, target: name, health: healthOf({ name, key: name }, context) };
  const models = compileVirtualModels([{ at: AT, name: "v", routing }], memberOf, context);
  return { context, models };
}

function failover(retry: FailoverRetryConfig, ...groups: readonly string[][]) {
  const choice = compiled({ type: "failover", groups, retry }).models.resolve("v", {});
  return choice?.type === "groups" ? choice : assert.fail("no groups");
}

Deno.test("compileVirtualModels() draws by weight with the context's randomness", () => {
  const targets = [{ model: "a", weight: 1 }, { model: "b", weight: 1 }];
  const { models } = compiled({ type: "weighted", targets });
  assert.deepEqual(models.resolve("v", {}), { type: "target", model: "b" });
});

Deno.test("compileVirtualModels() compiles conditions", () => {
  const targets = [
    { at: AT, model: "a", when: "llmRequest.stream == true" },
    { at: AT, model: "b" },
  ];
  const { models } = compiled({ type: "conditional", targets });
  const choose = (stream: boolean) => models.resolve("v", { llmRequest: { stream } });
  assert.deepEqual([choose(true), choose(false)], [
    { type: "target", model: "a" },
    { type: "target", model: "b" },
  ]);
});

Deno.test("compileVirtualModels() points at a condition that is no CEL", () => {
  const at = [...AT, "routing", "conditional", "targets", 0, "when"];
  const targets = [{ at, model: "a", when: "a ==" }, { at, model: "b", when: "true" }];
  const { context, models } = compiled({ type: "conditional", targets });
  assert.deepEqual(context.problems.map(({ path }) => path), [at]);
  assert.deepEqual(models.names, []);
});

Deno.test("compileVirtualModels() makes groups of the members that there are", () => {
  const { groups } = failover({}, ["a", "gone"], ["b"]);
  assert.deepEqual(groups.members.map(({ name }) => name), ["a", "b"]);
  assert.equal(groups.pick(new Set())?.name, "a");
});

Deno.test("a failover goes on at what another target may mend, and at nothing else", () => {
  const { codes } = failover({}, ["a"]).retry;
  const onward = [401, 402, 403, 404, 408, 409, 424, 425, 429, 500, 503, 529, 599];
  const final = [200, 400, 405, 413, 415, 422, 600];
  assert.deepEqual(onward.filter((status) => !codes.has(status)), []);
  assert.deepEqual(final.filter((status) => codes.has(status)), []);
});

Deno.test("a failover takes its numbers from the configuration", () => {
  const retry = { triesMax: 2, codes: [429], headMsMax: 7, firstContentMsMax: 8 };
  assert.deepEqual(failover(retry, ["a"]).retry, {
    triesMax: 2,
    codes: new Set([429]),
    backoffMs: 0,
    retryAfterMsMax: 5_000,
    headMsMax: 7,
    firstContentMsMax: 8,
  });
});
