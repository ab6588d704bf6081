import assert from "node:assert/strict";
import { asked, postChat } from "../support/chat_fixture.ts";
import { temporaryFile } from "../support/config_file.ts";
import { llmConfig, modelEntry } from "../support/configs.ts";
import { form, Gateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { rawRequest } from "../support/raw_http.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

const secrets = ["sk-inline-secret", "sk-environment-secret", "sk-file-secret", "sk-header-secret"];

const test = suite(async () => {
  const upstream = await Upstream.start();
  const [inline = "", environment = "", file = "", header = ""] = secrets;
  const gateway = await Gateway.start({
    environment: { AGENTGATEWAY_TEST_KEY: environment },
    yaml: (port) =>
      llmConfig(
        port,
        modelEntry("gpt-4o", upstream, {
          key: inline,
          rest: [
            `requestHeaders: {set: {authorization: "Bearer ${header}", x-api-key: ${header}}}`,
          ],
        }),
        modelEntry("environment", upstream, { key: "$AGENTGATEWAY_TEST_KEY" }),
        modelEntry("file", upstream, { key: { file: temporaryFile(file) } }),
      ),
  });
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
});

test("/config_dump shows the configuration without its secrets", async ({ gateway }) => {
  const response = await fetch(`${gateway.adminUrl}/config_dump`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  const text = await response.text();
  for (const secret of secrets) assert.ok(!text.includes(secret), `shows ${secret}`);
  assert.match(text, /gpt-4o/);
  assert.match(text, /\n {2}"/);
  const dump: unknown = JSON.parse(text);
  assert.equal(typeof at(dump, "version", "version"), "string");
});

test("/api/runtime names version and runtime", async ({ gateway }) => {
  const runtime: unknown = await (await fetch(`${gateway.adminUrl}/api/runtime`)).json();
  assert.equal(typeof at(runtime, "build", "version"), "string");
  if (form === "deno") assert.match(JSON.stringify(runtime), /deno/);
  assert.deepEqual(at(runtime, "ui"), { gatewayMode: "standalone", configStoreMode: "file" });
});

async function logging(gateway: Gateway, query = ""): Promise<[number, string]> {
  const response = await fetch(`${gateway.adminUrl}/logging${query}`, { method: "POST" });
  return [response.status, await response.text()];
}

test("/logging changes the level, takes effect at once and resets", async ({ gateway }) => {
  const line = /^current log level is (\S+)\n$/;
  const [status, first] = await logging(gateway);
  assert.equal(status, 200);
  assert.match(first, line);
  await (await postChat(gateway, asked())).text();
  await until("an access log line", () => gateway.accessLogs().length === 1);

  assert.match((await logging(gateway, "?level=request=off"))[1], /request=off/);
  await (await postChat(gateway, asked())).text();
  assert.equal((await logging(gateway, "?reset"))[1], first);
  await (await postChat(gateway, asked())).text();
  await until("another access log line", () => gateway.accessLogs().length >= 2);
  assert.equal(gateway.accessLogs().length, 2);
});

test("/logging refuses what is no level", async ({ gateway }) => {
  for (const level of ["lot", "request=lot", "=debug"]) {
    const [status, text] = await logging(gateway, `?level=${encodeURIComponent(level)}`);
    assert.equal(status, 400, text);
    assert.match(text, /^Invalid level provided: /);
  }
});

test("what changes something wants POST", async ({ gateway }) => {
  for (const path of ["/logging", "/quitquitquit"]) {
    for (const method of ["GET", "PUT", "DELETE"]) {
      const response = await fetch(`${gateway.adminUrl}${path}`, { method });
      await response.text();
      assert.equal(response.status, 405, `${method} ${path}`);
    }
  }
  assert.ok(gateway.child.running);
});

test("metrics come on two equal paths in the classic text format", async ({ gateway }) => {
  for (const path of ["/metrics", "/stats/prometheus"]) {
    const response = await fetch(`${gateway.statsUrl}${path}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    const text = await response.text();
    assert.match(text, /^# HELP agentgateway_/m);
    assert.match(text, /^# TYPE agentgateway_gen_ai_client_token_usage histogram$/m);
  }
  const scrape = await gateway.metrics();
  assert.equal(scrape.value("agentgateway_config_synchronized"), 1);
  assert.equal(scrape.sum("agentgateway_build_info"), 1);
});

test("other paths of the management ports are 404", async ({ gateway }) => {
  for (const base of [gateway.statsUrl, gateway.readyUrl, gateway.adminUrl]) {
    for (const path of ["/nothing", "/metrics/", "/healthz", "/healthz/live", "//"]) {
      const response = await fetch(`${base}${path}`);
      assert.equal(response.status, 404, `${base}${path}`);
      assert.equal(await response.text(), "");
    }
  }
});

test("readiness answers GET only", async ({ gateway }) => {
  const url = `${gateway.readyUrl}/healthz/ready`;
  const response = await fetch(url);
  assert.deepEqual([response.status, await response.text()], [200, "ready\n"]);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
  for (const method of ["POST", "PUT", "DELETE"]) {
    const refused = await fetch(url, { method });
    assert.deepEqual([refused.status, await refused.text()], [405, ""], method);
  }
});

test("a web page cannot steer the admin port", async ({ gateway }) => {
  const port = new URL(gateway.adminUrl).port;
  const refused = [
    { host: `127.0.0.1:${port}`, origin: "http://evil.example" },
    { host: "evil.example" },
  ];
  for (const headers of refused) {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `POST /quitquitquit HTTP/1.1\r\n${fields.join("")}content-length: 0\r\n\r\n`;
    const answer = await rawRequest(gateway.adminUrl, request);
    assert.equal(answer?.status, 403, JSON.stringify(headers));
  }
  assert.ok(gateway.child.running);
});

test("the management servers are bound to the addresses of the config only", async (shared) => {
  const { port } = new URL(shared.gateway.adminUrl);
  const others = Deno.networkInterfaces().filter((one) =>
    one.family === "IPv4" && !one.address.startsWith("127.")
  );
  for (const { address } of others) {
    await assert.rejects(Deno.connect({ hostname: address, port: Number(port) }), address);
  }
});
