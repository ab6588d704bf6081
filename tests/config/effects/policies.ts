/** Policies of which each does something that a client or an upstream sees. */
import assert from "node:assert/strict";
import { keySetText, signingKey } from "../../policies/auth/tokens.ts";
import { type Asked, bodyOf, type Seen, type Servers, tried } from "./tried.ts";

/** One policy, and how its effect is seen. */
export interface Policy {
  /** It under its key. */
  readonly policy: object;
  readonly asks?: readonly Asked[];
  /** Whether it is for an upstream that speaks TLS. */
  readonly secure?: boolean;
  /** Whether the effect may come after the answer. */
  readonly later?: boolean;
  /** Whether the effect was there. */
  readonly shows: (seen: Seen) => boolean;
}

const jwks = keySetText(await signingKey("k"));

/** A hash of the password `secret`, as it stands in a configuration. */
const HTPASSWD = "ada:$$2y$$05$$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

const status = (expected: number) => (seen: Seen) => seen.status === expected;

/** Policies that can run before a route is found. */
export const gatewayPolicies = ({ aside }: Servers): Readonly<Record<string, Policy>> => ({
  cors: {
    policy: { cors: { allowOrigins: ["https://app.test"] } },
    asks: [{ headers: { origin: "https://app.test" } }],
    shows: ({ headers }) => headers.get("access-control-allow-origin") === "https://app.test",
  },
  oidc: {
    policy: {
      oidc: {
        issuer: "https://login.test",
        clientId: "gateway",
        clientSecret: "s",
        redirectURI: "https://gateway.test/callback",
        authorizationEndpoint: "https://login.test/authorize",
        tokenEndpoint: "https://login.test/token",
        jwks,
      },
    },
    asks: [{ method: "GET", headers: { accept: "text/html" } }],
    shows: ({ headers }) =>
      headers.get("location")?.startsWith("https://login.test/authorize?") === true,
  },
  jwtAuth: {
    policy: { jwtAuth: { mode: "strict", issuer: "https://issuer.test", jwks } },
    shows: status(401),
  },
  basicAuth: {
    policy: { basicAuth: { mode: "strict", htpasswd: HTPASSWD } },
    shows: status(401),
  },
  apiKey: { policy: { apiKey: { mode: "strict", keys: [{ key: "sk-1" }] } }, shows: status(401) },
  extAuthz: {
    policy: { extAuthz: { host: aside, protocol: { http: {} } } },
    shows: ({ status, aside }) => status === 403 && aside.length === 1,
  },
  authorization: { policy: { authorization: { rules: ["false"] } }, shows: status(403) },
  transformations: {
    policy: { transformations: { response: { set: { "x-changed": "'yes'" } } } },
    shows: ({ headers }) => headers.get("x-changed") === "yes",
  },
});

/** How often a client may ask, and how long and how often an upstream is asked. */
export const limitPolicies = (): Readonly<Record<string, Policy>> => ({
  localRateLimit: {
    policy: { localRateLimit: [{ maxTokens: 1, tokensPerFill: 1, fillInterval: "1h" }] },
    asks: [{}, {}],
    shows: status(429),
  },
  remoteRateLimit: {
    policy: {
      remoteRateLimit: {
        host: "127.0.0.1:1",
        domain: "d",
        descriptors: [{ entries: [{ key: "k", value: "'v'" }] }],
      },
    },
    // Nobody is there.
    shows: ({ status }) => status >= 500,
  },
  budgets: {
    policy: { budgets: [{ name: "b", tokens: 1, period: "day" }] },
    asks: [{}, {}],
    shows: status(429),
  },
  timeout: {
    policy: { timeout: { requestTimeout: "50ms" } },
    asks: [{ headers: { "x-wait": "120" } }],
    shows: status(504),
  },
  retry: {
    policy: { retry: { attempts: 2, codes: [418] } },
    asks: [{ headers: { "x-status": "418" } }],
    shows: ({ sent }) => sent.length === 3,
  },
});

/** What changes the way to an upstream, in routes and in backends. */
export const upstreamPolicies = ({ aside }: Servers): Readonly<Record<string, Policy>> => ({
  requestHeaderModifier: {
    policy: { requestHeaderModifier: { set: { "x-set": "by-policy" } } },
    shows: ({ sent: [first] }) => first?.headers.get("x-set") === "by-policy",
  },
  responseHeaderModifier: {
    policy: { responseHeaderModifier: { remove: ["x-upstream"] } },
    shows: ({ status, headers }) => status === 200 && !headers.has("x-upstream"),
  },
  ai: {
    policy: { ai: { overrides: { temperature: 0.25 } } },
    shows: ({ sent: [first] }) => first !== undefined && bodyOf(first).includes("0.25"),
  },
  backendAuth: {
    policy: { backendAuth: { key: "sk-upstream" } },
    shows: ({ sent: [first] }) => first?.headers.get("authorization") === "Bearer sk-upstream",
  },
  backendTLS: {
    policy: { backendTLS: { insecure: true } },
    secure: true,
    shows: ({ headers }) => headers.get("x-secure") === "yes",
  },
  backendTunnel: {
    policy: { backendTunnel: { proxy: { host: aside } } },
    shows: ({ aside: [first], sent }) => first?.method === "CONNECT" && sent.length === 0,
  },
});

/** All others of backends. */
export const backendPolicies = ({ aside }: Servers): Readonly<Record<string, Policy>> => ({
  transformations: {
    policy: { transformations: { request: { set: { "x-changed": "'yes'" } } } },
    shows: ({ sent: [first] }) => first?.headers.get("x-changed") === "yes",
  },
  authorization: { policy: { authorization: { rules: ["false"] } }, shows: status(403) },
  extAuthz: {
    policy: { extAuthz: { host: aside, protocol: { http: {} } } },
    shows: ({ status, aside }) => status === 403 && aside.length === 1,
  },
  http: {
    policy: { http: { requestTimeout: "50ms" } },
    asks: [{ headers: { "x-wait": "120" } }],
    shows: status(504),
  },
});

/** All others of routes. */
export const routePolicies = ({ aside }: Servers): Readonly<Record<string, Policy>> => ({
  buffer: { policy: { buffer: { request: { maxBytes: 1 } } }, shows: status(413) },
  csrf: {
    policy: { csrf: {} },
    asks: [{ headers: { "sec-fetch-site": "cross-site", origin: "https://evil.test" } }],
    shows: status(403),
  },
  urlRewrite: {
    policy: { urlRewrite: { path: { full: "/other/place" } } },
    shows: ({ sent: [first] }) => first?.target === "/other/place",
  },
  requestRedirect: {
    policy: { requestRedirect: { path: { full: "/other/place" } } },
    shows: ({ headers }) => headers.get("location")?.endsWith("/other/place") === true,
  },
  delay: {
    policy: { delay: { duration: "60ms" } },
    shows: ({ durationMs, status }) => status === 200 && durationMs >= 55,
  },
  directResponse: {
    policy: { directResponse: { status: 418, body: "short" } },
    shows: ({ status, text }) => status === 418 && text === "short",
  },
  requestMirror: {
    policy: { requestMirror: { backend: { host: aside }, percentage: 1 } },
    later: true,
    shows: ({ aside, status }) => status === 200 && aside.length === 1,
  },
});

/** Servers of which nothing is asked, to know what policies there are. */
const NOWHERE: Servers = {
  ...{ upstream: "127.0.0.1:1", secure: "127.0.0.1:1", aside: "127.0.0.1:1" },
};

/** The names of the policies of a table. */
export function namesOf(
  table: (servers: Servers) => Readonly<Record<string, Policy>>,
): readonly string[] {
  return Object.keys(table(NOWHERE));
}

/** A configuration that has policies at one place; without any it is the same but for them. */
export type Place = (policies: object, servers: Servers) => object;

/** Checks that a policy has its effect at a place, which is not there without it. */
export async function check(
  table: (servers: Servers) => Readonly<Record<string, Policy>>,
  name: string,
  configOf: Place,
): Promise<void> {
  const { asks, shows, secure, later } = policyIn(table, name, NOWHERE);
  const serversOf = (servers: Servers) => ({
    ...servers,
    ...(secure && { upstream: servers.secure }),
  });
  const without = await tried((servers) => configOf({}, serversOf(servers)), asks);
  assert.equal(shows(without), false, "without the policy");
  const seen = await tried(
    (servers) => configOf(policyIn(table, name, servers).policy, serversOf(servers)),
    asks,
    later === true ? { until: shows } : {},
  );
  assert.ok(shows(seen), `${seen.status} ${seen.text}`);
}

function policyIn(
  table: (servers: Servers) => Readonly<Record<string, Policy>>,
  name: string,
  servers: Servers,
): Policy {
  const policy = table(servers)[name];
  assert.ok(policy, name);
  return policy;
}
