import assert from "node:assert/strict";
import type { ApiName } from "../../src/apis/api.ts";
import { connected, headersAfter } from "./upstream_call.ts";

const AZURE = { resourceName: "r", resourceType: "openAI" };
const DATED = { ...AZURE, apiVersion: "2024-10-21" };

const NAMES: readonly [string, object, string][] = [
  ["openAI", {}, "openai"],
  ["anthropic", {}, "anthropic"],
  ["gemini", {}, "gcp.gemini"],
  ["vertex", { projectId: "p" }, "gcp.vertex_ai"],
  ["bedrock", { region: "us-east-1" }, "aws.bedrock"],
  ["azure", AZURE, "azure"],
  ["mock", {}, "mock"],
];

for (const [type, settings, name] of NAMES) {
  Deno.test(`connect() calls ${type} ${name}, and keeps a configured model`, () => {
    assert.equal(connected(type, settings).name, name);
    assert.equal("model" in connected(type, settings), false);
    assert.equal(connected(type, { ...settings, model: "m" }).model, "m");
  });
}

const AUTH: readonly [string, object, object | undefined][] = [
  ["openAI", {}, undefined],
  ["anthropic", {}, undefined],
  ["gemini", {}, undefined],
  ["vertex", { projectId: "p" }, { type: "gcp" }],
  ["bedrock", { region: "eu-west-1" }, {
    type: "aws",
    region: "eu-west-1",
    serviceName: "bedrock",
  }],
  ["azure", AZURE, { type: "azure", scope: "https://cognitiveservices.azure.com/.default" }],
  ["mock", {}, undefined],
];

for (const [type, settings, auth] of AUTH) {
  Deno.test(`connect() knows the ambient identity for ${type}`, () => {
    assert.deepEqual(connected(type, settings).auth, auth);
  });
}

/** Type, settings, key, API, and the header that the key goes to; none for a bearer token. */
const KEYS: readonly [string, object, string, ApiName | undefined, string | undefined][] = [
  ["openAI", {}, "sk-x", "completions", undefined],
  ["anthropic", {}, "sk-ant-api03-x", "messages", "x-api-key"],
  ["anthropic", {}, "sk-ant-api03-x", undefined, "x-api-key"],
  ["anthropic", {}, "sk-ant-oat01-x", "messages", undefined],
  ["gemini", {}, "AIzaX", "gemini", "x-goog-api-key"],
  ["gemini", {}, "AIzaX", "geminiCount", "x-goog-api-key"],
  ["gemini", {}, "AIzaX", undefined, "x-goog-api-key"],
  ["gemini", {}, "AIzaX", "completions", undefined],
  ["gemini", {}, "AIzaX", "embeddings", undefined],
  ["gemini", {}, "ya29.x", "gemini", undefined],
  ["vertex", { projectId: "p" }, "ya29.x", "gemini", undefined],
  ["bedrock", { region: "us-east-1" }, "k", "converse", undefined],
  ["azure", AZURE, "k", "completions", undefined],
  ["azure", { ...AZURE, apiVersion: "preview" }, "k", "completions", undefined],
  ["azure", DATED, "k", "completions", "api-key"],
  ["azure", DATED, "k", undefined, "api-key"],
];

for (const [type, settings, key, api, header] of KEYS) {
  Deno.test(`placeKey() of ${type} puts ${key} for ${api} into ${header ?? "bearer"}`, () => {
    const place = connected(type, settings).placeKey?.(key, api);
    assert.deepEqual(place, header === undefined ? undefined : { header });
  });
}

const BROWSER = {
  origin: "https://a",
  "access-control-request-method": "POST",
  "access-control-request-headers": "x",
  "sec-fetch-mode": "cors",
  "sec-fetch-site": "cross-site",
};
const OWN = { "anthropic-beta": "b", "x-other": "o", "user-agent": "u" };
const VERSION = { "anthropic-version": "2023-06-01" };

Deno.test("editHeaders() of anthropic names the version and drops what browsers add", () => {
  const newer = { "anthropic-version": "2099-01-01" };
  const sent = { ...BROWSER, ...OWN, ...newer };
  const anthropic = connected("anthropic");
  assert.deepEqual(headersAfter(anthropic, sent, { forwarded: false }), { ...OWN, ...VERSION });
  assert.deepEqual(headersAfter(anthropic, sent, { forwarded: true }), { ...OWN, ...newer });
  assert.deepEqual(headersAfter(anthropic, OWN, { forwarded: true }), { ...OWN, ...VERSION });
});

Deno.test("editHeaders() of azure names the version for Claude only", () => {
  const azure = connected("azure", { resourceName: "r", resourceType: "foundry" });
  for (const api of ["messages", "messagesCount"] as const) {
    assert.deepEqual(headersAfter(azure, { ...OWN, ...BROWSER }, { api }), {
      ...OWN,
      ...BROWSER,
      ...VERSION,
    });
  }
  assert.deepEqual(headersAfter(azure, OWN, { api: "responses" }), OWN);
});

Deno.test("editHeaders() of custom brings a version to Anthropic's API where there is none", () => {
  const custom = connected("custom", { formats: [{ type: "messages" }] });
  assert.deepEqual(headersAfter(custom, OWN, { api: "messages" }), { ...OWN, ...VERSION });
  assert.deepEqual(headersAfter(custom, OWN, { api: "messagesCount" }), { ...OWN, ...VERSION });
  const sent = { "anthropic-version": "2099-01-01" };
  assert.deepEqual(headersAfter(custom, sent, { api: "messages" }), sent);
  assert.deepEqual(headersAfter(custom, OWN, { api: "completions" }), OWN);
});

Deno.test("editHeaders() of bedrock drops what is not for it", () => {
  const bedrock = connected("bedrock", { region: "us-east-1" });
  const sent = { ...OWN, conversation_id: "c", session_id: "s", "x-bedrock-metadata": "{}" };
  assert.deepEqual(headersAfter(bedrock, sent, { api: "converse" }), OWN);
});

for (
  const [type, settings] of [["openAI", {}], ["gemini", {}], ["vertex", {
    projectId: "p",
  }]] as const
) {
  Deno.test(`editHeaders() of ${type} leaves a client's headers alone`, () => {
    const sent = { ...OWN, ...BROWSER, conversation_id: "c" };
    assert.deepEqual(headersAfter(connected(type, settings), sent), sent);
  });
}
