import assert from "node:assert/strict";
import type { ApiName } from "../../src/apis/api.ts";
import { connected, urlOf } from "./upstream_call.ts";

const REGIONS: readonly [string | undefined, string][] = [
  [undefined, "https://aiplatform.googleapis.com"],
  ["global", "https://aiplatform.googleapis.com"],
  ["us", "https://aiplatform.us.rep.googleapis.com"],
  ["eu", "https://aiplatform.eu.rep.googleapis.com"],
  ["us-central1", "https://us-central1-aiplatform.googleapis.com"],
  ["europe-west4", "https://europe-west4-aiplatform.googleapis.com"],
];

for (const [region, origin] of REGIONS) {
  Deno.test(`connect() finds Vertex AI in ${region} at ${origin}`, () => {
    const settings = { projectId: "p", ...(region === undefined ? {} : { region }) };
    const vertex = connected("vertex", settings);
    assert.equal(vertex.origin, origin);
    const place = `/v1/projects/p/locations/${region ?? "global"}/endpoints/openapi`;
    assert.ok(urlOf(vertex, "completions").startsWith(origin + place));
  });
}

const MODEL_PATHS: readonly [string, object, ApiName][] = [
  ["gemini", {}, "gemini"],
  ["vertex", { projectId: "p" }, "messages"],
  ["bedrock", { region: "us-east-1" }, "converse"],
  ["azure", { resourceName: "r", resourceType: "openAI", apiVersion: "2024-10-21" }, "completions"],
];

for (const [type, settings, api] of MODEL_PATHS) {
  Deno.test(`paths() of ${type} let no model's name choose another path`, () => {
    const provider = connected(type, settings);
    for (const model of ["..", ".", ""]) {
      assert.throws(() => urlOf(provider, api, { model }), { kind: "invalid-request" }, model);
    }
    const plain = new URL(urlOf(provider, api, { model: "m" })).pathname.split("/").length;
    for (const model of ["a/../b", "a?b=c", "a#b", "a\\b", "%2e%2e", "a%2fb", "a\nb", "\ud800"]) {
      const { pathname, hash } = new URL(urlOf(provider, api, { model }));
      assert.equal(pathname.split("/").length, plain, model);
      assert.equal(hash, "");
    }
  });
}

Deno.test("connect() says which providers keep a client's path, and which drop its version", () => {
  const settings: Readonly<Record<string, object>> = {
    openAI: {},
    anthropic: {},
    gemini: {},
    vertex: { projectId: "p" },
    bedrock: { region: "us-east-1" },
    azure: { resourceName: "r", resourceType: "openAI" },
    custom: { formats: [{ type: "completions" }] },
    mock: {},
  };
  const rules = Object.entries(settings).map(([type, one]) => {
    const { keepsClientPath, dropsVersion } = connected(type, one).paths;
    return [type, keepsClientPath, dropsVersion];
  });
  assert.deepEqual(rules, [
    ["openAI", true, true],
    ["anthropic", true, true],
    ["gemini", true, false],
    ["vertex", true, false],
    ["bedrock", true, false],
    ["azure", true, false],
    ["custom", false, false],
    ["mock", false, true],
  ]);
});
