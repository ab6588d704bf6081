import assert from "node:assert/strict";
import { complaints } from "../checked.ts";

const GATEWAY = (text: string) => `
gateways:
  default: ${text}
routes: []
`;

const LLM = (text: string) => `
llm:
  models:
  - {name: m, provider: mock, ${text}}
`;

const BACKEND = (text: string) => `
gateways: {default: {port: 80}}
routes:
- backends:
  - {host: "a:1", policies: {${text}}}
`;

const FRONTEND = (text: string) => `
frontendPolicies: ${text}
`;

const TLS = "gateways.default.tls";
const MODEL = "llm.models[0]";
const POLICIES = "routes[0].backends[0].policies";

type Row = readonly [(text: string) => string, string, readonly string[]];

const TABLE: readonly Row[] = [
  [GATEWAY, "{port: 443, tls: {cert: c.pem, key: k.pem}}", []],
  [GATEWAY, "{port: 443, protocol: HTTPS, tls: {cert: c.pem, key: k.pem, root: r.pem}}", []],
  [GATEWAY, "{port: 443, listeners: [{tls: {mode: static, cert: c, key: k}}]}", []],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, minTLSVersion: TLS_V1_3}}", []],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, maxTlsVersion: TLS_V1_2}}", []],
  [GATEWAY, "{port: 443, tls: {cert: c}}", [`3:29: ${TLS}.key: required key is missing`]],
  [GATEWAY, "{port: 443, tls: {cert: '', key: k}}", [`3:36: ${TLS}.cert: must not be empty`]],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, mode: dynamicCa}}", [
    `3:53: ${TLS}.mode: not supported yet: dynamicCa`,
  ]],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, spiffe: {}}}", [
    `3:47: ${TLS}.spiffe: not supported yet: spiffe`,
  ]],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, cipherSuites: []}}", [
    `3:47: ${TLS}.cipherSuites: not supported yet: cipherSuites`,
  ]],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, minTLSVersion: TLS_V1_1}}", [
    `3:62: ${TLS}.minTLSVersion: not supported yet: TLS_V1_1`,
  ]],
  [GATEWAY, "{port: 443, tls: {cert: c, key: k, minTLSVersion: 1.2}}", [
    `3:62: ${TLS}.minTLSVersion: expected "TLS_V1_2" or "TLS_V1_3", found 1.2`,
  ]],
  [
    GATEWAY,
    "{port: 443, tls: {cert: c, key: k, minTLSVersion: TLS_V1_3, minTlsVersion: TLS_V1_3}}",
    [
      `3:72: ${TLS}.minTlsVersion: cannot be set together with minTLSVersion: they are two names for the same`,
    ],
  ],
  [GATEWAY, "{port: 443, tls: {certificate: c, key: k}}", [
    `3:29: ${TLS}.cert: required key is missing`,
    `3:30: ${TLS}.certificate: unknown key "certificate"`,
  ]],

  [LLM, "tls: {}", []],
  [LLM, "backendTLS: {root: r, cert: c, key: k, hostname: a.test, alpn: [http/1.1]}", []],
  [LLM, "tls: {insecure: true}", []],
  [LLM, "tls: {insecureHost: true, subjectAltNames: ['spiffe://a/b']}", []],
  [LLM, "tls: {cert: c}", [`4:37: ${MODEL}.tls.cert: needs key beside it`]],
  [LLM, "tls: {key: k}", [`4:37: ${MODEL}.tls.key: needs cert beside it`]],
  [LLM, "tls: {hostname: 'a b'}", [
    `4:47: ${MODEL}.tls.hostname: expected a host name or an IP address, found "a b"`,
  ]],
  [LLM, "tls: {alpn: [h2]}", [`4:44: ${MODEL}.tls.alpn[0]: not supported yet: h2`]],
  [LLM, "tls: {alpn: []}", [`4:43: ${MODEL}.tls.alpn: must not be empty`]],
  [LLM, "tls: {insecure: true, root: r}", [
    `4:53: ${MODEL}.tls.root: has no effect where insecure is true`,
  ]],
  [LLM, "tls: {insecure: true, insecureHost: true}", [
    `4:53: ${MODEL}.tls.insecureHost: has no effect where insecure is true`,
  ]],
  [LLM, "tls: {spiffe: {}}", [`4:37: ${MODEL}.tls.spiffe: not supported yet: spiffe`]],
  [LLM, "tls: {insecure: yes}", [
    `4:47: ${MODEL}.tls.insecure: expected true or false, found "yes"`,
  ]],

  [LLM, "backendTunnel: {proxy: {host: 'p:3128'}}", []],
  [LLM, "backendTunnel: {proxy: {host: 'p:3128'}, policies: {backendAuth: {key: x}}}", []],
  [LLM, "backendTunnel: {proxy: {host: 'p:3128'}, policies: {backendTLS: {root: r}}}", []],
  [
    LLM,
    "backendTunnel: {proxy: {host: 'p:1'}, policies: {backendAuth: {key: {value: x, location: {header: {name: proxy-authorization, prefix: 'Basic '}}}}}}",
    [],
  ],
  [LLM, "backendTunnel: {}", [`4:46: ${MODEL}.backendTunnel.proxy: required key is missing`]],
  [LLM, "backendTunnel: {proxy: {backend: p}}", [
    `4:55: ${MODEL}.backendTunnel.proxy.backend: not supported yet: backend`,
  ]],
  [LLM, "backendTunnel: {proxy: {host: p}}", [
    `4:61: ${MODEL}.backendTunnel.proxy.host: must be host:port`,
  ]],
  [LLM, "backendTunnel: {proxy: {host: 'p:1'}, policies: {backendAuth: {passthrough: {}}}}", [
    `4:94: ${MODEL}.backendTunnel.policies.backendAuth.passthrough: not supported yet: passthrough`,
  ]],

  [BACKEND, "tcp: {connectTimeout: 2s, keepalives: {time: 1m}}", []],
  [BACKEND, "http: {requestTimeout: 30s}", []],
  [BACKEND, "backendTunnel: {proxy: {host: 'p:3128'}}", []],
  [BACKEND, "tcp: {connectTimeout: 0s}", [
    `5:52: ${POLICIES}.tcp.connectTimeout: must be longer than 0`,
  ]],
  [BACKEND, "tcp: {keepalives: {retries: 3}}", [
    `5:49: ${POLICIES}.tcp.keepalives.retries: not supported yet: retries`,
  ]],
  [BACKEND, "http: {version: '2'}", [`5:37: ${POLICIES}.http.version: not supported yet: version`]],

  [FRONTEND, "{tls: {handshakeTimeout: 5s}}", []],
  [FRONTEND, "{tls: {alpn: []}}", ["2:26: frontendPolicies.tls.alpn: not supported yet: alpn"]],
  [FRONTEND, "{http: {http1IdleTimeout: 1m}}", [
    "2:27: frontendPolicies.http.http1IdleTimeout: not supported yet: http1IdleTimeout",
  ]],
];

for (const [whole, text, expected] of TABLE) {
  Deno.test(`the schema judges connections: ${text}`, () => {
    assert.deepEqual(complaints(whole(text)), expected);
  });
}
