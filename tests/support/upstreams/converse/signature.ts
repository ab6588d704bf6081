import { createHash } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Call } from "../stand_in.ts";

/** Who may call, and where. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** What a stand-in knows when its test names no credentials; the keys are AWS's own example. */
export const testCredentials: Credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};

/** An error of AWS's front door. */
export interface Rejection {
  readonly type: string;
  readonly message: string;
}

/**
 * Signs a request anew from what has arrived of it and compares the two signatures.
 *
 * See https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html.
 */
export async function rejectSignature(
  call: Call,
  credentials: Credentials,
): Promise<Rejection | undefined> {
  const given = call.headers.get("authorization") ?? "";
  const [, keyId, date, region, service, names, signature] = format.exec(given) ?? [];
  if (signature === undefined || names === undefined || date === undefined) {
    return rejected("IncompleteSignatureException", `Authorization header is malformed: ${given}`);
  }
  const token = call.headers.get("x-amz-security-token");
  const isKnown = keyId === credentials.accessKeyId &&
    (credentials.sessionToken ?? null) === token;
  if (!isKnown) {
    const message = "The security token included in the request is invalid.";
    return rejected("UnrecognizedClientException", message);
  }
  const signed = names.split(";");
  return rejectScope(call, credentials, { date, region, service, signed }) ??
    (await signatureOf(call, credentials, signed) === signature ? undefined : mismatch);
}

interface Scope {
  readonly date: string;
  readonly region: string | undefined;
  readonly service: string | undefined;
  readonly signed: readonly string[];
}

function rejectScope(
  call: Call,
  credentials: Credentials,
  { date, region, service, signed }: Scope,
): Rejection | undefined {
  const invalid = (message: string) => rejected("InvalidSignatureException", message);
  if (region !== credentials.region || service !== "bedrock") {
    return invalid(
      `Credential should be scoped to a valid region and service: ${region}/${service}.`,
    );
  }
  const sentAt = call.headers.get("x-amz-date") ?? "";
  const age = Math.abs(Date.now() - dateOf(sentAt).getTime());
  if (!sentAt.startsWith(date) || !(age < maxAgeMs)) {
    return invalid(`Signature expired: ${sentAt} is not within 15 minutes of the current time.`);
  }
  const unsigned = [...call.headers.keys()].find((name) =>
    (name === "host" || name.startsWith("x-amz-")) && !signed.includes(name)
  );
  if (unsigned !== undefined) {
    return invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const hash = call.headers.get("x-amz-content-sha256");
  const actual = createHash("sha256").update(call.request.body).digest("hex");
  return hash === null || hash === actual ? undefined : mismatch;
}

async function signatureOf(
  call: Call,
  credentials: Credentials,
  signed: readonly string[],
): Promise<string | undefined> {
  const signer = new SignatureV4({
    ...{ service: "bedrock", region: credentials.region, credentials, sha256: Sha256 },
    applyChecksum: false,
  });
  const headers = Object.fromEntries(signed.map((name) => [name, call.headers.get(name) ?? ""]));
  const request = {
    method: call.method,
    protocol: "http:",
    hostname: "127.0.0.1",
    path: call.path,
    query: Object.fromEntries(call.query),
    headers,
    body: call.request.body,
  };
  const signingDate = dateOf(call.headers.get("x-amz-date") ?? "");
  const again = await signer.sign(request, { signingDate, signableHeaders: new Set(signed) });
  return format.exec(again.headers.authorization ?? "")?.[6];
}

const format = new RegExp(
  "^AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/aws4_request, ?" +
    "SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$",
);

function dateOf(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function rejected(type: string, message: string): Rejection {
  return { type, message };
}

const mismatch = rejected(
  "InvalidSignatureException",
  "The request signature we calculated does not match the signature you provided. Check your AWS " +
    "Secret Access Key and signing method. Consult the service documentation for details.",
);

const maxAgeMs = 15 * 60 * 1000;
