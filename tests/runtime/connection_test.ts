import assert from "node:assert/strict";
import type { BackendTlsConfig } from "../../src/config/schema/backend_tls.ts";
import type { BackendTunnelConfig } from "../../src/config/schema/backend_tunnel.ts";
import type { BackendTcpConfig } from "../../src/config/schema/connection.ts";
import { compileConnection } from "../../src/runtime/connection.ts";
import { authority } from "../support/certificates.ts";
import { compileContext } from "../support/compile_context.ts";
import { type Files, files } from "./certificate_files.ts";

const ca = authority();
const mine = ca.issue();
const texts = {
  "ca.pem": ca.pem,
  "me.pem": mine.certPem,
  "me.key": mine.keyPem,
  "other.key": ca.issue().keyPem,
  "secret.txt": " c2VjcmV0 \n",
  "note.txt": "nothing of the kind",
};

interface Source {
  readonly tls?: BackendTlsConfig;
  readonly tunnel?: BackendTunnelConfig;
  readonly tcp?: BackendTcpConfig;
}

function compile(source: Source) {
  const context = compileContext();
  context.environment.epochMs = () => Date.now();
  const { tls, tunnel, tcp } = source;
  const options = compileConnection({
    tls: tls && { settings: tls, at: ["backendTLS"] },
    tunnel: tunnel && { settings: tunnel, at: ["backendTunnel"] },
    tcp: tcp && { settings: tcp, at: ["tcp"] },
  }, context);
  const shown = (problems: typeof context.problems) =>
    problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { options, problems: shown(context.problems), warnings: shown(context.warnings) };
}

Deno.test("compileConnection() leaves to the shared client what asks for nothing of its own", () => {
  const ordinary: readonly Source[] = [
    {},
    { tls: {} },
    { tls: { insecure: false, insecureHost: false } },
    { tcp: {} },
    { tcp: { keepalives: { enabled: false, time: "1m" } } },
  ];
  for (const source of ordinary) {
    assert.deepEqual(compile(source), { options: undefined, problems: [], warnings: [] });
  }
});

Deno.test("compileConnection() reads files, secrets and durations", () => {
  using read = files(texts);
  const tls = {
    root: read.path("ca.pem"),
    cert: read.path("me.pem"),
    key: read.path("me.key"),
    hostname: "api.test",
    insecureHost: true,
    alpn: ["http/1.1" as const],
    subjectAltNames: ["other.test"],
  };
  const compiledTls = {
    caPem: ca.pem,
    certPem: mine.certPem,
    keyPem: mine.keyPem,
    serverName: "api.test",
    insecureHost: true,
    alpn: ["http/1.1"],
    subjectAltNames: ["other.test"],
  };
  assert.deepEqual(compile({ tls }).options, { tls: compiledTls });
  const tunnel = { proxy: { host: "[::1]:3128" }, policies: { backendTLS: tls } };
  assert.deepEqual(compile({ tunnel, tcp: { connectTimeout: "2s" } }).options, {
    tunnel: { host: "::1", port: 3128, tls: compiledTls, headers: {} },
    connectMsMax: 2_000,
  });
  const keepalives = { enabled: true, time: "1m30s" };
  assert.deepEqual(compile({ tcp: { keepalives } }).options, { keepaliveMs: 90_000 });
});

Deno.test("compileConnection() puts the secret for a proxy where it belongs", () => {
  using read = files(texts);
  const file = { file: read.path("secret.txt") };
  const location = { header: { name: "Proxy-Authorization", prefix: "Basic " } };
  const bare = { header: { name: "x-key" } };
  const cases = [
    ["abc", { "proxy-authorization": "Bearer abc" }],
    [file, { "proxy-authorization": "Bearer c2VjcmV0" }],
    [{ value: "abc" }, { "proxy-authorization": "Bearer abc" }],
    [{ value: file, location }, { "proxy-authorization": "Basic c2VjcmV0" }],
    [{ value: "abc", location: bare }, { "x-key": "abc" }],
  ] as const;
  for (const [key, headers] of cases) {
    const tunnel = { proxy: { host: "proxy:3128" }, policies: { backendAuth: { key } } };
    const { options } = compile({ tunnel });
    assert.deepEqual(options?.tunnel, { host: "proxy", port: 3128, headers });
  }
  const open = { proxy: { host: "proxy:3128" }, policies: { backendTLS: {} } };
  const { options } = compile({ tunnel: open });
  assert.deepEqual(options?.tunnel, { host: "proxy", port: 3128, headers: {}, tls: {} });
});

type Bad = readonly [string, (read: Files) => Source, RegExp];

const BAD: readonly Bad[] = [
  [
    "roots that are none",
    (read) => ({ tls: { root: read.path("note.txt") } }),
    /^backendTLS\.root: no PEM/,
  ],
  [
    "a missing file",
    (read) => ({ tls: { root: read.path("x.pem") } }),
    /^backendTLS\.root: .*ENOENT/,
  ],
  [
    "a key of another certificate",
    (read) => ({ tls: { cert: read.path("me.pem"), key: read.path("other.key") } }),
    /^backendTLS\.key: is not the private key of the certificate in /,
  ],
  [
    "a proxy's roots that are none",
    (read) => ({
      tunnel: {
        proxy: { host: "proxy:1" },
        policies: { backendTLS: { root: read.path("note.txt") } },
      },
    }),
    /^backendTunnel\.policies\.backendTLS\.root: no PEM/,
  ],
  [
    "a secret that fits in no header",
    () => ({
      tunnel: { proxy: { host: "proxy:1" }, policies: { backendAuth: { key: "a\nb" } } },
    }),
    /^backendTunnel\.policies\.backendAuth\.key: must be printable ASCII to fit in a header$/,
  ],
];

for (const [name, source, problem] of BAD) {
  Deno.test(`compileConnection() refuses ${name}`, () => {
    using read = files(texts);
    const { options, problems } = compile(source(read));
    assert.equal(options, undefined);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", problem);
  });
}

Deno.test("compileConnection() warns of upstreams that anybody could pose as", () => {
  const { options, warnings } = compile({ tls: { insecure: true } });
  assert.deepEqual(options, { tls: { insecure: true } });
  assert.deepEqual(warnings, [
    "backendTLS.insecure: any certificate is accepted: whoever is in between can read and change all",
  ]);
});
