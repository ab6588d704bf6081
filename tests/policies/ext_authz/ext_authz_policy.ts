import assert from "node:assert/strict";
import * as v from "valibot";
import type { Variables } from "../../../src/cel/expression.ts";
import { ExtAuthz } from "../../../src/config/schema/ext_authz.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Callout } from "../../../src/policies/callout.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { Refusal } from "../../../src/policies/refusal.ts";
import { compileExtAuthz } from "../../../src/runtime/policies/ext_authz.ts";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf, type TestSubject } from "../../support/subject.ts";

/** Where a policy's service is. */
type Place = { readonly callout: Callout } | { readonly port: number };

/** A policy that asks a service. */
export function policyOf(place: Place, settings: Readonly<Record<string, unknown>>) {
  const context = "callout" in place
    ? compileContext(place.callout)
    : compileContext(undefined, { host: "127.0.0.1", port: place.port, headers: {} });
  const parsed = v.parse(ExtAuthz, { host: "auth.test:9000", ...settings });
  const policy = compileExtAuthz(parsed, ["extAuthz"], context);
  assert.deepEqual(context.problems, []);
  assert.ok(policy);
  return { policy, context };
}

/** A request of somebody. */
export function requestOf(
  { body = '{"a":1}', headers = {}, method = "POST", query = "?a=1" }: {
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly query?: string;
  } = {},
  variables: Variables = {},
): TestSubject {
  const request = new Request(`http://gateway.test/v1/chat${query}`, {
    method,
    headers: { authorization: "Bearer t", cookie: "c=1", "x-user": "mallory", ...headers },
    ...(method === "GET" ? {} : { body }),
  });
  return subjectOf(request, variables);
}

/** How a request was refused. */
export interface Refused {
  readonly error: GatewayError;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the error speaks for itself. */
  readonly body: string | undefined;
}

/** The refusal of a request. */
export async function refusalOf(policy: Policy, subject: TestSubject): Promise<Refused> {
  try {
    await policy.apply(subject);
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    const reply = error instanceof Refusal ? error.reply : undefined;
    const { status, headers, body } = reply ?? { status: error.status, headers: [], body: null };
    const answer = new Response(body, { status, headers });
    return {
      error,
      status,
      headers: Object.fromEntries(answer.headers),
      body: reply === undefined ? undefined : await answer.text(),
    };
  }
  assert.fail("the request was let in");
}
