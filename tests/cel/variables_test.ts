import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import {
  apiKeyVariable,
  destinationVariable,
  jwtVariable,
  llmVariable,
  proxyVariable,
  requestVariable,
  responseVariable,
  sourceVariable,
} from "../../src/cel/variables.ts";
import { checkValues, fails } from "./expressions.ts";

const headers = new Headers({ "x-tier": "gold" });

Deno.test("requestVariable() has the members of a request", () => {
  const bytes = new Uint8Array([104, 105]);
  const request = requestVariable({
    method: "POST",
    scheme: "https",
    authority: "example.com:8443",
    path: "/v1/chat",
    query: "?a=1",
    headers,
    version: "HTTP/1.1",
    body: () => bytes,
    startedAtEpochMs: 1_700_000_000_123.25,
    endedAtEpochMs: 1_700_000_000_500,
  });
  checkValues([
    ["request.method", "POST"],
    ["request.uri", "https://example.com:8443/v1/chat?a=1"],
    ["request.host", "example.com:8443"],
    ["request.scheme", "https"],
    ["request.path", "/v1/chat"],
    ["request.pathAndQuery", "/v1/chat?a=1"],
    ["request.version", "HTTP/1.1"],
    ["request.headers", { "x-tier": "gold" }],
    ["string(request.body)", "hi"],
    ["string(request.bodyPrefix)", "hi"],
    ["request.startTime", "2023-11-14T22:13:20.12325Z"],
    ["request.endTime - request.startTime", "0.37675s"],
    ["size(request)", 12],
  ], { request });
});

Deno.test("requestVariable() lacks what is not at hand", () => {
  const request = requestVariable({
    method: "GET",
    scheme: "http",
    authority: "a",
    path: "/",
    query: "",
    headers,
    body: () => undefined,
    bodyPrefix: () => new Uint8Array([97]),
  });
  checkValues([
    ["request.body", fails("request.body is missing")],
    ["string(request.bodyPrefix)", "a"],
    ["has(request.version) || has(request.startTime) || has(request.endTime)", false],
    ["request.nope", fails("request.nope is missing")],
    ["request.constructor", fails("request.constructor is missing")],
    ['request["__proto__"]', fails("request.__proto__ is missing")],
  ], { request });
});

Deno.test("requestVariable() reads its members only when they are looked at", () => {
  let reads = 0;
  const request = requestVariable({
    method: "GET",
    scheme: "http",
    authority: "a",
    path: "/",
    query: "",
    headers,
    body() {
      reads += 1;
      return new Uint8Array([1]);
    },
  });
  assert.equal(compileExpression('request.path == "/"').test({ request }), true);
  assert.equal(reads, 0);
  assert.equal(compileExpression("size(request.body) == 1").test({ request }), true);
  assert.equal(reads, 1);
});

Deno.test("responseVariable() has the members of an answer", () => {
  const response = responseVariable({ status: 503, headers, grpcStatus: 14 });
  checkValues([
    ["response.code / 100", 5],
    ["response.grpcStatus", 14],
    ['response.headers["X-Tier"]', "gold"],
    ["has(response.body)", false],
  ], { response });
});

Deno.test("jwtVariable() and apiKeyVariable() keep secrets redacted", () => {
  const jwt = jwtVariable({ sub: "u", rawToken: "a claim of that name" }, "a.b.c");
  const apiKey = apiKeyVariable({ team: "x" }, "sk-1");
  checkValues([
    ["jwt", { sub: "u", rawToken: "<redacted>" }],
    ["jwt.rawToken.unredacted()", "a.b.c"],
    ["apiKey", { team: "x", key: "<redacted>" }],
    ["apiKey.key.unredacted()", "sk-1"],
  ], { jwt, apiKey });
  assert.equal(JSON.stringify({ jwt, apiKey }).includes("a.b.c"), false);
  assert.equal(`${apiKey["key"]}`, "<redacted>");
  assert.equal(Deno.inspect(apiKey, { showHidden: true }).includes("sk-1"), false);
});

Deno.test("sourceVariable() tells addresses from ports", () => {
  const certificate = { subjectCn: "cn", subjectAltNames: ["a"], issuer: "ca" };
  const source = sourceVariable({ peer: "10.0.0.1:1234", rawPeer: "[::1]:80", certificate });
  checkValues([
    ["source.address", "10.0.0.1"],
    ["source.port + 0", 1234],
    ["source.rawAddress", "::1"],
    ["source.rawPort", 80],
    ["source.subjectCn + source.issuer + source.subjectAltNames[0]", "cncaa"],
    ["has(source.identity)", false],
    ['cidr("10.0.0.0/8").containsIP(source.address)', true],
  ], { source });
  const destination = destinationVariable({ endpoint: "api.test:443", hostname: "api.test" });
  checkValues([
    ["destination", { address: "api.test", port: 443, hostname: "api.test" }],
  ], { destination });
});

Deno.test("proxyVariable() has the parts that a request passed", () => {
  const proxy = proxyVariable({
    bind: "4000",
    gateway: { namespace: "default", name: "g" },
    listener: "l",
    route: { name: "r" },
    upstreamMs: 1.5,
  });
  checkValues([
    ["proxy.gateway.name + proxy.listener.name + proxy.route.name + proxy.bind", "glr4000"],
    ["proxy.upstreamDuration", "0.0015s"],
    ["has(proxy.requestProcessingDuration)", false],
  ], { proxy });
});

Deno.test("llmVariable() has what is known of a call to a model", () => {
  const llm = llmVariable({
    provider: "p",
    requestModel: "m",
    streaming: true,
    params: { temperature: 0.5, max_tokens: 100, seed: 1 },
    prompt: () => [{ role: "user", content: "hi" }],
    responseModel: "m-1",
    serviceTier: "default",
    tokens: { input: 250, cachedInput: 50, output: 20, reasoning: 5, providerInput: 200 },
    timeToFirstTokenMs: 12.5,
    timePerOutputTokenMs: 3,
    completion: () => ["hello"],
    toolCalls: () => [{ id: "1", name: "f", arguments: { a: 1 } }],
    cost: { total: 0.5, input: 0.25, output: undefined },
    costRates: { input: 3 },
  });
  checkValues([
    ["llm.provider + llm.requestModel + llm.responseModel + llm.serviceTier", "pmm-1default"],
    ["llm.streaming", true],
    ["llm.inputTokens / 100", 2],
    ["llm.inputTokens - llm.cachedInputTokens == llm.providerInputTokens", true],
    ["llm.totalTokens", 270],
    ["llm.reasoningTokens", 5],
    ["has(llm.inputAudioTokens) || has(llm.countTokens)", false],
    ["llm.params", { temperature: 0.5, max_tokens: 100, seed: 1 }],
    ["llm.params.max_tokens / 3", 33],
    ['llm.prompt.exists(m, m.role == "user")', true],
    ["llm.completion[0]", "hello"],
    ["llm.toolCalls[0].arguments.a", 1],
    ["llm.timeToFirstToken.getMilliseconds()", 12],
    ["llm.timePerOutputToken < duration('4ms')", true],
    ["llm.cost", { total: 0.5, input: 0.25 }],
    ["has(llm.cost.output)", false],
    ["uint(llm.cost.total * 1000000)", 500000],
    ["llm.costRates.input", 3],
  ], { llm });
  const early = llmVariable({ provider: "p", requestModel: "m", streaming: false });
  checkValues([
    ["early", { provider: "p", requestModel: "m", streaming: false }],
    ["early.cost.total", fails("early.cost.total is missing")],
  ], { early });
});
