import assert from "node:assert/strict";
import { complaints } from "./checked.ts";

const MISTAKEN = `
llm:
  providers:
  - name: shared
    provider: vertex
    params: {vertexRegion: eu}
  models:
  - name: a
    provider: bedrock
  - name: b
    provider: bedrock
    params:
      awsRegion: us_east
  - name: c
    provider: azure
    params: {azureResourceName: r, azureResourceTyp: openAI}
  - name: d
    provider: openai
    params:
      awsRegion: us-east-1
  - name: e
    provider: antropic
  - name: f
    provider: {azure: {resourceName: r, resourceType: foundri}}
    strict: sure
  - name: g
    provider: {bedrock: {region: us-east-1, guardrailVersion: "1"}}
    auth:
      aws: {accessKeyId: a}
`;

Deno.test("loadConfig() tells where a provider's settings are wrong", () => {
  assert.deepEqual(complaints(MISTAKEN), [
    "6:13: llm.providers[0].params.vertexProject: required key is missing: vertex needs it",
    "8:5: llm.models[0].params.awsRegion: required key is missing: bedrock needs it",
    "13:18: llm.models[1].params.awsRegion: must be an AWS region such as us-east-1",
    "16:13: llm.models[2].params.azureResourceType: required key is missing: azure needs it",
    '16:36: llm.models[2].params.azureResourceTyp: unknown key "azureResourceTyp" ' +
    "(did you mean azureResourceType?)",
    "20:7: llm.models[3].params.awsRegion: cannot be set here: only bedrock takes it",
    '22:15: llm.models[4].provider: expected "openAI", "openai", "anthropic", "gemini", ' +
    '"vertex", "bedrock", "azure", "mock", "cohere", "ollama", "baseten", "cerebras", ' +
    '"deepinfra", "deepseek", "groq", "huggingface", "mistral", "openrouter", "togetherai", ' +
    '"xai" or "fireworks", found "antropic" (did you mean "anthropic"?)',
    '24:55: llm.models[5].provider.azure.resourceType: expected "openAI", "foundry" or ' +
    '"aiServices", found "foundri" (did you mean "foundry"?)',
    '25:13: llm.models[5].strict: expected true or false, found "sure"',
    "27:45: llm.models[6].provider.bedrock.guardrailVersion: " +
    "needs guardrailIdentifier beside it",
    "29:13: llm.models[6].auth.aws.accessKeyId: needs secretAccessKey beside it",
  ]);
});

Deno.test("loadConfig() does not complain twice of a setting by params", () => {
  const text = `
llm:
  models:
  - name: a
    provider: azure
    params: {azureResourceName: "r/x", azureResourceType: openAI, azureProjectName: p}
`;
  assert.deepEqual(complaints(text), [
    "6:33: llm.models[0].params.azureResourceName: " +
    "must be the name of an Azure resource: letters, digits and -",
  ]);
});
