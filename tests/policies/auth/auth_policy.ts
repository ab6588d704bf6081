import assert from "node:assert/strict";
import * as v from "valibot";
import { formatPath, type Problem } from "../../../src/config/diagnostic.ts";
import { ApiKeyPolicy } from "../../../src/config/schema/api_key.ts";
import { AuthorizationPolicy } from "../../../src/config/schema/authorization.ts";
import { BasicAuthPolicy } from "../../../src/config/schema/basic_auth.ts";
import { JwtAuthPolicy } from "../../../src/config/schema/jwt_auth.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import type { CompileContext } from "../../../src/runtime/compile_context.ts";
import { compileApiKey } from "../../../src/runtime/policies/api_key.ts";
import { compileAuthorization } from "../../../src/runtime/policies/authorization.ts";
import { compileBasicAuth } from "../../../src/runtime/policies/basic_auth.ts";
import { compileJwtAuth } from "../../../src/runtime/policies/jwt_auth.ts";
import { compileContext } from "../../support/compile_context.ts";
import type { TestSubject } from "../../support/subject.ts";

/** Compiles a policy from its settings as they stand in a configuration; undefined if it cannot. */
type Compile = (settings: unknown, context: CompileContext) => Policy | undefined;

/** The policies of this folder, by their key in the configuration. */
const COMPILERS = {
  apiKey: compiler("apiKey", ApiKeyPolicy, compileApiKey),
  jwtAuth: compiler("jwtAuth", JwtAuthPolicy, compileJwtAuth),
  basicAuth: compiler("basicAuth", BasicAuthPolicy, compileBasicAuth),
  authorization: compiler("authorization", AuthorizationPolicy, compileAuthorization),
} as const satisfies Readonly<Record<string, Compile>>;

/** The key of one of the policies. */
export type AuthPolicyName = keyof typeof COMPILERS;

/** A policy whose settings have to hold. */
export function policyOf(
  name: AuthPolicyName,
  settings: unknown,
  context = compileContext(),
): Policy {
  const policy = COMPILERS[name](settings, context);
  assert.deepEqual(context.problems.map(text), []);
  assert.ok(policy, "has something to do");
  assert.equal(policy.name, name);
  return policy;
}

/** What is wrong with settings, as `path: message`. */
export function problemsOf(name: AuthPolicyName, settings: unknown): readonly string[] {
  const context = compileContext();
  COMPILERS[name](settings, context);
  return context.problems.map(text);
}

/** What is dangerous in settings, likewise. */
export function warningsOf(name: AuthPolicyName, settings: unknown): readonly string[] {
  const context = compileContext();
  COMPILERS[name](settings, context);
  return context.warnings.map(text);
}

/** How a policy ended: `passed`, or `status code: message`. */
export async function outcomeOf(policy: Policy, subject: TestSubject): Promise<string> {
  const error = await errorOf(policy, subject);
  return error === undefined ? "passed" : `${error.status} ${error.code}: ${error.message}`;
}

/** The refusal of a request, if there is one. */
export async function errorOf(
  policy: Policy,
  subject: TestSubject,
): Promise<GatewayError | undefined> {
  try {
    assert.equal(await policy.apply(subject), undefined);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function compiler<const Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  compile: (
    settings: v.InferOutput<Schema>,
    at: Problem["path"],
    context: CompileContext,
  ) => Policy | undefined,
): Compile {
  return (settings, context) => {
    const parsed = v.safeParse(schema, settings);
    if (parsed.success) return compile(parsed.output, [name], context);
    for (const { path = [], message } of parsed.issues) {
      const keys = path.map(({ key }) => typeof key === "number" ? key : String(key));
      context.problems.push({ path: [name, ...keys], message });
    }
    return undefined;
  };
}

function text({ path, message }: Problem): string {
  return `${formatPath(path)}: ${message}`;
}
