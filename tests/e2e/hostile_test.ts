import assert from "node:assert/strict";
import fc from "fast-check";
import { asked, messages, postChat, startChat } from "../support/chat_fixture.ts";
import { llmConfig, modelEntry } from "../support/configs.ts";
import { checkShape } from "../support/error_shape.ts";
import { Gateway } from "../support/gateway.ts";
import { hostileBytes, type HostileRequest, hostileRequests } from "../support/hostile_input.ts";
import { at } from "../support/json.ts";
import { rawRequest } from "../support/raw_http.ts";
import { inParallel } from "../support/sse_client.ts";
import { suite } from "../support/suite.ts";
import { until, within } from "../support/until.ts";

const test = suite(() => startChat({ upstream: { lenient: true } }));

/** The seed is part of fast-check's message when a property fails. */
const seed = Number(Deno.env.get("AGENTGATEWAY_E2E_SEED") ?? 20260821);
const answerWithinMs = 5_000;

test("1,500 hostile requests are served or refused in shape", async ({ gateway }) => {
  const property = fc.asyncProperty(hostileRequests, async (request) => {
    const response = await within("an answer", answerWithinMs, send(gateway, request));
    const text = await within("its end", answerWithinMs, response.text());
    const about = `${response.status} ${text.slice(0, 300)}`;
    assert.ok(response.status < 500, about);
    if (response.status >= 400) assertErrorShape(request.path, text, about);
  });
  await fc.assert(property, { numRuns: 1_500, seed, endOnFailure: true });
});

function send(
  gateway: Gateway,
  { method, path, headers, body }: HostileRequest,
): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { method, headers, body, redirect: "manual" });
}

function assertErrorShape(path: string, text: string, about: string): void {
  const [pathname = ""] = path.split("?");
  const body: unknown = JSON.parse(text);
  if (/\/v1\/messages$/.test(pathname)) {
    assert.equal(at(body, "type"), "error", about);
    assert.equal(typeof at(body, "error", "message"), "string", about);
  } else if (/:(streamGenerateContent|generateContent|countTokens)$/.test(pathname)) {
    assert.equal(typeof at(body, "error", "code"), "number", about);
    assert.equal(typeof at(body, "error", "message"), "string", about);
  } else {
    checkShape(body, about);
  }
}

test("700 hostile byte sequences are answered or hung up on", async ({ gateway }) => {
  const property = fc.asyncProperty(hostileBytes, async (bytes) => {
    const options = { halfClose: true, timeoutMs: answerWithinMs };
    const answer = await rawRequest(gateway.url, bytes, options);
    if (answer === undefined || answer.status < 400) return;
    const about = `${answer.status} ${answer.body.slice(0, 300)}`;
    // What the HTTP parser of the runtime cannot make out has no API whose shape it could have;
    // Bun's calls some of it an HTTP version that it does not support, which is 505.
    if (answer.body === "") assert.ok([400, 413, 414, 431, 505].includes(answer.status), about);
    else checkShape(JSON.parse(answer.body), about);
    assert.ok(answer.status < 500 || answer.body === "", about);
  });
  await fc.assert(property, { numRuns: 700, seed, endOnFailure: true });
});

test("a client that sends slowly or stops does not hold up others", async ({ gateway }) => {
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
    "content-length: 1000\r\n\r\n{";
  const port = Number(new URL(gateway.url).port);
  const stuck = await Promise.all(
    Array.from({ length: 100 }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
  for (const [index, connection] of stuck.entries()) {
    await connection.write(new TextEncoder().encode(head.slice(0, 1 + index * 2)));
  }
  const response = await within("an answer", 1_000, postChat(gateway, asked()));
  assert.equal(response.status, 200, await response.text());
  for (const connection of stuck) connection.close();
});

test("nothing of that was the gateway's own fault, and it still answers", async (shared) => {
  const { gateway } = shared;
  assert.ok(gateway.child.running);
  const response = await postChat(gateway, asked());
  assert.equal(response.status, 200, await response.text());
  const faults = gateway.accessLogs().filter((line) => line.reason === "Internal");
  assert.deepEqual(faults, []);
  assert.deepEqual(gateway.child.stderr, []);
});

test("label values do not grow with what clients send (D7)", async ({ gateway }) => {
  const scrape = await gateway.metrics();
  for (const label of ["method", "status", "reason", "gen_ai_request_model", "route"]) {
    const values = new Set(
      scrape.find("agentgateway_requests_total").map((sample) => sample.labels[label]),
    );
    assert.ok(values.size < 50, `${label}: ${[...values]}`);
  }
});

test("600 model names fold into `other`, and none is lost (D7)", async (shared) => {
  await using gateway = await Gateway.start({
    yaml: (port) => llmConfig(port, modelEntry("*", shared.upstream)),
  });
  await inParallel(600, 8, async (index) => {
    await (await postChat(gateway, { model: `model-${index}`, messages })).text();
  });
  const name = "agentgateway_gen_ai_client_token_usage_count";
  const scrape = await until("all are counted", async () => {
    const scrape = await gateway.metrics();
    return scrape.sum(name, { gen_ai_token_type: "input" }) === 600 && scrape;
  });
  for (const label of ["gen_ai_request_model", "gen_ai_response_model"]) {
    const values = new Set(scrape.find(name).map((sample) => sample.labels[label]));
    assert.ok(values.size <= 257, `${values.size} values of ${label}`);
    assert.ok(values.has("other"), `${label} has no "other"`);
  }
});
