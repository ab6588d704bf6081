/** Settings of identities of clouds reach the requests with which the clouds are asked. */
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { withEnvironment, withServer } from "../../policies/cloud_auth/outgoing.ts";
import { startGoogleMetadata } from "../../support/cloud_identities.ts";
import { type Seen, type Servers, tried } from "./tried.ts";

const routed = ({ upstream }: Servers, backendAuth: object) => ({
  gateways: { default: { port: 1 } },
  routes: [{ policies: { backendAuth }, backends: [{ host: upstream }] }],
});

const asked = (backendAuth: object): Promise<Seen> =>
  tried((servers) => routed(servers, backendAuth));

const KEYS = { accessKeyId: "AKID", secretAccessKey: "secret", region: "eu-west-3" };

Deno.test("keys of AWS sign for the region and the service that are named", async () => {
  const { sent: [first] } = await asked({
    aws: { ...KEYS, sessionToken: "of-a-session", serviceName: "execute-api" },
  });
  const scope = /Credential=AKID\/\d+\/([^,]+),/.exec(first?.headers.get("authorization") ?? "");
  assert.equal(scope?.[1], "eu-west-3/execute-api/aws4_request");
  assert.equal(first?.headers.get("x-amz-security-token"), "of-a-session");
});

/** Answers `fetch` in a cloud's place for the time of a test; the forms that were posted. */
async function withFetch(
  answer: string,
  use: (forms: readonly URLSearchParams[]) => Promise<void>,
): Promise<void> {
  const before = globalThis.fetch;
  const forms: URLSearchParams[] = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).hostname === "127.0.0.1") return await before(input, init);
    forms.push(new URLSearchParams(await request.text()));
    return new Response(answer, { headers: { "content-type": "application/json" } });
  };
  try {
    await use(forms);
  } finally {
    globalThis.fetch = before;
  }
}

Deno.test("a role of AWS is taken on under the name of the session", async () => {
  const roleArn = "arn:aws:iam::123456789012:role/gateway";
  const role = "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
    `<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
  const ambient = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "s" };
  await withEnvironment(ambient, () =>
    withFetch(role, async (forms) => {
      const { sent: [first] } = await asked({
        aws: { region: "eu-west-3", assumeRole: { roleArn, sessionName: "team-a" } },
      });
      assert.match(first?.headers.get("authorization") ?? "", /Credential=ASIAROLE\//);
      assert.equal(forms[0]?.get("RoleArn"), roleArn);
      assert.equal(forms[0]?.get("RoleSessionName"), "team-a");
    }));
});

/** Nothing of the machine that the tests run on. */
const NO_GOOGLE = { GOOGLE_APPLICATION_CREDENTIALS: undefined, HOME: "/nonexistent" };

Deno.test("an access token of Google is what accessToken says", async () => {
  await using metadata = await startGoogleMetadata("ya29.metadata");
  await withEnvironment({ ...NO_GOOGLE, GCE_METADATA_HOST: metadata.host }, async () => {
    const { sent: [first] } = await asked({ gcp: { type: "accessToken" } });
    assert.equal(first?.headers.get("authorization"), "Bearer ya29.metadata");
  });
});

Deno.test("an id token of Google is for the audience", async () => {
  const token = ["e30", btoa(JSON.stringify({ exp: 4_000_000_000 })), "x"].join(".");
  const seen: string[] = [];
  await withServer((request) => {
    const { pathname, searchParams } = new URL(request.url);
    seen.push(`${pathname.split("/").at(-1)} ${searchParams.get("audience")}`);
    return new Response(token, { headers: { "metadata-flavor": "Google" } });
  }, (origin) => {
    const metadata = { ...NO_GOOGLE, GCE_METADATA_HOST: new URL(origin).host };
    return withEnvironment(metadata, async () => {
      const { sent: [first] } = await asked({ gcp: { type: "idToken", audience: "https://a" } });
      assert.equal(first?.headers.get("authorization"), `Bearer ${token}`);
    });
  });
  assert.ok(seen.includes("identity https://a"), seen.join());
});

Deno.test("a key file of Google is what its token is exchanged for", async () => {
  await using metadata = await startGoogleMetadata("ya29.exchanged");
  const directory = Deno.makeTempDirSync({ prefix: "agentgateway-" });
  Deno.writeTextFileSync(`${directory}/subject`, "subject-token");
  const credential = JSON.stringify({
    ...{ type: "external_account", universe_domain: "googleapis.com" },
    audience:
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${metadata.url}/v1/token`,
    credential_source: { file: `${directory}/subject` },
  });
  await withEnvironment(NO_GOOGLE, async () => {
    const { sent: [first] } = await asked({ gcp: { credential } });
    assert.equal(first?.headers.get("authorization"), "Bearer ya29.exchanged");
    assert.equal(metadata.exchanged[0]?.get("subject_token"), "subject-token");
  });
  Deno.removeSync(directory, { recursive: true });
});

/** Nothing of the machine that the tests run on. */
const NO_AZURE = {
  AZURE_TENANT_ID: undefined,
  AZURE_CLIENT_ID: undefined,
  AZURE_CLIENT_SECRET: undefined,
  AZURE_FEDERATED_TOKEN_FILE: undefined,
  PATH: "/nonexistent",
};

const MANAGED = {
  clientId: "11111111-2222-3333-4444-555555555555",
  objectId: "21111111-2222-3333-4444-555555555555",
  resourceId: "/subscriptions/s/resourceGroups/g/providers/x/y",
};

Deno.test("a managed identity of Azure is asked for by its id", async () => {
  const queries: string[][] = [];
  await withServer(({ url }) => {
    queries.push([...new URL(url).searchParams.values()]);
    const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
    return Response.json({ access_token: "t", expires_on, token_type: "Bearer", resource: "r" });
  }, (origin) => {
    const endpoint = { IDENTITY_ENDPOINT: `${origin}/token`, IDENTITY_HEADER: "h" };
    return withEnvironment({ ...NO_AZURE, ...endpoint }, async () => {
      for (const [key, id] of Object.entries(MANAGED)) {
        const { sent: [first], text } = await asked({
          azure: { explicitConfig: { managedIdentity: { userAssignedIdentity: { [key]: id } } } },
        });
        assert.equal(first?.headers.get("authorization"), "Bearer t", text);
        assert.ok(queries.at(-1)?.includes(id), key);
      }
    });
  });
});

/** Answers as Azure's login does, over plain HTTP; the forms that were posted, with their paths. */
async function withLogin(use: (forms: readonly string[]) => Promise<void>): Promise<void> {
  const forms: string[] = [];
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith("/token")) {
      const form = new URLSearchParams(await request.text());
      forms.push([pathname, form.get("client_id"), form.get("client_secret")].join(" "));
      return Response.json({ token_type: "Bearer", access_token: "entra", expires_in: 3600 });
    }
    const [, tenant] = pathname.split("/");
    const login = `https://login.microsoftonline.com/${tenant}`;
    return Response.json({
      tenant_discovery_endpoint: `${login}/v2.0/.well-known/openid-configuration`,
      metadata: [],
      issuer: `${login}/v2.0`,
      authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
      token_endpoint: `${login}/oauth2/v2.0/token`,
      jwks_uri: `${login}/keys`,
    });
  };
  const before = https.request;
  await withServer(answer, async (origin) => {
    const { hostname, port } = new URL(origin);
    https.request = (options: unknown, then: unknown) =>
      Reflect.apply(http.request, http, [
        { ...Object(options), protocol: "http:", agent: undefined, hostname, port },
        then,
      ]);
    try {
      await use(forms);
    } finally {
      https.request = before;
    }
  });
}

Deno.test("an application of Azure is known by its tenant, its id and its secret", async () => {
  const tenant_id = "31111111-2222-3333-4444-555555555555";
  await withEnvironment(NO_AZURE, () =>
    withLogin(async (forms) => {
      const clientSecret = { tenant_id, client_id: "gateway", client_secret: "s3cret" };
      const { sent: [first], text } = await asked({ azure: { explicitConfig: { clientSecret } } });
      assert.equal(first?.headers.get("authorization"), "Bearer entra", text);
      assert.deepEqual(forms, [`/${tenant_id}/oauth2/v2.0/token gateway s3cret`]);
    }));
});

/** Ways to an identity that is not there, and what is said of each. */
const NOBODY = {
  "finding an Entra identity in the environment": { implicit: {} },
  "getting an Entra token from the command line tools": { developerImplicit: {} },
  "getting an Entra token for the workload identity": { explicitConfig: { workloadIdentity: {} } },
};

Deno.test("passthrough keeps to what the client has where a provider has an identity", async () => {
  await withEnvironment(NO_AZURE, async () => {
    const outcomes = [];
    for (const auth of [{}, { auth: { passthrough: {} } }]) {
      const { status, sent: [first] } = await tried(({ upstream: hostOverride }) => ({
        llm: {
          models: [{
            name: "m",
            provider: { azure: { resourceName: "r", resourceType: "openAI" } },
            params: { hostOverride },
            ...auth,
          }],
        },
      }), [{ headers: { authorization: "Bearer of-the-client" } }]);
      outcomes.push([status, first?.headers.get("authorization")]);
    }
    assert.deepEqual(outcomes, [[503, undefined], [200, "Bearer of-the-client"]]);
  });
});

Deno.test("each way to an identity of Azure is a way of its own", async () => {
  await withEnvironment(NO_AZURE, async () => {
    for (const [step, azure] of Object.entries(NOBODY)) {
      const { text, status } = await asked({ azure });
      assert.equal(status, 503);
      assert.ok(text.includes(step), text);
    }
  });
});
