import assert from "node:assert/strict";
import { createVerify, generateKeyPairSync } from "node:crypto";
import { Buffer } from "node:buffer";
import { GatewayError } from "../../../src/errors.ts";
import { googleHeaders } from "../../../src/policies/cloud_auth/google_headers.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { withEnvironment, withServer } from "./outgoing.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const KEY_FILE = JSON.stringify(
  {
    type: "service_account",
    project_id: "p",
    private_key_id: "k",
    private_key: privateKey,
    client_email: "gateway@p.iam.gserviceaccount.com",
    token_uri: "https://oauth2.googleapis.com/token",
  },
  undefined,
  2,
);

function jwtOf(claims: object): string {
  return ["{}", JSON.stringify(claims), "x"]
    .map((part) => Buffer.from(part).toString("base64url")).join(".");
}

/** Answers in Google's place, and keeps what it was asked. */
function googleInPlace(answer: () => Response) {
  const seen: { readonly url: string; readonly form: URLSearchParams }[] = [];
  async function fetchImplementation(input: RequestInfo | URL, init?: RequestInit) {
    const request = new Request(input, init);
    seen.push({ url: request.url, form: new URLSearchParams(await request.text()) });
    return answer();
  }
  return { seen, transport: { transporterOptions: { fetchImplementation } } };
}

/** The claims of an assertion that the key file has signed. */
function claimsIn(assertion: string): unknown {
  const [head = "", claims = "", signature = ""] = assertion.split(".");
  const verify = createVerify("RSA-SHA256").update(`${head}.${claims}`);
  assert.ok(verify.verify(publicKey, signature, "base64url"));
  return JSON.parse(Buffer.from(claims, "base64url").toString());
}

Deno.test("googleHeaders() exchanges a key file for an access token", async () => {
  const { seen, transport } = googleInPlace(() =>
    Response.json({ access_token: "ya29.x", expires_in: 3600, token_type: "Bearer" })
  );
  const before = Date.now();
  const grant = await googleHeaders({ credential: KEY_FILE, audience: undefined }, transport);
  assert.deepEqual(grant.value, { authorization: "Bearer ya29.x" });
  const lifeMs = (grant.expiresAtMs ?? 0) - before;
  assert.ok(lifeMs > 3_500_000 && lifeMs < 3_700_000, String(lifeMs));
  assert.equal(seen.length, 1);
  assert.equal(seen[0]?.url, "https://oauth2.googleapis.com/token");
  const claims = claimsIn(seen[0]?.form.get("assertion") ?? "");
  assert.ok(isMapping(claims));
  assert.equal(claims.iss, "gateway@p.iam.gserviceaccount.com");
  assert.equal(claims.scope, "https://www.googleapis.com/auth/cloud-platform");
});

Deno.test("googleHeaders() exchanges a key file for an id token", async () => {
  const token = jwtOf({ exp: 2_000_000_000 });
  const { seen, transport } = googleInPlace(() => Response.json({ id_token: token }));
  const request = { credential: KEY_FILE, audience: "https://service.run.app" };
  assert.deepEqual(await googleHeaders(request, transport), {
    value: { authorization: `Bearer ${token}` },
    expiresAtMs: 2_000_000_000_000,
  });
  const claims = claimsIn(seen[0]?.form.get("assertion") ?? "");
  assert.ok(isMapping(claims));
  assert.equal(claims.target_audience, "https://service.run.app");
});

Deno.test("googleHeaders() uses what a user has signed in with", async () => {
  const { seen, transport } = googleInPlace(() =>
    Response.json({ access_token: "user", expires_in: 3600 })
  );
  const credential = JSON.stringify({
    type: "authorized_user",
    client_id: "c",
    client_secret: "s",
    refresh_token: "r",
    quota_project_id: "q",
  });
  const { value } = await googleHeaders({ credential, audience: undefined }, transport);
  assert.deepEqual(value, { authorization: "Bearer user", "x-goog-user-project": "q" });
  assert.equal(seen[0]?.form.get("refresh_token"), "r");
});

Deno.test("googleHeaders() federates the identity of a workload elsewhere", async () => {
  const forms: URLSearchParams[] = [];
  const file = await Deno.makeTempFile();
  await withServer(async (request) => {
    forms.push(new URLSearchParams(await request.text()));
    return Response.json({ access_token: "federated", expires_in: 3600 });
  }, async (origin) => {
    await Deno.writeTextFile(file, "subject");
    const credential = JSON.stringify({
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/x/y",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${origin}/token`,
      credential_source: { file },
    });
    const { value } = await googleHeaders({ credential, audience: undefined });
    assert.deepEqual(value, { authorization: "Bearer federated" });
    await assert.rejects(
      googleHeaders({ credential, audience: "https://s" }),
      /getting a Google id token failed/,
    );
  }).finally(() => Deno.remove(file));
  assert.deepEqual(forms.map((form) => form.get("subject_token")), ["subject"]);
});

Deno.test("googleHeaders() does not keep an id token that does not tell its end", async () => {
  const token = jwtOf({});
  const { transport } = googleInPlace(() => Response.json({ id_token: token }));
  const request = { credential: KEY_FILE, audience: "https://s" };
  assert.equal((await googleHeaders(request, transport)).expiresAtMs, 0);
});

const METADATA_HEADERS = { "metadata-flavor": "Google" };

/** No key file of the machine that the tests run on. */
const NO_FILES = {
  GOOGLE_APPLICATION_CREDENTIALS: undefined,
  google_application_credentials: undefined,
  CLOUDSDK_CONFIG: "/nonexistent",
  GOOGLE_CLOUD_QUOTA_PROJECT: undefined,
};

Deno.test("googleHeaders() asks the metadata server where there is no key file", async () => {
  const seen: string[] = [];
  const idToken = jwtOf({ exp: 2_000_000_000 });
  await withServer((request) => {
    const { pathname, search } = new URL(request.url);
    assert.equal(request.headers.get("metadata-flavor"), "Google");
    seen.push(pathname + search);
    if (pathname.endsWith("/identity")) return new Response(idToken, { headers: METADATA_HEADERS });
    const token = { access_token: "metadata", expires_in: 3599, token_type: "Bearer" };
    return Response.json(token, { headers: METADATA_HEADERS });
  }, async (origin) => {
    await withEnvironment({ ...NO_FILES, GCE_METADATA_HOST: new URL(origin).host }, async () => {
      const access = await googleHeaders({ credential: undefined, audience: undefined });
      assert.deepEqual(access.value, { authorization: "Bearer metadata" });
      const id = await googleHeaders({ credential: undefined, audience: "https://s" });
      assert.deepEqual(id, {
        value: { authorization: `Bearer ${idToken}` },
        expiresAtMs: 2_000_000_000_000,
      });
    });
  });
  const tokens = seen.filter((path) => path.includes("/service-accounts/default/"));
  assert.equal(tokens.length, 2);
  assert.match(tokens[0] ?? "", /\/token\?scopes=https.*cloud-platform$/);
  assert.match(tokens[1] ?? "", /\/identity\?format=full&audience=https/);
});

Deno.test("googleHeaders() says which step failed, and tells no secret", async () => {
  const refused = googleInPlace(() =>
    Response.json(
      { error: "invalid_grant", error_description: "Invalid JWT Signature." },
      { status: 400 },
    )
  );
  const cases = [
    ["no json: s3cret", undefined, /reading the Google credential failed$/, /no JSON object/],
    ['{"type":"s3cret"}', undefined, /reading the Google credential failed$/, /its type is none/],
    [
      '{"type":"service_account"}',
      undefined,
      /reading the Google credential failed$/,
      /client_email/,
    ],
    [KEY_FILE, undefined, /getting a Google access token failed$/, /invalid_grant/],
    [KEY_FILE, "https://s", /getting a Google id token failed$/, /invalid_grant/],
  ] as const;
  for (const [credential, audience, message, cause] of cases) {
    await assert.rejects(googleHeaders({ credential, audience }, refused.transport), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.kind, "upstream-unreachable");
      assert.match(error.message, message);
      assert.match(String(error.cause), cause);
      assert.doesNotMatch(`${error.message} ${error.cause}`, /s3cret|PRIVATE KEY/);
      return true;
    });
  }
});
