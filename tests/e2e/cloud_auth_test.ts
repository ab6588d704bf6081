import assert from "node:assert/strict";
import OpenAI from "openai";
import {
  emptyHome,
  startAwsContainer,
  startAzureIdentity,
  startGoogleMetadata,
  type TokenServer,
} from "../support/cloud_identities.ts";
import { Gateway } from "../support/gateway.ts";
import { suite } from "../support/suite.ts";
import { assertNoRefusals } from "../support/upstreams/claims.ts";
import { ConverseUpstream, testCredentials } from "../support/upstreams/converse_upstream.ts";
import { GeminiUpstream } from "../support/upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "../support/upstreams/messages_upstream.ts";
import { ResponsesUpstream } from "../support/upstreams/responses_upstream.ts";

const googleToken = "ya29.token-of-the-metadata-server";
const azureToken = "eyJ0eXAi.token-of-the-identity-endpoint.x";
const identitySecret = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
const containerSecret = "Basic container-token";
const containerKeys = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "containerSecret/EXAMPLEKEY",
  sessionToken: "container-session-token",
};

const test = suite(async () => {
  const google = await startGoogleMetadata(googleToken);
  const azure = await startAzureIdentity(azureToken, identitySecret);
  const container = await startAwsContainer(containerKeys, containerSecret);
  const upstreams = {
    gemini: await GeminiUpstream.start({ key: googleToken }),
    claude: await MessagesUpstream.start({ key: googleToken }),
    azure: await ResponsesUpstream.start({ key: azureToken, prefix: "/openai/v1" }),
    bedrock: await ConverseUpstream.start({
      credentials: { ...containerKeys, region: testCredentials.region },
    }),
  };
  const gateway = await Gateway.start({
    environment: {
      ...emptyHome(),
      GCE_METADATA_HOST: google.host,
      IDENTITY_ENDPOINT: `${azure.url}/msi/token`,
      IDENTITY_HEADER: identitySecret,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/get-credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: containerSecret,
    },
    yaml: (port) => `llm: ${JSON.stringify({ port, models: modelsOf(upstreams) })}\n`,
  });
  return {
    ...{ gateway, upstreams, google, azure, container },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      const open = [...Object.values(upstreams), google, azure, container];
      for (const one of open) await one[Symbol.asyncDispose]();
    },
  };
});

function modelsOf(upstreams: Readonly<Record<string, { readonly url: string }>>) {
  const urlOf = (name: string) => upstreams[name]?.url ?? "";
  const vertex = { vertexProject: "my-project", vertexRegion: "us-central1" };
  const azure = { azureResourceName: "res", azureResourceType: "openAI" };
  const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  return [
    {
      ...{ name: "gemini", provider: "vertex" },
      params: { ...vertex, model: "gemini-2.5-pro", baseUrl: urlOf("gemini") },
    },
    {
      ...{ name: "claude", provider: "vertex" },
      params: { ...vertex, model: "claude-sonnet-4-5", baseUrl: urlOf("claude") },
      auth: { gcp: {} },
    },
    {
      ...{ name: "azure", provider: "azure" },
      params: { ...azure, model: "gpt-5", baseUrl: urlOf("azure") },
      auth: { azure: { explicitConfig: { managedIdentity: {} } } },
    },
    {
      ...{ name: "bedrock", provider: "bedrock" },
      params: { awsRegion: testCredentials.region, model: claude, baseUrl: urlOf("bedrock") },
    },
  ];
}

const openai = ({ url }: Gateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-client", maxRetries: 0 });

/** Each model, and where its token comes from. */
const rows = [
  ["gemini", "google"],
  ["claude", "google"],
  ["azure", "azure"],
  ["bedrock", "container"],
] as const;

for (const [model, cloud] of rows) {
  test(`100 requests to ${model} need one token of the ${cloud} machine`, async (shared) => {
    const { chat, responses } = openai(shared.gateway);
    const tokens: TokenServer = shared[cloud];
    const asked = tokens.asked.length;
    // The first of them at once, so that they all find no token.
    const ask = async () => {
      if (model === "azure") {
        const { status } = await responses.create({ model, input: "Hi.", store: false });
        return assert.equal(status, "completed");
      }
      const messages = [{ role: "user" as const, content: "Hi." }];
      const { choices } = await chat.completions.create({ model, messages });
      assert.equal(choices[0]?.finish_reason, "stop");
    };
    await Promise.all(Array.from({ length: 20 }, ask));
    for (let count = 20; count < 100; count++) await ask();
    const upstream = shared.upstreams[model];
    assertNoRefusals(upstream);
    assert.equal(upstream.records.length, 100);
    assert.equal(tokens.asked.length - asked, 1);
  });
}
