import assert from "node:assert/strict";
import { authority, selfSigned } from "../support/certificates.ts";
import { ask, clientOf, told } from "./asking.ts";
import { type Scenarios, serverTls, serving, tellArrival } from "./scenario.ts";

const ours = authority("Ours");
const theirs = authority("Theirs");
const good = ours.issue({ names: ["localhost", "127.0.0.1", "spiffe://td/upstream"] });
const elsewhere = ours.issue({ names: ["elsewhere.test"] });
const expired = ours.issue({ names: ["127.0.0.1"], toDays: -0.5 });
const alone = selfSigned("127.0.0.1");

/** Whom clients trust, and how they show who they are. */
export const trustScenarios: Scenarios = {
  async "fetch() trusts the roots that it is given, and no others"(host) {
    const trusted = { caPem: ours.pem };
    const cases = [
      [good, trusted, "ok"],
      [good, { caPem: theirs.pem }, "refused"],
      [good, { serverName: "localhost" }, "refused"],
      [expired, trusted, "refused"],
      [alone, trusted, "refused"],
      [alone, { caPem: alone.certPem }, "ok"],
      [alone, { insecure: true }, "ok"],
      [expired, { insecure: true }, "ok"],
      [elsewhere, trusted, "refused"],
      [elsewhere, { ...trusted, insecureHost: true }, "ok"],
      [alone, { insecureHost: true }, "refused"],
      [elsewhere, { ...trusted, serverName: "elsewhere.test" }, "ok"],
      [good, { ...trusted, serverName: "elsewhere.test" }, "refused"],
      [good, { ...trusted, serverName: "elsewhere.test", insecureHost: true }, "ok"],
      [elsewhere, { ...trusted, subjectAltNames: ["x.test", "ELSEWHERE.test"] }, "ok"],
      [elsewhere, { ...trusted, subjectAltNames: ["x.test"] }, "refused"],
      [good, { ...trusted, serverName: "x", subjectAltNames: ["spiffe://td/upstream"] }, "ok"],
      [alone, { subjectAltNames: ["127.0.0.1"] }, "refused"],
    ] as const;
    for (const [certificate, tls, expected] of cases) {
      await using upstream = await serving(host, tellArrival, serverTls({ "": certificate }));
      const client = clientOf(host, { tls });
      const found = await ask(client, `https://127.0.0.1:${upstream.port}/`)
        .then(({ status }) => status === 200 ? "ok" : String(status), () => "refused");
      assert.equal(found, expected, JSON.stringify(Object.keys(tls)));
      client.close();
    }
  },

  async "fetch() asks for the server name that it is given, and for none of an address"(host) {
    await using upstream = await serving(host, tellArrival, serverTls({ "": good }));
    const cases = [
      ["127.0.0.1", {}, ""],
      ["localhost", {}, "localhost"],
      ["127.0.0.1", { serverName: "localhost" }, "localhost"],
    ] as const;
    for (const [hostname, tls, expected] of cases) {
      const client = clientOf(host, { tls: { caPem: ours.pem, ...tls } });
      const { tls: seen, headers } = await told(client, `https://${hostname}:${upstream.port}/`);
      assert.equal(seen.serverName, expected);
      assert.equal(headers.host, `${hostname}:${upstream.port}`);
      client.close();
    }
  },

  async "fetch() shows its certificate to a server that asks for it"(host) {
    const tls = serverTls({ "": { ...good, clientCaPem: theirs.pem } });
    await using upstream = await serving(host, tellArrival, tls);
    const url = `https://127.0.0.1:${upstream.port}/`;
    const known = clientOf(host, { tls: { caPem: ours.pem, ...theirs.issue({ names: ["me"] }) } });
    assert.equal((await told(known, url)).tls.clientCertificate.subject, "CN=me");
    known.close();
    for (const shown of [{}, ours.issue()]) {
      const client = clientOf(host, { tls: { caPem: ours.pem, ...shown } });
      await assert.rejects(ask(client, url));
      client.close();
    }
  },
};
