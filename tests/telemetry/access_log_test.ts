import assert from "node:assert/strict";
import fc from "fast-check";
import type { Facts } from "../../src/gateway/facts.ts";
import { accessLog } from "../../src/telemetry/access_log.ts";
import type { LogFormat } from "../../src/telemetry/log.ts";
import { createLogLevels } from "../../src/telemetry/log_levels.ts";
import { maskedPath } from "../../src/telemetry/masked_path.ts";
import { chatFacts, plainFacts } from "./facts.ts";

Deno.test("accessLog() writes a chat completion as the reference does", () => {
  assert.equal(
    lineOf("text", chatFacts()),
    "2026-08-21T10:00:00.59908Z\tinfo\trequest gateway=default/default listener=llm " +
      "route=internal/llm:request endpoint=api.openai.com:443 src.addr=127.0.0.1:50000 " +
      "http.method=POST http.host=localhost http.path=/v1/chat/completions " +
      "http.version=HTTP/1.1 http.status=200 protocol=llm gen_ai.operation.name=chat " +
      "gen_ai.provider.name=openai gen_ai.request.model=gpt-4o-mini " +
      "gen_ai.response.model=gpt-4o-mini-2024-07-18 gen_ai.usage.input_tokens=21 " +
      "gen_ai.usage.cache_read.input_tokens=0 gen_ai.usage.output_tokens=14 " +
      "usage_source=provider duration=812ms",
  );
});

Deno.test("accessLog() writes JSON with flat keys in the same order", () => {
  assert.equal(
    lineOf("json", chatFacts()),
    '{"level":"info","time":"2026-08-21T10:00:00.59908Z","scope":"request",' +
      '"gateway":"default/default","listener":"llm","route":"internal/llm:request",' +
      '"endpoint":"api.openai.com:443","src.addr":"127.0.0.1:50000","http.method":"POST",' +
      '"http.host":"localhost","http.path":"/v1/chat/completions","http.version":"HTTP/1.1",' +
      '"http.status":200,"protocol":"llm","gen_ai.operation.name":"chat",' +
      '"gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-4o-mini",' +
      '"gen_ai.response.model":"gpt-4o-mini-2024-07-18","gen_ai.usage.input_tokens":21,' +
      '"gen_ai.usage.cache_read.input_tokens":0,"gen_ai.usage.output_tokens":14,' +
      '"usage_source":"provider","duration":"812ms"}',
  );
});

Deno.test("accessLog() writes every field that facts can give, in order", () => {
  const { "http.path": _path, ...fields } = parsedText(lineOf("text", fullFacts()));
  assert.deepEqual(Object.entries(fields).map(([key, value]) => `${key}=${value}`), [
    "gateway=default/default",
    "listener=llm",
    "route_rule=rule",
    "route=internal/llm:request",
    "endpoint=api.openai.com:443",
    "src.addr=127.0.0.1:50000",
    "http.method=POST",
    "http.host=localhost",
    "http.version=HTTP/1.1",
    "http.status=504",
    "protocol=llm",
    "gen_ai.operation.name=chat",
    "gen_ai.provider.name=openai",
    "gen_ai.request.model=gpt-4o-mini",
    "gen_ai.response.model=gpt-4o-mini-2024-07-18",
    "gen_ai.usage.input_tokens=1",
    "gen_ai.usage.cache_creation.input_tokens=4",
    "gen_ai.usage.cache_read.input_tokens=3",
    "gen_ai.usage.output_tokens=100",
    "gen_ai.usage.reasoning_tokens=5",
    "usage_source=estimated",
    "agw.ai.time_to_first_token=0.012346",
    "agw.ai.time_per_output_token=0.008006",
    "gen_ai.request.temperature=0",
    "gen_ai.request.top_p=0.0000001",
    "gen_ai.request.max_tokens=100",
    "gen_ai.request.frequency_penalty=-0.5",
    "gen_ai.request.presence_penalty=2",
    "gen_ai.request.seed=1000000000000000000000",
    "error=upstream call timeout",
    "reason=Timeout",
    "duration=812ms",
  ]);
});

Deno.test("accessLog() leaves out what a refused request lacks, and quotes its error", () => {
  assert.equal(
    lineOf("text", plainFacts({ error: "route_not_found" })),
    "2026-08-21T10:00:00.59908Z\tinfo\trequest gateway=default/default " +
      "src.addr=127.0.0.1:50000 http.method=POST http.host=localhost " +
      "http.path=/v1/chat/completions http.version=HTTP/1.1 http.status=404 protocol=http " +
      'error="route_not_found" reason=NotFound duration=812ms',
  );
});

Deno.test("R9 accessLog() tells the tokens so far of a stream that its client left", () => {
  const line = lineOf(
    "text",
    chatFacts(
      { status: 499, ending: "client-gone", reason: "UpstreamFailure" },
      { usage: { inputTokens: 21, outputTokens: 3 }, usageSource: "partial", streaming: true },
    ),
  );
  const fields = parsedText(line);
  assert.equal(fields["http.status"], "499");
  assert.equal(fields["gen_ai.usage.output_tokens"], "3");
  assert.equal(fields["usage_source"], "partial");
});

Deno.test("accessLog() gives no pace for an answer without tokens", () => {
  const llm = { usage: { outputTokens: 0 }, firstTokenMs: 5100 };
  const fields = parsedText(lineOf("text", chatFacts({}, llm)));
  assert.equal(fields["agw.ai.time_to_first_token"], "0.1");
  assert.equal("agw.ai.time_per_output_token" in fields, false);
});

Deno.test("accessLog() masks secrets in the query", () => {
  const fields = parsedText(lineOf("text", plainFacts({ path: "/v1/models?key=S3CR3T&a=1" })));
  assert.equal(fields["http.path"], "/v1/models?key=***&a=1");
});

Deno.test("accessLog() writes nothing while its scope is off", () => {
  const levels = createLogLevels(new Map([["request", "off"]]));
  const lines: string[] = [];
  const log = accessLog({ format: "text", levels, write: (line) => void lines.push(line) });
  log.settled(plainFacts());
  assert.deepEqual(lines, []);
  levels.add(new Map([["request", "info"]]));
  log.settled(plainFacts());
  assert.equal(lines.length, 1);
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...' "\\=\n\r\t\u0000\u001b\u0085\u2028\ud800\udc00{},a') }),
  fc.constantFrom("x http.status=200", '"', "a\n2026-08-21T10:00:00.0Z\tinfo\trequest x=y"),
);

Deno.test("accessLog() cannot be made to forge a line or a field", () => {
  const property = fc.property(hostile, hostile, hostile, hostile, (path, model, host, error) => {
    const facts = chatFacts({ path, host, method: host, error }, {
      requestModel: model,
      responseModel: model,
    });
    const text = lineOf("text", facts);
    assert.doesNotMatch(text.replace(/^(\S+)\t(\w+)\t/, ""), /[\p{C}\p{Zl}\p{Zp}]/u);
    const json = lineOf("json", facts);
    assert.doesNotMatch(json, /[\p{C}\p{Zl}\p{Zp}]/u);
    for (const fields of [parsedText(text), JSON.parse(json)]) {
      assert.equal(fields["http.path"], maskedPath(path));
      assert.equal(fields["http.method"], host);
      assert.equal(fields["http.host"], host);
      assert.equal(fields["gen_ai.request.model"], model);
      assert.equal(fields["gen_ai.response.model"], model);
      assert.equal(fields["error"], error);
      assert.equal(`${fields["http.status"]}`, "200");
    }
  });
  fc.assert(property, { numRuns: 500 });
});

/** Facts of which every field is known. */
function fullFacts(): Facts {
  return chatFacts(
    { routeRule: "rule", error: "upstream call timeout", reason: "Timeout", status: 504 },
    {
      usage: {
        inputTokens: 1,
        outputTokens: 100,
        cacheReadTokens: 3,
        cacheWriteTokens: 4,
        reasoningTokens: 5,
      },
      usageSource: "estimated",
      firstTokenMs: 5012.3456789,
      parameters: {
        temperature: 0,
        topP: 1e-7,
        maxTokens: 100,
        frequencyPenalty: -0.5,
        presencePenalty: 2,
        seed: 1e21,
      },
    },
  );
}

function lineOf(format: LogFormat, facts: Facts): string {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  accessLog({ format, levels: createLogLevels(), write }).settled(facts);
  assert.equal(lines.length, 1);
  return lines.join();
}

/** Reads a line as a log collector would: each field once, and nothing between the fields. */
function parsedText(line: string): Readonly<Record<string, string>> {
  const [, , rest = "", ...more] = line.split("\t");
  assert.ok(rest.startsWith("request "));
  assert.deepEqual(more, []);
  const fields: Record<string, string> = {};
  const left = rest.slice("request".length).replace(
    / ([\w.]+)=("(?:[^"\\]|\\.)*"|[^ "]+)/gy,
    (_, key: string, value: string) => {
      assert.equal(key in fields, false, `${key} twice`);
      fields[key] = value.startsWith('"') ? JSON.parse(value) : value;
      return "";
    },
  );
  assert.equal(left, "");
  return fields;
}
