/** Settings of policies that ask services reach the services, and decide what becomes of failures. */
import assert from "node:assert/strict";
import { CLIENT, OidcProviderServer } from "../../support/oidc_provider.ts";
import { Browser } from "../../support/browser.ts";
import { gateOf, GATEWAY } from "../../policies/oidc/oidc_policy.ts";
import { Gateway } from "../../support/gateway.ts";
import { GrpcServer } from "../../support/grpc_server.ts";
import { rateLimitQuestion, rateLimitReply } from "../../support/rate_limit_service.ts";
import { type Servers, tried } from "./tried.ts";

/** Connections to services outlive the configuration that asks them, so the test may leave them. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** A route with policies, and a backend `service` that they may name. */
const routed = ({ upstream }: Servers, service: string, policies: object) => ({
  gateways: { default: { port: 1 } },
  backends: [{ name: "service", host: service }],
  routes: [{ policies, backends: [{ host: upstream }] }],
});

const BY_NAME = { backend: "service", policies: { backendAuth: { key: "k" } } };

test("extAuthz asks a named backend, as its policies say", async () => {
  const { status, aside: [first] } = await tried((servers) =>
    routed(servers, servers.aside, { extAuthz: { ...BY_NAME, protocol: { http: {} } } })
  );
  assert.equal(status, 403);
  assert.equal(first?.headers.get("authorization"), "Bearer k");
});

const NOBODY = "127.0.0.1:1";

const FAILURE_MODES = [
  ["deny", 403],
  ["allow", 200],
  [{ denyWithStatus: 451 }, 451],
] as const;

for (const [failureMode, expected] of FAILURE_MODES) {
  test(`extAuthz that cannot ask ends with ${expected} for ${JSON.stringify(failureMode)}`, async () => {
    const { status } = await tried((servers) =>
      routed(servers, NOBODY, { extAuthz: { host: NOBODY, protocol: { http: {} }, failureMode } })
    );
    assert.equal(status, expected);
  });
}

const GOLD = 'request.headers["x-tier"] == "gold"';

const TIERS = [{ headers: { "x-tier": "gold" } }, { headers: { "x-tier": "tin" } }];

test("extAuthz with conditions asks by the first entry whose condition holds", async () => {
  const statuses = [];
  for (const ask of TIERS) {
    const { status } = await tried((servers) =>
      routed(servers, NOBODY, {
        extAuthz: {
          conditional: [
            { condition: GOLD, host: NOBODY, failureMode: "allow" },
            { host: servers.aside, protocol: { http: {} } },
          ],
        },
      }), [ask]);
    statuses.push(status);
  }
  assert.deepEqual(statuses, [200, 403]);
});

const LIMIT = { domain: "d", descriptors: [{ entries: [{ key: "k", value: "'v'" }] }] };

const METHOD = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

test("remoteRateLimit asks a named backend, as its policies say", async () => {
  const asked: unknown[] = [];
  await using service = await GrpcServer.listen(METHOD, (message, { headers }) => {
    asked.push([rateLimitQuestion(message).domain, headers.authorization]);
    return rateLimitReply({ overallCode: 2 });
  });
  // A process of its own, for a connection that ends before the service does.
  await using gateway = await Gateway.start({
    yaml: (port) =>
      yamlOf({
        gateways: { default: { port } },
        backends: [{ name: "service", host: `127.0.0.1:${service.port}` }],
        routes: [{
          policies: {
            remoteRateLimit: { ...BY_NAME, ...LIMIT },
            directResponse: { status: 200, body: "" },
          },
        }],
      }),
  });
  const response = await fetch(gateway.url);
  await response.body?.cancel();
  assert.equal(response.status, 429);
  assert.deepEqual(asked, [["d", "Bearer k"]]);
});

function yamlOf(sections: object): string {
  return Object.entries(sections).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}

const MODES = { failClosed: 500, FailClosed: 500, failOpen: 200, FailOpen: 200 };

for (const [failureMode, expected] of Object.entries(MODES)) {
  test(`remoteRateLimit that cannot ask ends with ${expected} for ${failureMode}`, async () => {
    const { status } = await tried((servers) =>
      routed(servers, NOBODY, { remoteRateLimit: { host: NOBODY, ...LIMIT, failureMode } })
    );
    assert.equal(status, expected);
  });
}

test("remoteRateLimit with conditions asks by the first entry whose condition holds", async () => {
  const statuses = [];
  for (const ask of TIERS) {
    const { status } = await tried((servers) =>
      routed(servers, NOBODY, {
        remoteRateLimit: {
          conditional: [
            { condition: GOLD, host: NOBODY, ...LIMIT, failureMode: "failOpen" },
            { host: NOBODY, ...LIMIT },
          ],
        },
      }), [ask]);
    statuses.push(status);
  }
  assert.deepEqual(statuses, [200, 500]);
});

/** What a provider would say of itself, in place of which a configuration can say it. */
const documentOf = ({ issuer }: OidcProviderServer) =>
  JSON.stringify({
    issuer,
    authorization_endpoint: `${issuer}/authorize?tenant=a`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  });

const JSON_TYPE = { "content-type": "application/json" };

/** Logs in at a gateway with settings of `oidc`; gives what the provider was asked. */
async function loggedIn(settingsOf: (provider: OidcProviderServer) => object) {
  await using provider = await OidcProviderServer.start(`${GATEWAY}/oauth/callback`);
  const { fetcher } = gateOf(provider, { ...settingsOf(provider) });
  const browser = new Browser({ servers: { [GATEWAY]: fetcher } });
  const { status, body } = await browser.open(`${GATEWAY}/v1/models`);
  assert.equal(status, 200, body);
  return provider.asked;
}

test("oidc takes what its discovery says, from an address and from a file", async () => {
  const usual = "GET /.well-known/openid-configuration";
  assert.equal((await loggedIn(() => ({})))[0], usual);
  const byUrl = await loggedIn((provider) => {
    provider.behaviour.faults.set("/own", (exchange) => {
      exchange.respond(200, JSON_TYPE, documentOf(provider));
    });
    return { discovery: { url: `${provider.issuer}/own` } };
  });
  assert.equal(byUrl[0], "GET /own");
  const file = Deno.makeTempFileSync({ suffix: ".json" });
  const byFile = await loggedIn((provider) => {
    Deno.writeTextFileSync(file, documentOf(provider));
    return { discovery: { file } };
  });
  assert.ok(!byFile.includes(usual));
  Deno.removeSync(file);
});

test("oidc shows its secret as tokenEndpointAuth says", async () => {
  const shown: string[] = [];
  for (const tokenEndpointAuth of ["clientSecretBasic", "clientSecretPost"]) {
    await using provider = await OidcProviderServer.start(`${GATEWAY}/oauth/callback`);
    provider.behaviour.faults.set("/token", (exchange) => {
      const { headers, body } = exchange.request;
      const form = new URLSearchParams(new TextDecoder().decode(body));
      shown.push(`${headers.has("authorization")} ${form.get("client_secret")}`);
      exchange.respond(400, JSON_TYPE, '{"error":"no"}');
    });
    const { fetcher } = gateOf(provider, { tokenEndpointAuth });
    await new Browser({ servers: { [GATEWAY]: fetcher } }).open(`${GATEWAY}/v1/models`);
  }
  assert.deepEqual(shown, ["true null", `false ${CLIENT.secret}`]);
});
