import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { bodyOf, knock, tlsConnect } from "../host/scenario.ts";
import { authority, selfSigned, type TestCertificate } from "../support/certificates.ts";
import { Gateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

const roots = authority("Roots");
const strangers = authority("Strangers");

/** A folder with certificates, and a configuration that reads them. */
class Place implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "agentgateway-tls-" });

  write(name: string, { certPem, keyPem }: TestCertificate): void {
    writeFileSync(`${this.folder}/${name}.key`, keyPem);
    writeFileSync(`${this.folder}/${name}.pem`, certPem);
  }

  yaml(front = 0, inner = 0): string {
    const at = (name: string) =>
      `cert: ${this.folder}/${name}.pem, key: ${this.folder}/${name}.key`;
    return `
gateways:
  front:
    port: ${front}
    listeners:
    - {name: any, tls: {${at("any")}}}
    - {name: strict, hostname: strict.test, tls: {${at("strict")}, root: ${this.folder}/roots.pem}}
  inner:
    port: ${inner}
    tls: {${at("inner")}, root: ${this.folder}/roots.pem}
llm:
  gateways: [front, inner]
  models:
  - {name: mock, provider: {mock: {answerTokens: 60, pace: {perToken: 20ms}}}}
  - name: remote
    provider: openai
    params: {model: mock, baseUrl: "https://127.0.0.1:${inner}/v1"}
    tls: {${at("client")}, root: ${this.folder}/roots.pem, hostname: inner.test}
  - name: distrusted
    provider: openai
    params: {model: mock, baseUrl: "https://127.0.0.1:${inner}/v1"}
    tls: {${at("client")}, hostname: inner.test}
  - name: stranger
    provider: openai
    params: {model: mock, baseUrl: "https://127.0.0.1:${inner}/v1"}
    tls: {root: ${this.folder}/roots.pem, hostname: inner.test}
`;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function testTls(name: string, check: (gateway: Gateway, place: Place) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      using place = new Place();
      place.write("any", selfSigned("any.test"));
      place.write("strict", selfSigned("strict.test"));
      place.write("inner", roots.issue({ names: ["inner.test"] }));
      place.write("client", roots.issue({ names: ["client.test"] }));
      writeFileSync(`${place.folder}/roots.pem`, roots.pem);
      await using gateway = await Gateway.start({ yaml: (...ports) => place.yaml(...ports) });
      await check(gateway, place);
    },
  });
}

testTls(
  "every listener shows its certificate, and asks for that of its clients",
  async (gateway) => {
    const [port = 0] = gateway.ports;
    const visit = (serverName: string, host: string, shown: Partial<TestCertificate> = {}) =>
      knock(port, { serverName, ...shown }, host);
    assert.equal((await visit("x.test", "x.test")).commonName, "any.test");
    const client = roots.issue();
    const strict = await visit("strict.test", "strict.test", client);
    assert.equal(strict.commonName, "strict.test");
    assert.match(strict.answer, /^HTTP\/1\.1 [24]0/);
    assert.equal((await visit("strict.test", "strict.test")).answer, "");
    assert.equal((await visit("strict.test", "strict.test", strangers.issue())).answer, "");
    const around = await visit("x.test", "strict.test");
    assert.match(around.answer, /^HTTP\/1\.1 421/);
    assert.equal(bodyOf(around.answer).error.code, "misdirected_request");
  },
);

testTls(
  "models are reached over TLS with the roots and the certificate of their own",
  async (gateway) => {
    const port = gateway.ports[0] ?? 0;
    const ask = async (model: string) => {
      const body = JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] });
      return await post(port, body);
    };
    assert.match(await ask("mock"), /^HTTP\/1\.1 200/);
    assert.match(await ask("remote"), /^HTTP\/1\.1 200/);
    assert.match(await ask("distrusted"), /^HTTP\/1\.1 503/);
    assert.match(await ask("stranger"), /^HTTP\/1\.1 503/);
  },
);

testTls(
  "a certificate that changes on the disk is shown, and no stream ends",
  async (gateway, place) => {
    const port = gateway.ports[0] ?? 0;
    const body = JSON.stringify({
      model: "mock",
      stream: true,
      messages: [{ role: "user", content: "hello" }],
    });
    let received = "";
    const streamed = post(port, body, (chunk) => received += chunk);
    await until("the stream", () => received.includes("data: "));
    place.write("any", selfSigned("new.test"));
    await until("the new certificate", async () => {
      return (await knock(port, { serverName: "x.test" })).commonName === "new.test";
    });
    assert.ok(!received.includes("[DONE]"), "the stream was over before the change");
    assert.match(await streamed, /data: \[DONE\]/);
  },
);

testTls("a certificate that does not fit its key changes nothing", async (gateway, place) => {
  const port = gateway.ports[0] ?? 0;
  const torn = { certPem: selfSigned("torn.test").certPem, keyPem: selfSigned("x").keyPem };
  place.write("any", torn);
  await gateway.child.waitForLine("the complaint", (line) => {
    return line.includes("is not the private key of the certificate in") && line;
  });
  assert.equal((await knock(port, { serverName: "x.test" })).commonName, "any.test");
  place.write("any", selfSigned("mended.test"));
  await until("the mended certificate", async () => {
    return (await knock(port, { serverName: "x.test" })).commonName === "mended.test";
  });
});

/** Posts to the chat completions of the gateway, and gives the whole answer. */
function post(
  port: number,
  body: string,
  seen: (text: string) => void = () => {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = tlsConnect(port, { serverName: "x.test" }, () => {
      const head = [
        "POST /v1/chat/completions HTTP/1.1",
        "host: x.test",
        "connection: close",
        "content-type: application/json",
        `content-length: ${body.length}`,
      ];
      socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
    });
    socket.on("data", (chunk: Uint8Array) => {
      const text = new TextDecoder().decode(chunk);
      answer += text;
      seen(text);
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}
