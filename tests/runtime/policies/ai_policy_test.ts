import assert from "node:assert/strict";
import type { AiPolicyConfig } from "../../../src/config/schema/ai_policy.ts";
import { editObject } from "../../../src/lib/json_edit.ts";
import { bodyPolicy } from "../../../src/policies/ai/body_edits.ts";
import { compileAi, MODEL_KEYS } from "../../../src/runtime/policies/ai_policy.ts";
import { compileContext } from "../../support/compile_context.ts";

const AT = ["routes", 0, "policies", "ai"];

Deno.test("compileAi() compiles what is said, and leaves out what is not", () => {
  const context = compileContext();
  assert.deepEqual(compileAi({}, AT, context), {});
  const compiled = compileAi(
    {
      defaults: { a: 1 },
      overrides: { b: 2 },
      transformations: { c: "llmRequest.model" },
      modelAliases: { x: "y" },
    },
    AT,
    context,
  );
  const body = { model: "x" };
  const edits = bodyPolicy(compiled).edit(body, {
    model: undefined,
    variables: (llmRequest) => ({ llmRequest }),
  });
  assert.deepEqual(editObject(body, edits), { model: "y", a: 1, b: 2, c: "x" });
  assert.deepEqual([context.problems, context.warnings], [[], []]);
});

Deno.test("compileAi() tells where an expression is that is none", () => {
  const broken: AiPolicyConfig = {
    transformations: { a: "1 +", b: "1" },
    finalTransformations: { c: "(" },
  };
  const paths = (keys?: typeof MODEL_KEYS) => {
    const context = compileContext();
    compileAi(broken, AT, context, keys);
    return context.problems.map(({ path }) => path.join("."));
  };
  assert.deepEqual(paths(), [
    "routes.0.policies.ai.transformations.a",
    "routes.0.policies.ai.finalTransformations.c",
  ]);
  assert.deepEqual(paths(MODEL_KEYS), [
    "routes.0.policies.ai.transformation.a",
    "routes.0.policies.ai.finalTransformation.c",
  ]);
});

Deno.test("compileAi() warns of an alias that seems to take over what a star stands for", () => {
  const context = compileContext();
  compileAi({ modelAliases: { "openai/*": "*", a: "b" } }, AT, context);
  assert.deepEqual(context.warnings, [{
    path: [...AT, "modelAliases", "openai/*"],
    message: 'asks for a model that is named "*": what "openai/*" matches is not put in place ' +
      "of the *",
  }]);
});
