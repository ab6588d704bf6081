import assert from "node:assert/strict";
import { complaints } from "../checked.ts";
import { compiled } from "../compiled.ts";

/** Policies of `llm`, from the fourth line on, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
    extAuthz:
      host: auth
      protocol: { http: {}, grpc: {} }
      failureMode: closed
      includeRequestBody: { maxRequestBytes: 0, allowPartial: true }
      cache: { key: [], maxEntries: 0 }`,
    told: [
      "5:13: llm.policies.extAuthz.host: must be host:port",
      "6:17: llm.policies.extAuthz.protocol: must have exactly one of grpc, http",
      '7:20: llm.policies.extAuthz.failureMode: expected "allow" or "deny", found "closed"',
      "8:46: llm.policies.extAuthz.includeRequestBody.maxRequestBytes: expected a whole number " +
      "from 1 to 4294967295, found 0",
      '8:49: llm.policies.extAuthz.includeRequestBody.allowPartial: unknown key "allowPartial"',
      "9:14: llm.policies.extAuthz.cache.ttl: required key is missing",
      "9:21: llm.policies.extAuthz.cache.key: must not be empty",
      "9:37: llm.policies.extAuthz.cache.maxEntries: expected a whole number of at least 1, " +
      "found 0",
    ],
  },
  {
    yaml: `
    extAuthz:
      service: { name: a, port: 1 }
      protocol:
        http:
          paths: a
          includeResponseHeaders: ["a b"]
          addRequestHeaders: { host: a, content-length: "1", x: "" }
          metadata: [a]
      failureMode: { denyWithStatus: 200 }
      includeRequestHeaders: [":status"]`,
    told: [
      "5:7: llm.policies.extAuthz.service: not supported yet: service",
      '8:11: llm.policies.extAuthz.protocol.http.paths: unknown key "paths" (did you mean path?)',
      "9:36: llm.policies.extAuthz.protocol.http.includeResponseHeaders[0]: must be a header " +
      "name: letters, digits and -",
      "10:32: llm.policies.extAuthz.protocol.http.addRequestHeaders.host: the gateway writes " +
      "this header itself",
      "10:41: llm.policies.extAuthz.protocol.http.addRequestHeaders.content-length: the gateway " +
      "writes this header itself",
      "10:65: llm.policies.extAuthz.protocol.http.addRequestHeaders.x: must not be empty",
      "11:21: llm.policies.extAuthz.protocol.http.metadata: expected a mapping, found a list",
      "12:38: llm.policies.extAuthz.failureMode.denyWithStatus: expected a whole number from 400 " +
      "to 599, found 200",
      "13:31: llm.policies.extAuthz.includeRequestHeaders[0]: must be a header name, or one of " +
      ":method, :path, :scheme, :authority",
    ],
  },
  {
    yaml: `
    extAuthz:
      host: auth:9000
      protocol: { http: {} }
      includeRequestHeaders: [cookie, ":path"]`,
    told: [
      "7:7: llm.policies.extAuthz.includeRequestHeaders: :path is for grpc: with http, give it a " +
      "name under addRequestHeaders",
    ],
  },
  {
    yaml: `
    extAuthz:
      host: auth:9000
      protocol: { grpc: { context: { a: 1 }, metadata: { a: "" }, timeout: 1s } }`,
    told: [
      "6:41: llm.policies.extAuthz.protocol.grpc.context.a: expected a string, found 1 (put it " +
      "in quotes)",
      "6:61: llm.policies.extAuthz.protocol.grpc.metadata.a: must not be empty",
      '6:67: llm.policies.extAuthz.protocol.grpc.timeout: unknown key "timeout"',
    ],
  },
  {
    yaml: `
    extAuthz:
      conditional:
        - { condition: "true", host: "auth" }
        - { host: "auth:1", backend: b }`,
    told: [
      "6:38: llm.policies.extAuthz.conditional[0].host: must be host:port",
      "7:11: llm.policies.extAuthz.conditional[1]: must have exactly one of host, backend",
    ],
  },
];

Deno.test("the configuration refuses bad settings of extAuthz, with their places", () => {
  for (const { yaml, told } of CASES) {
    assert.deepEqual(complaints(`llm:\n  models: []\n  policies:${yaml}`), told);
  }
});

const AUTH = { host: "auth:9000" };

/** What only compiling tells; the words of the parser of CEL are its own affair. */
const COMPILED: Readonly<Record<string, readonly [object, ...string[]]>> = {
  "an expression that is none, in what an authorizer is asked over HTTP": [
    {
      extAuthz: {
        ...AUTH,
        protocol: {
          http: {
            ...{ path: "+", redirect: "+", body: "+" },
            ...{ addRequestHeaders: { a: "+" }, metadata: { b: "+" } },
          },
        },
        cache: { key: ["1", "+"], ttl: "+" },
      },
    },
    "extAuthz.protocol.http.path",
    "extAuthz.protocol.http.redirect",
    "extAuthz.protocol.http.body",
    "extAuthz.protocol.http.addRequestHeaders.a",
    "extAuthz.protocol.http.metadata.b",
    "extAuthz.cache.key[1]",
    "extAuthz.cache.ttl",
  ],
  "an expression that is none, in what an authorizer is told": [
    { extAuthz: { ...AUTH, protocol: { grpc: { metadata: { a: "+" } } } } },
    "extAuthz.protocol.grpc.metadata.a",
  ],
  "a server that nobody knows": [
    { extAuthz: { backend: "auth", protocol: { http: {} } } },
    'extAuthz.backend: no backend with a host is named "auth"',
  ],
  "a header that is not the service's to say": [
    {
      extAuthz: {
        ...AUTH,
        includeRequestHeaders: ["host"],
        protocol: { http: { includeResponseHeaders: ["x", "Content-Length"] } },
      },
    },
    "extAuthz.includeRequestHeaders[0]: the gateway writes this header itself",
    "extAuthz.protocol.http.includeResponseHeaders[1]: the gateway writes this header itself",
  ],
  "an identity that gRPC does not have": [
    { extAuthz: { ...AUTH, policies: { backendAuth: { gcp: {} } } } },
    "extAuthz: not supported yet for a gRPC service: a backendAuth other than key",
  ],
  "a key that gRPC has no place for": [
    {
      extAuthz: {
        ...AUTH,
        policies: {
          backendAuth: { key: { value: "k", location: { queryParameter: { name: "key" } } } },
        },
      },
    },
    "extAuthz: a gRPC service has no query: the key of its backendAuth has to be in a header",
  ],
  "names of certificates that gRPC does not check": [
    { extAuthz: { ...AUTH, policies: { backendTLS: { subjectAltNames: ["a.test"] } } } },
    "extAuthz: not supported yet for a gRPC service: subjectAltNames in its TLS",
  ],
  "another protocol than that of gRPC": [
    { extAuthz: { ...AUTH, policies: { backendTLS: { alpn: ["http/1.1"] } } } },
    "extAuthz: a gRPC service speaks h2: leave out alpn",
  ],
};

for (const [claim, [policies, ...told]] of Object.entries(COMPILED)) {
  Deno.test(`compile() says where there is ${claim}`, () => {
    const { problems } = compiled({ llm: { models: [], policies } });
    const isWhole = told.some((text) => text.includes(": "));
    const found = isWhole ? problems : problems.map((text) => text.replace(/: .*/s, ""));
    assert.deepEqual(found.sort(), told.map((text) => `llm.policies.${text}`).sort());
  });
}
