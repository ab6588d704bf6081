import assert from "node:assert/strict";
import { digBlackHole } from "../support/black_hole.ts";
import { messages, postChat } from "../support/chat_fixture.ts";
import { readError } from "../support/error_shape.ts";
import { Gateway } from "../support/gateway.ts";
import { freePorts } from "../support/ports.ts";
import { suite } from "../support/suite.ts";

const test = suite(async () => {
  const hole = await digBlackHole();
  const models = {
    refused: `http://127.0.0.1:${freePorts(1)[0]}/v1`,
    nowhere: "http://no-such-host.invalid/v1",
    hole: `http://127.0.0.1:${hole.port}/v1`,
  };
  const entries = Object.entries(models).map(([name, baseUrl]) =>
    `  - {name: ${name}, provider: openAI, params: {apiKey: sk-x, baseUrl: "${baseUrl}"}}\n`
  );
  const gateway = await Gateway.start({
    settings: { backend: { connectTimeout: "400ms" } },
    yaml: (port) => `llm:\n  port: ${port}\n  models:\n${entries.join("")}`,
  });
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      hole[Symbol.dispose]();
      await gateway[Symbol.asyncDispose]();
    },
  };
});

const claims = {
  "a provider that refuses connections becomes 503": { model: "refused", status: 503 },
  "a provider whose name does not resolve becomes 503": { model: "nowhere", status: 503 },
  "a provider that never answers a connection becomes 504": { model: "hole", status: 504 },
} as const;

for (const [claim, { model, status }] of Object.entries(claims)) {
  for (const stream of [false, true]) {
    test(`${claim}, stream: ${stream}`, async ({ gateway }) => {
      const startedMs = performance.now();
      const error = await readError(await postChat(gateway, { model, messages, stream }));
      assert.equal(error.status, status, error.message);
      assert.equal(error.type, "api_error");
      const line = await gateway.accessLog({
        "gen_ai.request.model": model,
        "http.status": status,
      });
      assert.equal(line.reason, status === 504 ? "Timeout" : "UpstreamFailure");
      assert.equal(typeof line.error, "string");
      if (model === "hole") {
        const tookMs = performance.now() - startedMs;
        assert.ok(tookMs > 350 && tookMs < 3_000, `took ${tookMs} ms`);
      }
    });
  }
}

test("none of them counts tokens", async ({ gateway }) => {
  const scrape = await gateway.metrics();
  assert.deepEqual(scrape.find("agentgateway_gen_ai_client_token_usage_count"), []);
});
