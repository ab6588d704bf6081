import assert from "node:assert/strict";
import { hostTable } from "../../src/routing/hostname.ts";
import { mostSpecific, type NamedCertificate, portTls } from "../../src/routing/port_tls.ts";

const SETTINGS = { handshakeMsMax: 1, minVersion: "TLSv1.2", maxVersion: "TLSv1.3" } as const;

function named(hostname: string | undefined, clientCaPem?: string): NamedCertificate {
  const certificate = { certPem: hostname ?? "any", keyPem: "", clientCaPem };
  return { hostname, certificate };
}

Deno.test("certificateFor() takes the most specific listener, as requests do", () => {
  const tls = portTls(SETTINGS, [
    named("*.example.com"),
    named("a.example.com"),
    named("*.b.example.com"),
    named("*.EXAMPLE.org"),
  ]);
  const cases = [
    ["a.example.com", "a.example.com"],
    ["x.example.com", "*.example.com"],
    ["x.b.example.com", "*.b.example.com"],
    ["x.example.org", "*.EXAMPLE.org"],
    ["example.com", undefined],
    ["elsewhere", undefined],
    ["", undefined],
  ] as const;
  for (const [name, expected] of cases) {
    assert.equal(tls.certificateFor(name)?.certPem, expected, name);
  }
  for (const hostname of [undefined, "*"]) {
    const any = portTls(SETTINGS, [named(hostname), named("a.test")]);
    assert.deepEqual(
      ["", "a.test", "x"].map((name) => any.certificateFor(name)?.certPem),
      [hostname ?? "any", "a.test", hostname ?? "any"],
    );
  }
});

Deno.test("asksForCertificate is true if any listener requires one", () => {
  assert.equal(portTls(SETTINGS, [named("a"), named("b")]).asksForCertificate, false);
  assert.equal(portTls(SETTINGS, [named("a"), named("b", "ca")]).asksForCertificate, true);
});

Deno.test("accepts() lets no connection stand in for another listener's", () => {
  const shared = named("c.test");
  const tls = portTls(SETTINGS, [
    named(undefined),
    named("a.test"),
    named("secret.test", "ca"),
    shared,
    { ...shared, hostname: "d.test" },
  ]);
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["a.test", "a.test", true],
    ["a.test", "secret.test", false],
    ["a.test", "c.test", false],
    ["secret.test", "a.test", false],
    ["secret.test", "secret.test", true],
    ["c.test", "d.test", true],
    ["x.test", "y.test", true],
    ["a.test", "y.test", false],
    ["", "a.test", true],
    ["", "x.test", true],
    ["", "secret.test", false],
  ];
  for (const [serverName, hostname, expected] of cases) {
    assert.equal(tls.accepts(serverName, hostname), expected, `${serverName} for ${hostname}`);
  }
  const only = portTls(SETTINGS, [named("a.test")]);
  assert.equal(only.accepts("a.test", "unknown.test"), true, "that is no listener's at all");
});

Deno.test("mostSpecific() leaves a host to the listener that has judged its clients", () => {
  const named = [["a.test"], ["*.test"], []].map((hostnames) => ({
    hostnames,
    entry: hostnames[0] ?? "any",
  }));
  const table = mostSpecific(hostTable(named));
  const cases = [["a.test", "a.test"], ["b.test", "*.test"], ["x", "any"]] as const;
  for (const [hostname, expected] of cases) {
    assert.deepEqual(table.levels(hostname), [[expected]]);
  }
});
