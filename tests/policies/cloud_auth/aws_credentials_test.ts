import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import {
  ambientCredentials,
  ambientRegion,
} from "../../../src/policies/cloud_auth/aws_credentials.ts";
import { withEnvironment, withServer } from "./outgoing.ts";

/** Nothing of the machine that the tests run on. */
const NOWHERE = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  AWS_ROLE_ARN: undefined,
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: undefined,
  AWS_EC2_METADATA_DISABLED: "true",
};

Deno.test("ambientCredentials() finds the environment's", async () => {
  const variables = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s" };
  await withEnvironment({ ...NOWHERE, ...variables }, async () => {
    assert.deepEqual(await ambientCredentials("eu-west-1"), {
      value: { accessKeyId: "AKID", secretAccessKey: "s" },
      expiresAtMs: undefined,
    });
  });
});

Deno.test("ambientCredentials() asks a container's endpoint", async () => {
  const expiration = "2030-01-02T03:04:05Z";
  const seen: string[] = [];
  await withServer((request) => {
    seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
    return Response.json({
      AccessKeyId: "ASIA",
      SecretAccessKey: "s",
      Token: "t",
      Expiration: expiration,
    });
  }, async (origin) => {
    const variables = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/creds`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic x",
    };
    await withEnvironment({ ...NOWHERE, ...variables }, async () => {
      assert.deepEqual(await ambientCredentials("eu-west-1"), {
        value: { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" },
        expiresAtMs: Date.parse(expiration),
      });
    });
  });
  assert.deepEqual(seen, ["/creds Basic x"]);
});

Deno.test("ambientCredentials() says that it found none", async () => {
  await withEnvironment(NOWHERE, async () => {
    await assert.rejects(ambientCredentials("eu-west-1"), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.kind, "upstream-unreachable");
      assert.match(error.message, /AWS's default credential chain failed$/);
      return true;
    });
  });
});

Deno.test("ambientRegion() is the environment's", async () => {
  await withEnvironment({ ...NOWHERE, AWS_REGION: "eu-north-1" }, async () => {
    assert.equal(await ambientRegion(), "eu-north-1");
  });
  await withEnvironment(NOWHERE, async () => {
    await assert.rejects(ambientRegion(), /looking for an AWS region/);
  });
});
