import assert from "node:assert/strict";
import { GrpcChannel, type GrpcTls } from "../../../src/lib/grpc/channel.ts";
import { authority } from "../../support/certificates.ts";
import { GrpcServer } from "../../support/grpc_server.ts";

const METHOD = "/test.Echo/Call";
const OPTIONS = { signal: new AbortController().signal, timeoutMs: 5_000 };

const trusted = authority();
const stranger = authority("Stranger");
const tls = trusted.issue({ names: ["service.test"] });

const ACCEPTED: Readonly<Record<string, GrpcTls>> = {
  "a trusted certificate of the name that is asked for": {
    caPem: trusted.pem,
    serverName: "service.test",
  },
  "a trusted certificate of any name, if told to": {
    caPem: trusted.pem,
    serverName: "other.test",
    insecureHost: true,
  },
  "any certificate, if told to": { serverName: "other.test", insecure: true },
};

const REFUSED: Readonly<Record<string, GrpcTls>> = {
  "a certificate of another name": { caPem: trusted.pem, serverName: "other.test" },
  "a certificate of an authority that is not trusted": {
    caPem: stranger.pem,
    serverName: "service.test",
  },
  "an authority that the system does not know": { serverName: "service.test" },
};

async function call(how: GrpcTls): Promise<Uint8Array> {
  await using server = await GrpcServer.listen(METHOD, (message) => message, { tls });
  const channel = new GrpcChannel({ host: "127.0.0.1", port: server.port, tls: how, headers: {} });
  try {
    return await channel.call(METHOD, Uint8Array.of(1), OPTIONS);
  } finally {
    await channel.close();
  }
}

for (const [claim, how] of Object.entries(ACCEPTED)) {
  Deno.test(`GrpcChannel accepts ${claim}`, async () => {
    assert.deepEqual([...await call(how)], [1]);
  });
}

for (const [claim, how] of Object.entries(REFUSED)) {
  Deno.test({
    name: `GrpcChannel refuses ${claim}`,
    // The library's pause before another attempt outlives the channel.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await assert.rejects(call(how), { name: "GrpcError", message: /^status 14: / });
    },
  });
}
