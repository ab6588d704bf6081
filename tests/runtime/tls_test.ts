import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import type { ListenerTlsConfig } from "../../src/config/schema/listener_tls.ts";
import { compileListenerTls, type ListenerTlsSource } from "../../src/runtime/tls.ts";
import { authority, selfSigned } from "../support/certificates.ts";
import { compileContext } from "../support/compile_context.ts";
import { files } from "./certificate_files.ts";

const clients = authority();
const one = selfSigned("a.test", "*.b.test");
const two = selfSigned("two.test");
const locked = createPrivateKey(two.keyPem)
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" });

const texts = {
  "one.pem": one.certPem,
  "one.key": one.keyPem,
  "chain.pem": `a note\n${one.certPem}\n${clients.pem}`,
  "both.pem": one.keyPem + one.certPem,
  "two.pem": two.certPem,
  "two.key": two.keyPem,
  "ca.pem": clients.pem,
  "note.txt": "nothing of the kind",
  "torn.pem": one.certPem.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"),
  "torn.key": one.keyPem.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA"),
  "locked.key": locked.toString(),
};

interface Wish extends Omit<ListenerTlsSource, "at" | "tls"> {
  readonly tls?: ListenerTlsConfig;
}

function compiled(context: ReturnType<typeof compileContext>, wishes: readonly Wish[]) {
  const listeners = wishes.map((wish, index) => ({ ...wish, at: ["listeners", index] }));
  return compileListenerTls(listeners, { handshakeMsMax: 15_000 }, context);
}

function context() {
  const made = compileContext();
  made.environment.epochMs = () => Date.now();
  return made;
}

Deno.test("compileListenerTls() reads certificates, and says what a port asks for", () => {
  using read = files(texts);
  const tls = { cert: read.path("chain.pem"), key: read.path("one.key") };
  const it = context();
  const port = compiled(it, [
    { hostname: "a.test", tls: { ...tls, root: read.path("ca.pem") } },
    { hostname: "*.b.test", protocol: "HTTPS", tls },
    { tls: { cert: read.path("both.pem"), key: read.path("both.pem") } },
  ]);
  assert.deepEqual([it.problems, it.warnings], [[], []]);
  assert.equal(port?.certificateFor("a.test")?.clientCaPem, clients.pem);
  assert.equal(port?.certificateFor("a.test")?.certPem, one.certPem + clients.pem);
  assert.equal(port?.certificateFor("x.b.test")?.clientCaPem, undefined);
  assert.deepEqual(port?.certificateFor(""), { certPem: one.certPem, keyPem: one.keyPem });
  const { handshakeMsMax, minVersion, maxVersion, asksForCertificate } = port;
  assert.deepEqual({ handshakeMsMax, minVersion, maxVersion, asksForCertificate }, {
    handshakeMsMax: 15_000,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    asksForCertificate: true,
  });
});

Deno.test("compileListenerTls() gives the same certificate again as long as its files are", () => {
  using read = files(texts);
  const it = context();
  const wish = (cert: string, key: string) => [{
    tls: { cert: read.path(cert), key: read.path(key) },
  }];
  const first = compiled(it, wish("one.pem", "one.key"))?.certificateFor("");
  assert.equal(compiled(it, wish("one.pem", "one.key"))?.certificateFor(""), first);
  assert.notEqual(compiled(it, wish("two.pem", "two.key"))?.certificateFor(""), first);
});

Deno.test("compileListenerTls() has nothing to do for ports without TLS", () => {
  const it = context();
  assert.equal(compiled(it, [{}, { protocol: "HTTP" }]), undefined);
  assert.deepEqual(it.problems, []);
});

Deno.test("compileListenerTls() takes the versions under both of their names", () => {
  using read = files(texts);
  const tls = { cert: read.path("one.pem"), key: read.path("one.key") };
  const cases: readonly (readonly [Partial<ListenerTlsConfig>, string, string])[] = [
    [{}, "TLSv1.2", "TLSv1.3"],
    [{ minTLSVersion: "TLS_V1_3" }, "TLSv1.3", "TLSv1.3"],
    [{ minTlsVersion: "TLS_V1_3" }, "TLSv1.3", "TLSv1.3"],
    [{ maxTLSVersion: "TLS_V1_2" }, "TLSv1.2", "TLSv1.2"],
    [{ maxTlsVersion: "TLS_V1_2", minTLSVersion: "TLS_V1_2" }, "TLSv1.2", "TLSv1.2"],
  ];
  for (const [versions, min, max] of cases) {
    const port = compiled(context(), [{ tls: { ...tls, ...versions } }]);
    assert.deepEqual([port?.minVersion, port?.maxVersion], [min, max]);
  }
});

type Bad = readonly [string, (path: (name: string) => string) => readonly Wish[], string, string];

const BAD: readonly Bad[] = [
  [
    "a file that is missing",
    (path) => [{ tls: { cert: path("none.pem"), key: path("one.key") } }],
    "listeners.0.tls.cert",
    "no such file",
  ],
  [
    "a file that is no certificate",
    (path) => [{ tls: { cert: path("note.txt"), key: path("one.key") } }],
    "listeners.0.tls.cert",
    "no PEM certificate in ",
  ],
  [
    "a certificate that is damaged",
    (path) => [{ tls: { cert: path("torn.pem"), key: path("one.key") } }],
    "listeners.0.tls.cert",
    "cannot be read",
  ],
  [
    "a file that is no key",
    (path) => [{ tls: { cert: path("one.pem"), key: path("one.pem") } }],
    "listeners.0.tls.key",
    "no unencrypted PEM private key in ",
  ],
  [
    "a key that is damaged",
    (path) => [{ tls: { cert: path("one.pem"), key: path("torn.key") } }],
    "listeners.0.tls.key",
    "cannot be read",
  ],
  [
    "a key with a passphrase",
    (path) => [{ tls: { cert: path("two.pem"), key: path("locked.key") } }],
    "listeners.0.tls.key",
    "no unencrypted PEM private key in ",
  ],
  [
    "a key of another certificate",
    (path) => [{ tls: { cert: path("one.pem"), key: path("two.key") } }],
    "listeners.0.tls.key",
    "is not the private key of the certificate in ",
  ],
  [
    "roots that are none",
    (path) => [{ tls: { cert: path("one.pem"), key: path("one.key"), root: path("note.txt") } }],
    "listeners.0.tls.root",
    "no PEM certificate in ",
  ],
  [
    "HTTPS without TLS",
    () => [{ protocol: "HTTPS" }],
    "listeners.0.protocol",
    "HTTPS needs tls beside it",
  ],
  [
    "HTTP with TLS",
    (path) => [{ protocol: "HTTP", tls: { cert: path("one.pem"), key: path("one.key") } }],
    "listeners.0.tls",
    "needs `protocol: HTTPS` beside it",
  ],
  [
    "TLS beside none",
    (path) => [{}, { tls: { cert: path("one.pem"), key: path("one.key") } }],
    "listeners.1.tls",
    "either all listeners of a port have tls, or none",
  ],
  [
    "none beside TLS",
    (path) => [{ tls: { cert: path("one.pem"), key: path("one.key") } }, {}],
    "listeners.1",
    "either all listeners of a port have tls, or none",
  ],
  [
    "two for the same hosts",
    (path) => [
      { hostname: "*", tls: { cert: path("one.pem"), key: path("one.key") } },
      { hostname: "a.test", tls: { cert: path("one.pem"), key: path("one.key") } },
      { tls: { cert: path("two.pem"), key: path("two.key") } },
    ],
    "listeners.2.tls",
    "another listener of the port has tls for the same hostname",
  ],
  [
    "versions that are none",
    (path) => [{
      tls: {
        cert: path("one.pem"),
        key: path("one.key"),
        minTlsVersion: "TLS_V1_3",
        maxTLSVersion: "TLS_V1_2",
      },
    }],
    "listeners.0.tls.minTlsVersion",
    "must not be newer than the newest version",
  ],
  [
    "versions that differ",
    (path) => [
      { tls: { cert: path("one.pem"), key: path("one.key") } },
      {
        hostname: "two.test",
        tls: { cert: path("two.pem"), key: path("two.key"), minTLSVersion: "TLS_V1_3" },
      },
    ],
    "listeners.1.tls",
    "all listeners of a port must have the same versions of TLS",
  ],
];

for (const [name, wishes, place, message] of BAD) {
  Deno.test(`compileListenerTls() refuses ${name}`, () => {
    using read = files(texts);
    const it = context();
    assert.equal(compiled(it, wishes(read.path)), undefined);
    assert.equal(it.problems.length, 1, JSON.stringify(it.problems));
    const [problem] = it.problems;
    assert.equal(problem?.path.join("."), place);
    assert.ok(problem?.message.includes(message), problem?.message);
    assert.ok(!JSON.stringify(it.problems).includes("AAAA"), "nothing of a key is told");
  });
}

Deno.test("compileListenerTls() warns of certificates that clients will refuse", () => {
  const expired = clients.issue({ names: ["a.test"], toDays: -0.5 });
  const early = clients.issue({ names: ["a.test"], fromDays: 2 });
  const wrong = clients.issue({ names: ["b.test"] });
  const cases = [
    [expired, "a.test", "the certificate expired on "],
    [early, "a.test", "the certificate is not valid before "],
    [wrong, "a.test", "the certificate is not for a.test"],
    [wrong, "*.b.test", "the certificate is not for *.b.test"],
  ] as const;
  for (const [{ certPem, keyPem }, hostname, message] of cases) {
    using read = files({ "it.pem": certPem, "it.key": keyPem });
    const it = context();
    const tls = { cert: read.path("it.pem"), key: read.path("it.key") };
    assert.notEqual(compiled(it, [{ hostname, tls }]), undefined);
    assert.deepEqual(it.problems, []);
    assert.deepEqual(it.warnings.map(({ path }) => path.join(".")), ["listeners.0.tls.cert"]);
    const { message: warning = "" } = it.warnings[0] ?? {};
    assert.ok(warning.startsWith(message), warning);
  }
});
