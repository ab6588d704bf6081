import assert from "node:assert/strict";
import type { UpstreamConfig } from "../../src/config/normalised.ts";
import { normalised, targetConfigOf, upstreamConfigOf } from "./normalised_config.ts";

type Auth = Pick<UpstreamConfig, "auth" | "credentials">;

function authOf({ auth, credentials }: UpstreamConfig): Auth {
  return { auth: without(auth, "at"), credentials: credentials.map((one) => without(one, "at")) };
}

/** Without what is undefined, and without a member that the test is not about. */
function without<Value>(value: Value, member: string): Value {
  return value === undefined ? value : JSON.parse(
    JSON.stringify(value, (key, inner) => key === member ? undefined : inner),
  );
}

const ofModel = (auth: unknown, more: object = {}) =>
  authOf(targetConfigOf(normalised({
    llm: { models: [{ name: "m", provider: "mock", auth, ...more }] },
  })));

const FORMS: readonly [string, object, unknown][] = [
  ["key", { key: "k" }, { type: "key", secret: "k" }],
  ["key in a file", { key: { file: "f" } }, { type: "key", secret: { file: "f" } }],
  ["placed key", { key: { value: "k", location: { header: { name: "x" } } } }, {
    type: "key",
    secret: "k",
    location: { header: { name: "x" } },
  }],
  ["passthrough", { passthrough: {} }, { type: "passthrough" }],
  ["gcp", { gcp: {} }, { type: "gcp", token: "access" }],
  ["gcp accessToken", { gcp: { type: "accessToken", credential: { file: "f" } } }, {
    type: "gcp",
    token: "access",
    credential: { file: "f" },
  }],
  ["gcp idToken", { gcp: { type: "idToken", audience: "a", credential: "{}" } }, {
    type: "gcp",
    token: "id",
    audience: "a",
    credential: "{}",
  }],
  ["aws", { aws: {} }, { type: "aws" }],
  ["aws with a place", { aws: { region: "r", serviceName: "s" } }, {
    type: "aws",
    region: "r",
    serviceName: "s",
  }],
  ["aws keys", { aws: { accessKeyId: "a", secretAccessKey: { file: "s" }, sessionToken: "t" } }, {
    type: "aws",
    static: { accessKeyId: "a", secretAccessKey: { file: "s" }, sessionToken: "t" },
  }],
  [
    "aws role",
    { aws: { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/r", sessionName: "me" } } },
    {
      type: "aws",
      assumeRole: { roleArn: "arn:aws:iam::123456789012:role/r", sessionName: "me" },
    },
  ],
  ["azure implicit", { azure: { implicit: {} } }, {
    type: "azure",
    identity: { kind: "implicit" },
  }],
  ["azure developer", { azure: { developerImplicit: {} } }, {
    type: "azure",
    identity: { kind: "developer" },
  }],
  ["azure workload", { azure: { explicitConfig: { workloadIdentity: {} } } }, {
    type: "azure",
    identity: { kind: "workload" },
  }],
  [
    "azure secret",
    {
      azure: {
        explicitConfig: {
          clientSecret: { tenant_id: "t", client_id: "c", client_secret: { file: "f" } },
        },
      },
    },
    {
      type: "azure",
      identity: {
        kind: "clientSecret",
        tenantId: "t",
        clientId: "c",
        clientSecret: { file: "f" },
      },
    },
  ],
  ["azure managed", { azure: { explicitConfig: { managedIdentity: {} } } }, {
    type: "azure",
    identity: { kind: "managed" },
  }],
  [
    "azure managed by id",
    {
      azure: {
        explicitConfig: { managedIdentity: { userAssignedIdentity: { resourceId: "r" } } },
      },
    },
    { type: "azure", identity: { kind: "managed", resourceId: "r" } },
  ],
];

for (const [form, written, expected] of FORMS) {
  Deno.test(`normalise() reads ${form}`, () => {
    assert.deepEqual(ofModel(written), { auth: expected, credentials: [] });
  });
}

const FURTHER = { credentials: [{ location: { header: { name: "x" } }, key: "c" }] };
const CREDENTIALS = [{ type: "key", secret: "c", location: { header: { name: "x" } } }];

Deno.test("normalise() takes further secrets alone, beside a way, and beside an API key", () => {
  assert.deepEqual(ofModel(FURTHER), { auth: undefined, credentials: CREDENTIALS });
  assert.deepEqual(ofModel({ aws: {}, ...FURTHER }), {
    auth: { type: "aws" },
    credentials: CREDENTIALS,
  });
  assert.deepEqual(ofModel(FURTHER, { params: { apiKey: "k" } }), {
    auth: { type: "key", secret: "k" },
    credentials: CREDENTIALS,
  });
});

Deno.test("normalise() takes the auth of the most specific place as a whole", () => {
  const config = (provider: object, backend: object, route: object) => ({
    routes: [{
      gateways: "g",
      policies: route,
      backends: [{
        ai: { name: "a", provider: "mock", policies: provider },
        policies: backend,
      }],
    }],
    gateways: { g: { port: 1 } },
  });
  const key = { backendAuth: { key: "k", ...FURTHER } };
  const passthrough = { backendAuth: { passthrough: {} } };
  const cases: readonly [object, Auth["auth"] | object, number][] = [
    [config({}, {}, key), { type: "key", secret: "k" }, 1],
    [config({}, passthrough, key), { type: "passthrough" }, 0],
    [config({ backendAuth: { gcp: {} } }, passthrough, key), { type: "gcp", token: "access" }, 0],
  ];
  for (const [written, auth, further] of cases) {
    const found = authOf(targetConfigOf(normalised(written)));
    assert.deepEqual([found.auth, found.credentials.length], [auth, further]);
  }
});

Deno.test("normalise() puts further secrets and clouds' tokens on a plain upstream too", () => {
  const found = upstreamConfigOf(normalised({
    binds: [{
      port: 1,
      listeners: [{
        routes: [{
          backends: [{ host: "a:1", policies: { backendAuth: { gcp: {}, ...FURTHER } } }],
        }],
      }],
    }],
  }));
  assert.deepEqual(authOf(found), {
    auth: { type: "gcp", token: "access" },
    credentials: CREDENTIALS,
  });
});

const PLACES: readonly [string, object, readonly (string | number)[]][] = [
  ["key", { key: "k" }, ["llm", "models", 0, "auth", "key"]],
  ["placed key", { key: { value: "k" } }, ["llm", "models", 0, "auth", "key", "value"]],
  ["aws", { aws: {} }, ["llm", "models", 0, "auth", "aws"]],
  ["gcp", { gcp: {} }, ["llm", "models", 0, "auth", "gcp"]],
  ["azure", { azure: { implicit: {} } }, ["llm", "models", 0, "auth", "azure"]],
  ["passthrough", { passthrough: {} }, ["llm", "models", 0, "auth", "passthrough"]],
];

for (const [form, auth, at] of PLACES) {
  Deno.test(`normalise() remembers where ${form} is written`, () => {
    const target = targetConfigOf(normalised({
      llm: { models: [{ name: "m", provider: "mock", auth }] },
    }));
    assert.deepEqual(target.auth?.at, at);
  });
}

Deno.test("normalise() remembers where further secrets are written", () => {
  const target = targetConfigOf(normalised({
    llm: {
      models: [{ name: "m", provider: { reference: "p" } }],
      providers: [{ name: "p", provider: "mock", defaults: { auth: FURTHER } }],
    },
  }));
  assert.deepEqual(target.credentials.map(({ at }) => at), [
    ["llm", "providers", 0, "defaults", "auth", "credentials", 0, "key"],
  ]);
});
