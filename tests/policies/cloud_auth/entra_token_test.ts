import assert from "node:assert/strict";
import type { TokenCredentialOptions } from "@azure/identity";
import { GatewayError } from "../../../src/errors.ts";
import { type EntraIdentity, entraToken } from "../../../src/policies/cloud_auth/entra_token.ts";
import { withEnvironment, withServer } from "./outgoing.ts";

const SCOPE = "https://cognitiveservices.azure.com/.default";
const TENANT = "11111111-2222-3333-4444-555555555555";
const AUTHORITY = `https://login.microsoftonline.com/${TENANT}`;

/** Nothing of the machine that the tests run on. */
const NOWHERE = {
  AZURE_TENANT_ID: undefined,
  AZURE_CLIENT_ID: undefined,
  AZURE_CLIENT_SECRET: undefined,
  AZURE_FEDERATED_TOKEN_FILE: undefined,
  AZURE_AUTHORITY_HOST: undefined,
  AZURE_POD_IDENTITY_AUTHORITY_HOST: undefined,
  AZURE_TOKEN_CREDENTIALS: undefined,
  IDENTITY_ENDPOINT: undefined,
  IDENTITY_HEADER: undefined,
  MSI_ENDPOINT: undefined,
  MSI_SECRET: undefined,
};

type HttpClient = NonNullable<TokenCredentialOptions["httpClient"]>;

/** Answers in the identity platform's place, and keeps the forms that were posted. */
function platform(status = 200) {
  const forms: URLSearchParams[] = [];
  const answers = (url: string): unknown => {
    if (url.includes("/discovery/instance")) {
      return { tenant_discovery_endpoint: `${AUTHORITY}/v2.0/x`, metadata: [] };
    }
    if (url.includes("openid-configuration")) {
      return {
        issuer: `${AUTHORITY}/v2.0`,
        authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
        token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
        jwks_uri: `${AUTHORITY}/keys`,
      };
    }
    return status === 200
      ? { token_type: "Bearer", access_token: "entra", expires_in: 3600, ext_expires_in: 3600 }
      : { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret." };
  };
  const httpClient: HttpClient = {
    sendRequest(request) {
      const isToken = request.method === "POST";
      if (isToken) forms.push(new URLSearchParams(String(request.body)));
      const bodyAsText = JSON.stringify(answers(request.url));
      // Its own headers are headers of the right kind, and nobody reads them.
      const { headers } = request;
      return Promise.resolve({ request, headers, status: isToken ? status : 200, bodyAsText });
    },
  };
  return { forms, httpClient };
}

const withSecret: EntraIdentity = {
  kind: "clientSecret",
  tenantId: TENANT,
  clientId: "client",
  clientSecret: "s3cret",
};

Deno.test("entraToken() exchanges a client secret", async () => {
  const { forms, httpClient } = platform();
  const before = Date.now();
  const { value, expiresAtMs = 0 } = await entraToken(withSecret, SCOPE, { httpClient });
  assert.equal(value, "entra");
  assert.ok(Math.abs(expiresAtMs - before - 3_600_000) < 60_000);
  assert.equal(forms.length, 1);
  const { scope, client_id, client_secret } = Object.fromEntries(forms[0] ?? []);
  assert.deepEqual([client_id, client_secret], ["client", "s3cret"]);
  assert.ok(scope?.startsWith(SCOPE));
});

Deno.test("entraToken() exchanges the token of a workload", async () => {
  const { forms, httpClient } = platform();
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "federated");
    const variables = {
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: "client",
      AZURE_FEDERATED_TOKEN_FILE: file,
    };
    await withEnvironment({ ...NOWHERE, ...variables }, async () => {
      for (const kind of ["workload", "implicit"] as const) {
        assert.equal((await entraToken({ kind }, SCOPE, { httpClient })).value, "entra");
      }
    });
  } finally {
    await Deno.remove(file);
  }
  const assertions = forms.map((form) => form.get("client_assertion"));
  assert.deepEqual(assertions, ["federated", "federated"]);
});

Deno.test("entraToken() uses a service principal of the environment first", async () => {
  const { forms, httpClient } = platform();
  const variables = {
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: "principal",
    AZURE_CLIENT_SECRET: "s",
  };
  await withEnvironment({ ...NOWHERE, ...variables }, async () => {
    assert.equal((await entraToken({ kind: "implicit" }, SCOPE, { httpClient })).value, "entra");
  });
  assert.deepEqual(forms.map((form) => form.get("client_id")), ["principal"]);
});

Deno.test("entraToken() asks for the managed identity that is meant", async () => {
  const seen: Record<string, string>[] = [];
  await withServer((request) => {
    assert.equal(request.headers.get("x-identity-header"), "header");
    seen.push(Object.fromEntries(new URL(request.url).searchParams));
    const expires_on = String(Math.floor(Date.now() / 1000) + 86_400);
    return Response.json({ access_token: `m${seen.length}`, expires_on, token_type: "Bearer" });
  }, async (origin) => {
    const variables = { IDENTITY_ENDPOINT: `${origin}/msi/token`, IDENTITY_HEADER: "header" };
    await withEnvironment({ ...NOWHERE, ...variables }, async () => {
      const identities: readonly EntraIdentity[] = [
        { kind: "managed", clientId: "c" },
        { kind: "managed", objectId: "o" },
        { kind: "managed", resourceId: "r" },
        { kind: "implicit" },
      ];
      for (const [index, identity] of identities.entries()) {
        const { value, expiresAtMs = 0 } = await entraToken(identity, SCOPE);
        assert.equal(value, `m${index + 1}`);
        assert.ok(expiresAtMs - Date.now() > 80_000_000);
      }
    });
  });
  const ids = seen.map(({ resource, "api-version": _, ...id }) => {
    assert.equal(resource, "https://cognitiveservices.azure.com");
    return id;
  });
  assert.deepEqual(ids, [{ client_id: "c" }, { object_id: "o" }, { mi_res_id: "r" }, {}]);
});

Deno.test("entraToken() asks the command line tool of a developer", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const answer = JSON.stringify({ accessToken: "cli", expires_on: 2_000_000_000 });
    await Deno.writeTextFile(`${folder}/az`, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    const path = `${folder}:${Deno.env.get("PATH")}`;
    await withEnvironment({ ...NOWHERE, PATH: path }, async () => {
      assert.deepEqual(await entraToken({ kind: "developer" }, SCOPE), {
        value: "cli",
        expiresAtMs: 2_000_000_000_000,
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("entraToken() says which step failed, and tells no secret", async () => {
  const { httpClient } = platform(401);
  await assert.rejects(entraToken(withSecret, SCOPE, { httpClient }), (error) => {
    assert.ok(error instanceof GatewayError);
    assert.equal(error.kind, "upstream-unreachable");
    assert.match(error.message, /getting an Entra token for the client secret failed$/);
    assert.match(String(error.cause), /AADSTS7000215/);
    assert.doesNotMatch(`${error.message} ${error.cause}`, /s3cret/);
    return true;
  });
  await withEnvironment(NOWHERE, async () => {
    const workload = entraToken({ kind: "workload" }, SCOPE, { httpClient });
    await assert.rejects(workload, /for the workload identity failed/);
  });
});
