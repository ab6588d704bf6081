import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import {
  awsAuthorizer,
  type AwsOptions,
  type AwsSurroundings,
} from "../../../src/policies/cloud_auth/aws.ts";
import { Clock, HOUR_MS, MINUTE_MS, settle } from "./clock.ts";
import { outgoing } from "./outgoing.ts";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const OPTIONS: AwsOptions = { region: "eu-central-1", serviceName: "bedrock" };

/** Surroundings that count how often they are asked. */
function surroundingsOf(clock: Clock) {
  const roles: string[] = [];
  const asked = { credentials: 0, region: 0, role: roles };
  const surroundings: AwsSurroundings = {
    ambientCredentials(region) {
      asked.credentials++;
      const value = { ...KEYS, accessKeyId: `AKID${asked.credentials}`, sessionToken: region };
      return Promise.resolve({ value, expiresAtMs: clock.epochMs() + HOUR_MS });
    },
    ambientRegion() {
      asked.region++;
      return Promise.resolve("us-west-2");
    },
    fetch(input, init) {
      const { authorization } = Object.fromEntries(new Headers(init?.headers));
      asked.role.push(`${input} ${/Credential=(\w+)/.exec(authorization ?? "")?.[1]}`);
      const expiration = new Date(clock.epochMs() + HOUR_MS).toISOString();
      return Promise.resolve(
        new Response(
          `<AccessKeyId>ASIA${asked.role.length}</AccessKeyId>` +
            "<SecretAccessKey>role</SecretAccessKey><SessionToken>token</SessionToken>" +
            `<Expiration>${expiration}</Expiration>`,
        ),
      );
    },
  };
  return { asked, surroundings };
}

async function credentialUsed(authorizer: ReturnType<typeof awsAuthorizer>): Promise<string> {
  const request = outgoing();
  await authorizer.authorize(request);
  const { authorization = "" } = request.headers;
  return /Credential=(\w+\/\d+\/[\w-]+\/\w+)\//.exec(authorization)?.[1] ?? authorization;
}

Deno.test("awsAuthorizer() signs with the keys that it is given", async () => {
  const clock = new Clock();
  const { asked, surroundings } = surroundingsOf(clock);
  const authorizer = awsAuthorizer({ ...OPTIONS, credentials: KEYS }, clock, surroundings);
  const request = outgoing("https://h/model/m/converse", { authorization: "Bearer client" });
  await authorizer.authorize(request);
  assert.match(
    request.headers.authorization ?? "",
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\/eu-central-1\/bedrock\/aws4_request, /,
  );
  assert.equal(request.headers["x-amz-date"], "20260102T030405Z");
  assert.deepEqual(asked, { credentials: 0, region: 0, role: [] });
});

Deno.test("awsAuthorizer() asks the surroundings once for many requests, and ahead of the end", async () => {
  const clock = new Clock();
  const { asked, surroundings } = surroundingsOf(clock);
  const authorizer = awsAuthorizer(OPTIONS, clock, surroundings);
  for (let turn = 0; turn < 100; turn++) {
    assert.equal(await credentialUsed(authorizer), "AKID1/20260102/eu-central-1/bedrock");
  }
  assert.equal(asked.credentials, 1);
  clock.advance(HOUR_MS - 5 * MINUTE_MS);
  await credentialUsed(authorizer);
  await settle();
  assert.equal(await credentialUsed(authorizer), "AKID2/20260102/eu-central-1/bedrock");
  assert.equal(asked.credentials, 2);
});

Deno.test("awsAuthorizer() signs for the region of the surroundings where none is given", async () => {
  const clock = new Clock();
  const { asked, surroundings } = surroundingsOf(clock);
  const authorizer = awsAuthorizer({ serviceName: "bedrock" }, clock, surroundings);
  assert.equal(await credentialUsed(authorizer), "AKID1/20260102/us-west-2/bedrock");
  await credentialUsed(authorizer);
  assert.equal(asked.region, 1);
  const request = outgoing();
  await authorizer.authorize(request);
  assert.equal(request.headers["x-amz-security-token"], "us-west-2");
});

Deno.test("awsAuthorizer() takes on a role, and keeps it until it ends", async () => {
  const clock = new Clock();
  const { asked, surroundings } = surroundingsOf(clock);
  const assumeRole = { roleArn: "arn:aws:iam::1:role/r" };
  const authorizer = awsAuthorizer({ ...OPTIONS, assumeRole }, clock, surroundings);
  for (let turn = 0; turn < 100; turn++) {
    assert.equal(await credentialUsed(authorizer), "ASIA1/20260102/eu-central-1/bedrock");
  }
  assert.deepEqual(asked.role, ["https://sts.eu-central-1.amazonaws.com/ AKID1"]);
  clock.advance(HOUR_MS);
  assert.equal(await credentialUsed(authorizer), "ASIA2/20260102/eu-central-1/bedrock");
  assert.equal(asked.role.at(-1), "https://sts.eu-central-1.amazonaws.com/ AKID2");
  const fixed = awsAuthorizer({ ...OPTIONS, credentials: KEYS, assumeRole }, clock, surroundings);
  await credentialUsed(fixed);
  assert.equal(asked.role.at(-1), "https://sts.eu-central-1.amazonaws.com/ AKIDEXAMPLE");
});

Deno.test("awsAuthorizer() fails as the surroundings do, and leaves the headers alone", async () => {
  const clock = new Clock();
  const { surroundings } = surroundingsOf(clock);
  const error = new GatewayError("upstream-unreachable", "no credentials");
  const authorizer = awsAuthorizer(OPTIONS, clock, {
    ...surroundings,
    ambientCredentials: () => Promise.reject(error),
  });
  const request = outgoing();
  await assert.rejects(authorizer.authorize(request), error);
  assert.deepEqual(request.headers, {});
});

Deno.test("awsAuthorizer() does not wait for a client that has left", async () => {
  const clock = new Clock();
  const { surroundings } = surroundingsOf(clock);
  const authorizer = awsAuthorizer(OPTIONS, clock, {
    ...surroundings,
    ambientCredentials: () => new Promise(() => {}),
  });
  const leaving = new AbortController();
  const waiting = authorizer.authorize(outgoing(undefined, {}, leaving.signal));
  leaving.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
});
