import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { credentialStep } from "../../../src/policies/cloud_auth/credential_step.ts";

/** How a step fails. */
async function failure(
  take: () => Promise<unknown>,
  secrets: readonly (string | undefined)[] = [],
  stepMaxMs?: number,
): Promise<{ readonly error: GatewayError; readonly cause: string }> {
  try {
    await credentialStep("asking", take, secrets, stepMaxMs);
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    return { error, cause: String(error.cause) };
  }
  return assert.fail("it did not fail");
}

Deno.test("credentialStep() gives what the step gives", async () => {
  assert.equal(await credentialStep("asking", () => Promise.resolve(3)), 3);
});

Deno.test("credentialStep() names the step to the client, and the reason in the cause", async () => {
  const { error, cause } = await failure(() => Promise.reject(new TypeError("bad\n  request")));
  assert.equal(error.kind, "upstream-unreachable");
  assert.equal(error.status, 503);
  assert.equal(error.message, "cannot authorize the request to the provider: asking failed");
  assert.equal(cause, "Error: TypeError: bad request");
});

Deno.test("credentialStep() never tells a secret", async () => {
  const secrets = ["s3cret", undefined, ""];
  const { cause } = await failure(() => Promise.reject(new Error("s3cret and s3cret")), secrets);
  assert.equal(cause, "Error: Error: *** and ***");
  const long = await failure(() => Promise.reject("x".repeat(1_000)));
  assert.equal(long.cause.length, "Error: ".length + 300);
});

Deno.test("credentialStep() gives a step so much time", async () => {
  const { cause } = await failure(() => new Promise(() => {}), [], 1);
  assert.match(cause, /no answer within 1 ms/);
});

Deno.test("credentialStep() lets an error through that names its own step", async () => {
  const inner = new GatewayError("upstream-unreachable", "inner");
  const { error } = await failure(() => Promise.reject(inner));
  assert.equal(error, inner);
});
