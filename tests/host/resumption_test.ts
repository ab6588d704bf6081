import assert from "node:assert/strict";
import { denoHost } from "../../src/host/deno.ts";
import { authority, selfSigned, type TestCertificate } from "../support/certificates.ts";
import { serverTls, serving, tellArrival } from "./scenario.ts";

interface Visit {
  readonly isServed: boolean;
  readonly isResumed: boolean | null;
}

/** Visits with Node's client: those of the other runtimes do not resume what a test gives them. */
async function visitTwice(
  port: number,
  version: string,
  certificate: TestCertificate,
): Promise<readonly Visit[]> {
  const child = new Deno.Command("node", {
    args: ["--input-type=module", "--eval", SCRIPT],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ port, version, ...certificate })));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

const SCRIPT = Deno.readTextFileSync(new URL("./resuming_client.js", import.meta.url));

for (const version of ["TLSv1.2", "TLSv1.3"]) {
  Deno.test(`serve() resumes sessions of the clients that it lets in, over ${version}`, async () => {
    const clients = authority();
    const tls = serverTls({ "a.test": { ...selfSigned("a.test"), clientCaPem: clients.pem } });
    await using listening = await serving(denoHost(), tellArrival, tls);
    assert.deepEqual(await visitTwice(listening.port, version, clients.issue()), [
      { isServed: true, isResumed: false },
      { isServed: true, isResumed: true },
    ]);
    const strangers = await visitTwice(listening.port, version, authority().issue());
    assert.deepEqual(strangers.map(({ isServed }) => isServed), [false, false]);
  });
}
