import assert from "node:assert/strict";
import { asked, postChat, startChat } from "../support/chat_fixture.ts";
import { form, runGateway } from "../support/gateway.ts";
import { freePorts } from "../support/ports.ts";
import { until, within } from "../support/until.ts";

type Setup = Parameters<typeof startChat>[0];
type Fixture = Awaited<ReturnType<typeof startChat>>;

function testSettings(name: string, setup: Setup, check: (shared: Fixture) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using shared = await startChat(setup);
      await check(shared);
    },
  });
}

/** One request and the line it leaves; `name=value` pairs with spaces only in quoted values. */
async function textLine({ gateway }: Fixture): Promise<string> {
  await (await postChat(gateway, asked())).text();
  return await gateway.child.waitForLine("a line in text form", (line) => {
    return /\trequest gateway=/.test(line) && line;
  });
}

const textLayout = new RegExp(
  String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z\tinfo\trequest gateway=default/default ` +
    String.raw`listener=llm route=internal/llm:request endpoint=127\.0\.0\.1:\d+ ` +
    String.raw`src\.addr=127\.0\.0\.1:\d+ http\.method=POST http\.host=127\.0\.0\.1:\d+ ` +
    String.raw`http\.path=/v1/chat/completions http\.version=HTTP/1\.1 http\.status=200 ` +
    String.raw`protocol=llm gen_ai\.operation\.name=chat gen_ai\.provider\.name=openai ` +
    String.raw`gen_ai\.request\.model=gpt-4o gen_ai\.response\.model=gpt-4o-2024-07-18 .*` +
    String.raw`gen_ai\.usage\.output_tokens=14 .*duration=\d+ms$`,
);

testSettings("logging.format text gives the reference's text layout", {
  settings: { logging: { format: "text" } },
}, async (shared) => assert.match(await textLine(shared), textLayout));

testSettings("LOG_FORMAT wins over the config", {
  environment: { LOG_FORMAT: "text" },
}, async (shared) => assert.match(await textLine(shared), textLayout));

testSettings("an error is quoted in a text line", {
  settings: { logging: { format: "text" } },
}, async ({ gateway }) => {
  await (await postChat(gateway, { model: "gpt-9" })).text();
  const line = await gateway.child.waitForLine("the refusal", (line) => {
    return line.includes("http.status=404") && line;
  });
  assert.match(line, / error="Model not found: .*" reason=DirectResponse duration=\d+ms$/);
});

testSettings("logging.level request=off silences the access log", {
  settings: { logging: { format: "json", level: "info,request=off" } },
}, async ({ gateway, upstream }) => {
  await (await postChat(gateway, asked())).text();
  await fetch(`${gateway.adminUrl}/logging?level=request=info`, { method: "POST" })
    .then((response) => response.text());
  await (await postChat(gateway, asked())).text();
  await until("the second line is there", () => gateway.accessLogs().length > 0);
  assert.equal(gateway.accessLogs().length, 1);
  assert.equal(upstream.records.length, 2);
});

testSettings("an address that is off is not bound", {
  settings: { adminAddr: "off" },
}, async ({ gateway }) => {
  await assert.rejects(fetch(gateway.adminUrl));
  assert.equal((await postChat(gateway, asked())).status, 200);
});

testSettings("ADMIN_ADDR wins over the config", {
  environment: { ADMIN_ADDR: "off" },
}, async ({ gateway }) => {
  await assert.rejects(fetch(gateway.adminUrl));
});

testSettings("metrics.remove leaves a family out", {
  settings: { metrics: { remove: ["gen_ai_server_request_duration", "requests_total"] } },
}, async ({ gateway }) => {
  await (await postChat(gateway, asked())).text();
  const scrape = await until("tokens are counted", async () => {
    const scrape = await gateway.metrics();
    return scrape.sum("agentgateway_gen_ai_client_token_usage_count") > 0 && scrape;
  });
  assert.doesNotMatch(scrape.text, /agentgateway_gen_ai_server_request_duration/);
  assert.doesNotMatch(scrape.text, /agentgateway_requests_total/);
});

const [localPort] = freePorts(1);

testSettings("localhost as an address is every loopback address there is", {
  settings: { adminAddr: `localhost:${localPort}` },
}, async () => {
  const loopbacks = Deno.networkInterfaces().filter(({ name }) => name === "lo");
  assert.ok(loopbacks.length > 0);
  for (const { family, address } of loopbacks) {
    const host = family === "IPv6" ? `[${address}]` : address;
    const response = await fetch(`http://${host}:${localPort}/api/runtime`);
    assert.equal(response.status, 200, await response.text());
  }
});

const socketPath = `${Deno.makeTempDirSync({ prefix: "agentgateway-e2e-" })}/admin.sock`;
globalThis.addEventListener("unload", () => {
  Deno.removeSync(socketPath.replace("/admin.sock", ""), { recursive: true });
});

if (form === "executable") {
  testSettings("an address may be a unix socket, and a stale one is taken over", {
    settings: { adminAddr: `unix:${socketPath}` },
  }, async ({ gateway }) => {
    assert.match(await askSocket(), /^HTTP\/1\.1 200 /);
    gateway.child.signal("SIGKILL");
    await gateway.child.exit;
    assert.ok(Deno.statSync(socketPath).isSocket);
    await using again = await startChat({ settings: { adminAddr: `unix:${socketPath}` } });
    assert.match(await askSocket(), /^HTTP\/1\.1 200 /);
    assert.ok(again.gateway.child.running);
  });
} else {
  Deno.test("a unix socket needs a permission, which the error names", async () => {
    const yaml = `config: {adminAddr: "unix:${socketPath}"}\n` +
      `llm: {port: ${freePorts(1)[0]}, models: []}\n`;
    await using child = runGateway(["-c", yaml], {
      environment: { STATS_ADDR: "off", READINESS_ADDR: "off" },
    });
    const { code, stderr } = await within("the gateway has ended", 15_000, child.exit);
    assert.equal(code, 1);
    assert.match(stderr, /admin\.sock.*--allow-write/);
  });
}

async function askSocket(): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path: socketPath });
  const request = "GET /api/runtime HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  return await new Response(connection.readable).text();
}
