/** What an editor with yaml-language-server makes of schema/config.json. */
import assert from "node:assert/strict";
import { LanguageServer } from "./language_server.ts";

const HEAD = `# yaml-language-server: $schema=${new URL(
  "../../schema/config.json",
  import.meta.url,
)}`;

/** A file whose cursor is marked with `|`. */
function withCursor(uri: string, marked: string) {
  const text = `${HEAD}\n${marked}`;
  const before = text.slice(0, text.indexOf("|")).split("\n");
  return {
    text: text.replace("|", ""),
    question: {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    },
  };
}

Deno.test("schema/config.json serves yaml-language-server", async (test) => {
  await using server = await LanguageServer.start();
  for (const [claim, check] of CHECKS) await test.step(claim, () => check(server));
});

const CHECKS: readonly [string, (server: LanguageServer) => Promise<void>][] = [
  ["it accepts a configuration that holds", acceptsGood],
  ["it reports unknown keys and wrong choices", reportsBad],
  ["it completes keys with their descriptions", completesKeys],
  ["it completes keys with their defaults", completesDefaults],
  ["it completes choices", completesChoices],
  ["it describes a key on hover", describesKeys],
];

async function acceptsGood(server: LanguageServer): Promise<void> {
  const found = await server.open(
    "file:///good.yaml",
    [
      HEAD,
      "gateways: {default: {port: 4000}}",
      "llm:",
      "  models:",
      "  - name: gpt-*",
      "    provider: openai",
      "    params: {apiKey: $KEY}",
      "  - name: local",
      "    provider: {custom: {formats: [{type: completions}]}}",
      "    params: {baseUrl: 'http://localhost:8000/v1', apiKey: {file: /run/key}}",
      "routes:",
      "- matches: [{path: {exact: /x}, headers: [{name: a, value: {regex: b}}]}]",
      "  backends: [{host: 'a:1', weight: 2}, {ai: {name: a, provider: {openAI: {}}}}]",
    ].join("\n"),
  );
  assert.deepEqual(found, []);
}

async function reportsBad(server: LanguageServer): Promise<void> {
  const found = await server.open(
    "file:///bad.yaml",
    [
      HEAD,
      "gatways: {}",
      "config:",
      "  logging: {format: xml}",
      "llm:",
      "  models:",
      "  - name: m",
      "    provider: opnai",
      "    prams: {}",
      "  - provider: mock",
    ].join("\n"),
  );
  assert.ok(Array.isArray(found));
  const lines = found.map(({ range, message }) => `${range.start.line + 1}: ${message}`).sort();
  assert.deepEqual(lines.map((line) => line.slice(0, 58)), [
    '10: Missing property "name".',
    "2: Property gatways is not allowed.",
    '4: Value is not accepted. Valid values: "text", "json".',
    '8: Value is not accepted. Valid values: "openAI", "openai"',
    "9: Property prams is not allowed.",
  ]);
}

async function completesKeys(server: LanguageServer): Promise<void> {
  const uri = "file:///complete.yaml";
  const { text, question } = withCursor(uri, "llm:\n  models:\n  - name: m\n    |\n");
  await server.open(uri, text);
  const { items } = Object(await server.request("textDocument/completion", question));
  assert.ok(Array.isArray(items));
  const find = (label: string) => items.find((item) => item.label === label);
  assert.equal(find("provider")?.documentation, "Who serves it.");
  assert.ok(find("visibility"));
  assert.equal(find("name"), undefined); // it is there already
}

async function completesDefaults(server: LanguageServer): Promise<void> {
  const uri = "file:///default.yaml";
  const { text, question } = withCursor(uri, "config:\n  backend:\n    |\n");
  await server.open(uri, text);
  const { items } = Object(await server.request("textDocument/completion", question));
  assert.ok(Array.isArray(items));
  const texts = items.map(({ insertText }) => insertText);
  assert.ok(texts.includes("connectTimeout: ${1:10s}"), texts.join());
}

async function completesChoices(server: LanguageServer): Promise<void> {
  const uri = "file:///choose.yaml";
  const { text, question } = withCursor(uri, "config:\n  logging:\n    format: |\n");
  await server.open(uri, text);
  const { items } = Object(await server.request("textDocument/completion", question));
  assert.ok(Array.isArray(items));
  assert.deepEqual(items.map(({ label }) => label).sort(), ["json", "text"]);
}

async function describesKeys(server: LanguageServer): Promise<void> {
  const uri = "file:///hover.yaml";
  const { text, question } = withCursor(
    uri,
    "frontendPolicies:\n  http:\n    max|BufferSize: 1\n",
  );
  await server.open(uri, text);
  const { contents } = Object(await server.request("textDocument/hover", question));
  assert.match(contents.value, /Largest request body, in bytes, that the gateway reads/);
}
