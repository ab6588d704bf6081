import assert from "node:assert/strict";
import { complaints, loaded, type Variables } from "./checked.ts";

interface Case {
  readonly text: string;
  readonly variables?: Variables;
  readonly expected: readonly string[];
}

function check(cases: readonly Case[]): void {
  for (const { text, variables, expected } of cases) {
    assert.deepEqual(complaints(text, variables), expected, text);
  }
}

Deno.test("loadConfig() fills in the defaults", () => {
  assert.deepEqual(loaded("{}").config, {
    config: {
      adminAddr: "localhost:15000",
      enableIpv6: true,
      logging: { level: "info", format: "text" },
      metrics: { remove: [] },
      backend: { connectTimeout: "10s", poolIdleTimeout: "90s" },
      connectionMinTerminationDeadline: "0s",
      modelCatalog: [],
      customFunctions: "",
      state: {},
    },
    gateways: {},
    policies: [],
    routes: [],
    binds: [],
    backends: [],
    frontendPolicies: { http: { maxBufferSize: 2_097_152 }, tls: { handshakeTimeout: "15s" } },
  });
});

Deno.test("loadConfig() reports all kinds of mistakes at once, in the order of the file", () => {
  const text = `
confg: {}
llm:
  port: 99999
  models:
  - name: a*b
    provider: opnAI
    params: {apiKey: "$UNSET", modle: x}
    extProc: {}
  - provider: !custom mock
    visibility: hidden
  - name: m
    name: n
    provider: mock
config:
  logging: {level: inf, format: xml}
  statsAddr: 0.0.0.0
mcp: {}
`;
  assert.deepEqual(complaints(text), [
    '2:1: confg: unknown key "confg" (did you mean config?)',
    "4:9: llm.port: expected a whole number from 1 to 65535, found 99999",
    '6:11: llm.models[0].name: must be a name with at most one "*", at its beginning or end',
    '7:15: llm.models[0].provider: expected "openAI", "openai", "anthropic", "gemini", ' +
    '"vertex", "bedrock", "azure", "mock", "cohere", "ollama", "baseten", "cerebras", ' +
    '"deepinfra", "deepseek", "groq", "huggingface", "mistral", "openrouter", "togetherai", "xai" or "fireworks", found "opnAI" (did you mean "openAI"?)',
    "8:22: llm.models[0].params.apiKey: environment variable UNSET is not set " +
    "(use ${UNSET:-default} to give a default)",
    '8:32: llm.models[0].params.modle: unknown key "modle" (did you mean model?)',
    '9:5: llm.models[0].extProc: unknown key "extProc"',
    "10:5: llm.models[1].name: required key is missing",
    "10:15: tags are not supported",
    '11:17: llm.models[1].visibility: expected "public" or "internal", found "hidden"',
    "13:5: llm.models[2].name: duplicate key",
    "16:20: config.logging.level: expected off, error, warn, info, debug, trace or module=level, " +
    'found "inf" (did you mean "info"?)',
    '16:33: config.logging.format: expected "text" or "json", found "xml"',
    '17:14: config.statsAddr: expected "ip:port", "localhost:port", "unix:/path" or "off", ' +
    'found "0.0.0.0"',
    "18:1: mcp: not supported yet: mcp",
  ]);
});

Deno.test("loadConfig() reports broken syntax alone, without quoting the text", () => {
  check([
    {
      text: "llm: [\nprot: 1",
      expected: [
        "2:1: invalid YAML: Flow sequence in block collection must be sufficiently indented " +
        "and end with a ]",
      ],
    },
    {
      text: "a: b: c",
      expected: ["1:4: invalid YAML: Nested mappings are not allowed in compact mappings"],
    },
    { text: "a: 'x", expected: ["1:6: invalid YAML: Missing closing 'quote"] },
    {
      text: "a: |hush",
      expected: ["1:5: invalid YAML: Block scalar header includes extra characters"],
    },
    {
      text: 'a: "\\hush"',
      expected: ["1:5: invalid YAML: unknown escape sequence in a double-quoted string"],
    },
    {
      text: "a:\n\t- b\nc: 'x",
      expected: [
        "2:1: invalid YAML: Tabs are not allowed as indentation",
        "3:6: invalid YAML: Missing closing 'quote",
      ],
    },
    { text: "{}\n---\n{}", expected: ["2:1: must be a single YAML document"] },
    { text: "? [a, b]\n: c", expected: ["1:3: keys must be plain strings"] },
    {
      text: "x".repeat(17_000_000),
      expected: ["1:1: must not be longer than 16777216 characters"],
    },
  ]);
});

Deno.test("loadConfig() reports what the parser only warns of", () => {
  check([
    { text: "config: !secret {}", expected: ["1:9: tags are not supported"] },
    { text: "%HUSH x\n---\n{}", expected: ["1:1: invalid YAML: unknown directive"] },
  ]);
});

Deno.test("loadConfig() reads YAML 1.2: yes and on are texts", () => {
  const text = "%YAML 1.1\n---\nconfig: {enableIpv6: yes}";
  check([{
    text,
    expected: ['3:22: config.enableIpv6: expected true or false, found "yes"'],
  }]);
});

Deno.test("loadConfig() follows anchors, and finds mistakes where they are written", () => {
  const text = `
binds:
- port: 1
  listeners: &listeners
  - routes: [{backends: [{host: a}]}]
- port: 2
  listeners: *listeners
- port: *nowhere
  listeners: &self [{routes: *self}]
`;
  assert.deepEqual(complaints(text), [
    "5:33: binds[0].listeners[0].routes[0].backends[0].host: must be host:port",
    "5:33: binds[1].listeners[0].routes[0].backends[0].host: must be host:port",
    "8:9: binds[2].port: no anchor of that name stands before it",
    "9:30: binds[2].listeners[0].routes: must not refer to what it is a part of",
  ]);
  const shared = "config: {connectionTerminationDeadline: &d 7s, backend: {connectTimeout: *d}}";
  assert.equal(loaded(shared).config.config.backend.connectTimeout, "7s");
});

Deno.test("loadConfig() bounds what aliases and nesting can make of a file", () => {
  const letters = [..."abcdefghijk"];
  const bomb = letters.map((letter, index) => {
    const item = index === 0 ? "x" : `*${letters[index - 1]}`;
    return `    ${letter}: &${letter} [${Array(10).fill(item).join(", ")}]`;
  });
  const model = "llm:\n  models:\n  - name: m\n    provider: mock\n    defaults:\n  ";
  const [first] = complaints(model + bomb.map((line) => `  ${line}`).join("\n  "));
  assert.match(first ?? "", /defaults\.f\[\d\]: aliases must not make more than 500000 values/);

  const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
  assert.match(complaints(`${model}    a: ${deep}`)[0] ?? "", /nested deeper than 100 levels$/);
  assert.match(complaints(`a: ${"[".repeat(20_000)}`)[0] ?? "", /nested too deeply to be read$/);
});

Deno.test("loadConfig() refuses keys that JavaScript gives a meaning, and merge keys", () => {
  const text = `
gateways:
  __proto__: {port: 1}
  constructor: {port: 2}
  prototype: {port: 3}
llm:
  models:
  - {name: m, provider: mock, defaults: {<<: {a: 1}, toString: kept}}
`;
  assert.deepEqual(complaints(text), [
    "3:3: gateways.__proto__: must not be the name of anything: __proto__ is reserved",
    "4:3: gateways.constructor: must not be the name of anything: constructor is reserved",
    "5:3: gateways.prototype: must not be the name of anything: prototype is reserved",
    '8:42: llm.models[0].defaults["<<"]: merge keys are not supported; ' +
    "repeat the keys, or use an alias",
  ]);
});

Deno.test("loadConfig() wants a mapping at the root", () => {
  const empty =
    "1:1: the file is empty: expected a mapping with llm, gateways and routes, or binds";
  check([
    { text: "", expected: [empty] },
    { text: "# nothing\n", expected: [empty] },
    { text: "---\n", expected: [empty.replace("1:1", "1:4")] },
    { text: "hello", expected: ["1:1: expected a mapping, found a string"] },
    { text: "- 1", expected: ["1:1: expected a mapping, found a list"] },
    { text: "3", expected: ["1:1: expected a mapping, found 3"] },
  ]);
});

Deno.test("loadConfig() places lines and columns in files with CRLF and a byte order mark", () => {
  check([
    { text: "config: {}\r\nprot: 1\r\n", expected: ['2:1: prot: unknown key "prot"'] },
    { text: "\ufeffconfig: {}", expected: [] },
  ]);
});

Deno.test("loadConfig() takes a key without a value for absent, if it is optional", () => {
  check([
    { text: "config:\nllm:\n  port:\n  models: []", expected: [] },
    { text: "llm:\n  models:", expected: ["2:3: llm.models: expected a list, found nothing"] },
    {
      text: "gateways:\n  a:",
      expected: ["2:3: gateways.a: expected a mapping, found nothing"],
    },
  ]);
});

Deno.test("Loaded.locate() finds values, keys, items and what is missing", () => {
  const { locate } = loaded("gateways:\n  a:\n    port: 1\nroutes:\n- gateways: [a, b]\n");
  const place = (path: readonly (string | number)[], at?: "key" | "value") => {
    const { file, line, column, path: text } = locate({
      path,
      message: "m",
      ...(at === undefined ? {} : { at }),
    });
    return `${file}:${line}:${column} ${text}`;
  };
  assert.equal(place(["gateways", "a", "port"]), "f:3:11 gateways.a.port");
  assert.equal(place(["gateways", "a", "port"], "key"), "f:3:5 gateways.a.port");
  assert.equal(place(["routes", 0, "gateways", 1]), "f:5:17 routes[0].gateways[1]");
  assert.equal(place(["routes", 0, "name"]), "f:5:3 routes[0].name");
  assert.equal(place(["llm"]), "f:1:1 llm");
  assert.equal(place([]), "f:1:1 ");
});
