import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { splitAltNames } from "../../src/host/client_certificate.ts";
import { gatekeeper, type Handshake } from "../../src/host/gatekeeper.ts";
import { authority, selfSigned } from "../support/certificates.ts";
import { serverTls } from "./scenario.ts";

const clients = authority();
const a = { ...selfSigned("a.test"), clientCaPem: clients.pem };
const b = { ...selfSigned("b.test"), clientCaPem: clients.pem };
const open = selfSigned("open.test");

function handshake(certPem: string | undefined, said: Partial<Handshake>): Handshake {
  const shown = certPem === undefined ? undefined : new X509Certificate(certPem);
  return {
    authorized: true,
    servername: "a.test",
    isSessionReused: () => false,
    getPeerCertificate: () => ({
      ...(shown === undefined ? {} : { raw: shown.raw }),
      fingerprint256: shown?.fingerprint256 ?? "",
      valid_to: shown?.validTo ?? "",
    }),
    ...said,
  };
}

const resumed = { isSessionReused: () => true };

Deno.test("admit() believes a resumed session only of a certificate that it has let in", () => {
  const keeper = gatekeeper(serverTls({ "a.test": a, "b.test": b }));
  const good = clients.issue().certPem;
  const bad = clients.issue().certPem;
  assert.equal(keeper.admit(handshake(good, resumed)), false, "never seen");
  assert.equal(keeper.admit(handshake(bad, { authorized: false })), false);
  assert.equal(keeper.admit(handshake(bad, resumed)), false, "refused before");
  assert.equal(keeper.admit(handshake(good, {})), true);
  assert.equal(keeper.admit(handshake(good, resumed)), true);
  const elsewhere = { ...resumed, servername: "b.test" };
  assert.equal(keeper.admit(handshake(good, elsewhere)), false, "let in by another");
  keeper.useCertificates(serverTls({ "a.test": { ...a } }));
  assert.equal(keeper.admit(handshake(good, resumed)), false, "let in by an older certificate");
});

Deno.test("admit() does not resume for a certificate that has expired since", () => {
  const keeper = gatekeeper(serverTls({ "a.test": a }));
  const expired = clients.issue({ toDays: -0.5 }).certPem;
  assert.equal(keeper.admit(handshake(expired, {})), true, "as the runtime said");
  assert.equal(keeper.admit(handshake(expired, resumed)), false);
});

Deno.test("admit() does not believe that a client without a certificate is authorized", () => {
  const keeper = gatekeeper(serverTls({ "a.test": a }));
  assert.equal(keeper.admit(handshake(undefined, {})), false);
  assert.equal(keeper.admit(handshake(undefined, resumed)), false);
});

Deno.test("arrivalOf() tells of admitted connections, and only of those", () => {
  const keeper = gatekeeper(serverTls({ "a.test": a, "open.test": open, "": open }));
  const refused = handshake(undefined, {});
  keeper.admit(refused);
  assert.equal(keeper.arrivalOf(refused), undefined);
  const cases = [["OPEN.test.", "open.test"], [false, ""], [null, ""], [undefined, ""]] as const;
  for (const [servername, serverName] of cases) {
    const socket = handshake(clients.issue().certPem, { servername });
    assert.equal(keeper.admit(socket), true);
    assert.deepEqual(keeper.arrivalOf(socket), { serverName, clientCertificate: undefined });
  }
});

const ALT_NAMES: readonly [string, readonly string[]][] = [
  ["", []],
  ["DNS:a.test", ["a.test"]],
  ["DNS:a.test, IP Address:127.0.0.1, URI:spiffe://a/b", ["a.test", "127.0.0.1", "spiffe://a/b"]],
  ['DNS:"a.test, DNS:evil.test", email:x@y', ["a.test, DNS:evil.test", "x@y"]],
  ['URI:"http://a/\\"b"', ['http://a/"b']],
];

for (const [text, expected] of ALT_NAMES) {
  Deno.test(`splitAltNames() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(splitAltNames(text), expected);
  });
}
