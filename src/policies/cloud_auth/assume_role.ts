import { defined } from "../../lib/defined.ts";
import type { AwsCredentials } from "./aws_credentials.ts";
import { credentialStep } from "./credential_step.ts";
import type { Grant } from "./renewed.ts";
import { sign } from "./sign_v4.ts";

/** A role that lends its rights. */
export interface AssumeRole {
  readonly roleArn: string;
  /** What the cloud's log calls the session. */
  readonly sessionName?: string | undefined;
}

/** Who asks for a role, and where. */
export interface RoleCaller {
  readonly credentials: AwsCredentials;
  readonly region: string;
}

/**
 * Takes on a role (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html).
 *
 * One call does not pay for a client of the service: the answer has four texts in it.
 */
export async function assumedRole(
  { roleArn, sessionName = "agentgateway" }: AssumeRole,
  { credentials, region }: RoleCaller,
  epochMs: number,
  send: typeof fetch,
): Promise<Grant<AwsCredentials>> {
  const secrets = [credentials.secretAccessKey, credentials.sessionToken];
  return await credentialStep("AssumeRole at AWS's token service", async () => {
    const request = {
      method: "POST",
      url: tokenService(region),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        Action: "AssumeRole",
        Version: "2011-06-15",
        RoleArn: roleArn,
        RoleSessionName: sessionName,
      }).toString(),
    };
    await sign(request, { service: "sts", region, credentials }, epochMs);
    const response = await send(request.url, request);
    const answer = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${textOf(answer, "Code") ?? ""}`);
    return readGrant(answer);
  }, secrets);
}

function tokenService(region: string): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}/`;
}

function readGrant(answer: string): Grant<AwsCredentials> {
  const accessKeyId = textOf(answer, "AccessKeyId");
  const secretAccessKey = textOf(answer, "SecretAccessKey");
  const sessionToken = textOf(answer, "SessionToken");
  const expiresAtMs = Date.parse(textOf(answer, "Expiration") ?? "");
  if (accessKeyId === undefined || secretAccessKey === undefined || Number.isNaN(expiresAtMs)) {
    throw new Error("the answer has no credentials");
  }
  return {
    value: { accessKeyId, secretAccessKey, ...defined({ sessionToken }) },
    expiresAtMs,
  };
}

/** The text of an XML element; none of those that are read can have escapes in them. */
function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}
