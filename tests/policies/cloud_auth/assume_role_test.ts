import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { assumedRole } from "../../../src/policies/cloud_auth/assume_role.ts";

const CALLER = {
  credentials: { accessKeyId: "AKID", secretAccessKey: "s3cret" },
  region: "eu-west-1",
};
const AT_MS = Date.parse("2026-01-02T03:04:05Z");

/** An answer of the token service (https://docs.aws.amazon.com/STS/latest/APIReference). */
const ANSWER = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG+bPx=</SecretAccessKey>
      <SessionToken>AQoDYXdzEPT//////////wEXAMPLE==</SessionToken>
      <Expiration>2026-01-02T04:04:05Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
</AssumeRoleResponse>`;

interface Asked {
  url: string;
  body: string;
  headers: Headers;
}

async function assume(
  response: Response,
  role: Parameters<typeof assumedRole>[0] = { roleArn: "arn:aws:iam::1:role/r" },
  caller = CALLER,
) {
  const asked: Asked = { url: "", body: "", headers: new Headers() };
  const grant = await assumedRole(role, caller, AT_MS, (input, init) => {
    assert.equal(init?.method, "POST");
    Object.assign(asked, { url: input, body: init?.body, headers: new Headers(init?.headers) });
    return Promise.resolve(response);
  });
  return { grant, asked };
}

Deno.test("assumedRole() asks the region's token service, signed", async () => {
  const { grant, asked } = await assume(new Response(ANSWER));
  assert.deepEqual(grant, {
    value: {
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPx=",
      sessionToken: "AQoDYXdzEPT//////////wEXAMPLE==",
    },
    expiresAtMs: AT_MS + 3_600_000,
  });
  assert.equal(asked.url, "https://sts.eu-west-1.amazonaws.com/");
  assert.equal(
    asked.body,
    "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr" +
      "&RoleSessionName=agentgateway",
  );
  assert.match(
    asked.headers.get("authorization") ?? "",
    /Credential=AKID\/20260102\/eu-west-1\/sts\/aws4_request, SignedHeaders=content-type;host;/,
  );
});

Deno.test("assumedRole() names the session, and knows where China is", async () => {
  const role = { roleArn: "arn:aws-cn:iam::1:role/r", sessionName: "s" };
  const caller = { ...CALLER, region: "cn-north-1" };
  const { asked } = await assume(new Response(ANSWER), role, caller);
  assert.equal(asked.url, "https://sts.cn-north-1.amazonaws.com.cn/");
  assert.match(asked.body, /RoleSessionName=s$/);
});

Deno.test("assumedRole() says what the service refused", async () => {
  const refusal = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>";
  const cases = [
    [new Response(refusal, { status: 403 }), /403 AccessDenied/],
    [new Response("not there", { status: 502 }), /502/],
    [new Response("<AccessKeyId>a</AccessKeyId>"), /no credentials/],
  ] as const;
  for (const [response, reason] of cases) {
    await assert.rejects(assume(response), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(
        error.message,
        "cannot authorize the request to the provider: AssumeRole at AWS's token service failed",
      );
      assert.match(String(error.cause), reason);
      return true;
    });
  }
});
