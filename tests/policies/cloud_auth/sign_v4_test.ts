import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import type { HeaderRecord } from "../../../src/lib/header_record.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { sign } from "../../../src/policies/cloud_auth/sign_v4.ts";

const SIGNER = {
  service: "bedrock",
  region: "eu-central-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG" },
};
const AT_MS = Date.parse("2026-01-02T03:04:05.678Z");
const ORIGIN = "https://bedrock-runtime.eu-central-1.amazonaws.com";

interface Signed {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderRecord;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

async function signed(
  url: string,
  headers: HeaderRecord = {},
  body: string | Uint8Array<ArrayBuffer> | null = "{}",
  signer: Parameters<typeof sign>[1] = SIGNER,
): Promise<Signed> {
  await sign({ method: "POST", url, headers, body }, signer, AT_MS);
  return { method: "POST", url, headers, body: body ?? "" };
}

/**
 * The signature by AWS's own description, step by step
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
function expectedSignature({ method, url, headers, body }: Signed): string {
  const authorization = headers.authorization ?? "";
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1] ?? "";
  const scope = /Credential=[^/]+\/([^,]+)/.exec(authorization)?.[1] ?? "";
  const { pathname, searchParams, host } = new URL(url);
  const query = [...searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join("&");
  const lines = names.split(";")
    .map((name) => `${name}:${(name === "host" ? host : headers[name] ?? "").trim()}\n`);
  const canonical = [
    method,
    pathname.split("/").map(encode).join("/"),
    query,
    lines.join(""),
    names,
    sha256(body),
  ].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const start = `AWS4${SIGNER.credentials.secretAccessKey}`;
  const key = scope.split("/").reduce<string | Uint8Array>(
    (parent, part) => createHmac("sha256", parent).update(part).digest(),
    start,
  );
  return createHmac("sha256", key).update(text).digest("hex");
}

const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");

/** What is no unreserved character is encoded, percent signs of the path as it is sent too. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const signatureOf = ({ headers }: Signed) =>
  /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? "")?.[1];

/** A request as AWS's own client signs it, without headers that only tell of its tries. */
async function sentByClient(modelId: string): Promise<Signed> {
  let seen: Signed | undefined;
  const client = new BedrockRuntimeClient({
    region: SIGNER.region,
    credentials: SIGNER.credentials,
    requestHandler: {
      handle(request: unknown) {
        seen = readClientRequest(request);
        return Promise.reject(new Error("seen"));
      },
    },
    maxAttempts: 1,
  });
  client.middlewareStack.addRelativeTo(withoutTries, {
    relation: "before",
    toMiddleware: "httpSigningMiddleware",
  });
  await assert.rejects(client.send(new ConverseCommand({ modelId, messages: [] })), /seen/);
  assert.ok(seen !== undefined);
  return seen;
}

function withoutTries<Arguments, Output>(next: (args: Arguments) => Output) {
  return (args: Arguments): Output => {
    const { headers } = readArguments(args);
    for (const name of Object.keys(headers)) {
      if (/^(amz-sdk-|content-length$)/i.test(name)) Reflect.deleteProperty(headers, name);
    }
    return next(args);
  };
}

function readArguments(args: unknown): { readonly headers: object } {
  assert.ok(isMapping(args) && isMapping(args.request) && isMapping(args.request.headers));
  return { headers: args.request.headers };
}

function readClientRequest(request: unknown): Signed {
  assert.ok(isMapping(request) && isMapping(request.headers));
  const { method, hostname, path, body } = request;
  assert.ok(typeof method === "string" && typeof hostname === "string");
  assert.ok(typeof path === "string" && body instanceof Uint8Array);
  const headers = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    method,
    url: `https://${hostname}${path}`,
    headers: Object.fromEntries(headers),
    body: new Uint8Array(body),
  };
}

/** The moment of a signature. */
function momentOf({ headers }: Signed): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
    .exec(headers["x-amz-date"] ?? "") ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...rest);
}

const MODELS = [
  "anthropic.claude-3-haiku-20240307-v1:0",
  "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2",
  "100%_odd(model)*'!~",
];

Deno.test("sign() makes the very signature that AWS's own client makes", async () => {
  for (const model of MODELS) {
    const theirs = await sentByClient(model);
    assert.equal(signatureOf(theirs), expectedSignature(theirs), `the client's ${model}`);
    const headers = { ...theirs.headers };
    await sign({ ...theirs, headers }, SIGNER, momentOf(theirs));
    assert.deepEqual(headers, theirs.headers, model);
  }
});

Deno.test("sign() signs paths and queries as they are sent", async () => {
  const urls = [
    `${ORIGIN}/model/anthropic.claude-3-haiku-20240307-v1:0/converse`,
    `${ORIGIN}/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream`,
    `${ORIGIN}/model/arn:aws:bedrock:eu:1:inference-profile%2Fa%25b/converse`,
    `${ORIGIN}/prefix/model/m/converse?b=2&a=1&a=0&c=%2F%20x`,
    "http://127.0.0.1:8080/",
  ];
  for (const url of urls) {
    const request = await signed(url);
    assert.equal(signatureOf(request), expectedSignature(request), url);
  }
});

Deno.test("sign() signs bodies of text, of bytes, and none", async () => {
  const bytes = new TextEncoder().encode('{"ä":"€"}');
  const asText = await signed(ORIGIN, {}, '{"ä":"€"}');
  const asBytes = await signed(ORIGIN, {}, bytes);
  assert.equal(signatureOf(asText), expectedSignature(asText));
  assert.equal(signatureOf(asText), signatureOf(asBytes));
  const none = await signed(ORIGIN, {}, null);
  assert.equal(none.headers["x-amz-content-sha256"], sha256(""));
  assert.equal(signatureOf(none), expectedSignature(none));
});

Deno.test("sign() signs only what nobody may change on the way", async () => {
  const { headers } = await signed(ORIGIN, {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "x",
    traceparent: "00-1",
    "x-amz-meta": "kept",
    "x-amzn-bedrock-trace": "ENABLED",
    "x-other": "y",
  });
  assert.match(
    headers.authorization ?? "",
    new RegExp(
      "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta;" +
        "x-amzn-bedrock-trace, ",
    ),
  );
  assert.equal(headers["x-amz-date"], "20260102T030405Z");
  assert.equal("host" in headers, false);
});

Deno.test("sign() signs the host that is sent", async () => {
  const plain = await signed(ORIGIN, {});
  const named = await signed(ORIGIN, { host: "vpce.example" });
  assert.notEqual(signatureOf(plain), signatureOf(named));
  assert.equal(named.headers.host, "vpce.example");
});

Deno.test("sign() replaces what a client signed with", async () => {
  const { headers } = await signed(ORIGIN, {
    authorization: "Bearer client",
    "x-amz-date": "19990101T000000Z",
    "x-amz-security-token": "client",
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
  });
  assert.match(headers.authorization ?? "", /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260102\//);
  assert.equal("x-amz-security-token" in headers, false);
  assert.equal(headers["x-amz-content-sha256"], sha256("{}"));
});

Deno.test("sign() brings the token of a session along", async () => {
  const credentials = { ...SIGNER.credentials, sessionToken: "session" };
  const request = await signed(ORIGIN, {}, "{}", { ...SIGNER, credentials });
  assert.equal(request.headers["x-amz-security-token"], "session");
  assert.match(request.headers.authorization ?? "", /x-amz-date;x-amz-security-token, /);
  assert.equal(signatureOf(request), expectedSignature(request));
});
