import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { emptyHome, startAzureIdentity, startGoogleMetadata } from "../support/cloud_identities.ts";
import { Gateway } from "../support/gateway.ts";
import { assertNoRefusals } from "../support/upstreams/claims.ts";
import { ConverseUpstream, testCredentials } from "../support/upstreams/converse_upstream.ts";
import { GeminiUpstream } from "../support/upstreams/gemini_upstream.ts";
import type { StandIn } from "../support/upstreams/stand_in.ts";

const messages = [{ role: "user" as const, content: "Hi." }];
const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const { region, accessKeyId, secretAccessKey } = testCredentials;
const vertex = { vertexProject: "my-project", vertexRegion: "us-central1" };

const openai = ({ url }: Gateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-client", maxRetries: 0 });

/** A gateway with one model named `m`, whose home has nothing of any cloud. */
async function start(
  { url }: StandIn,
  model: { readonly provider: string; readonly params: object; readonly auth?: object },
  environment: Readonly<Record<string, string>>,
): Promise<Gateway> {
  const entry = { name: "m", ...model, params: { ...model.params, baseUrl: url } };
  return await Gateway.start({
    environment: { ...emptyHome(), ...environment },
    yaml: (port) => `llm: ${JSON.stringify({ port, models: [entry] })}\n`,
  });
}

const bedrock = { provider: "bedrock", params: { awsRegion: region, model: claude } };

for (const sessionToken of [undefined, "session-token-of-the-environment"]) {
  const what = sessionToken === undefined ? "keys" : "temporary keys";
  Deno.test(`${what} of AWS come from the environment`, async () => {
    await using upstream = await ConverseUpstream.start({
      credentials: { ...testCredentials, ...(sessionToken !== undefined && { sessionToken }) },
    });
    await using gateway = await start(upstream, bedrock, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    });
    const { chat } = openai(gateway);
    const { choices } = await chat.completions.create({ model: "m", messages });
    assert.equal(choices[0]?.finish_reason, "stop");
    const stream = await chat.completions.create({ model: "m", messages, stream: true });
    assert.ok((await Array.fromAsync(stream)).length > 2);
    assertNoRefusals(upstream);
  });
}

Deno.test("a profile of AWS's files gives the keys", async () => {
  await using upstream = await ConverseUpstream.start();
  const file = Deno.makeTempFileSync({ prefix: "agentgateway-e2e-" });
  Deno.writeTextFileSync(
    file,
    `[team]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  await using gateway = await start(upstream, bedrock, {
    ...{ AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: "team" },
  });
  await openai(gateway).chat.completions.create({ model: "m", messages });
  assertNoRefusals(upstream);
  Deno.removeSync(file);
});

Deno.test("a key that AWS does not know is the client's own kind of error", async () => {
  await using upstream = await ConverseUpstream.start();
  await using gateway = await start(upstream, bedrock, {
    AWS_ACCESS_KEY_ID: "AKIAUNKNOWN",
    AWS_SECRET_ACCESS_KEY: "very-secret-and-wrong",
  });
  const client = new Anthropic({ baseURL: gateway.url, apiKey: "sk-client", maxRetries: 0 });
  await assert.rejects(
    client.messages.create({ model: "m", max_tokens: 9, messages }),
    (error) => {
      assert.ok(error instanceof Anthropic.PermissionDeniedError, String(error));
      assert.match(error.message, /security token included in the request is invalid/);
      return true;
    },
  );
});

Deno.test("a machine that gives no token is a 503 that names no secret, until it does", async () => {
  const secret = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
  await using identity = await startAzureIdentity("azure-token", secret);
  await using upstream = await GeminiUpstream.start({ key: "azure-token" });
  identity.failWith(400);
  await using gateway = await start(upstream, {
    provider: "vertex",
    params: { ...vertex, model: "gemini-2.5-flash" },
    auth: { azure: { explicitConfig: { managedIdentity: {} } } },
  }, { IDENTITY_ENDPOINT: `${identity.url}/msi/token`, IDENTITY_HEADER: secret });
  const { chat } = openai(gateway);
  await assert.rejects(chat.completions.create({ model: "m", messages }), (error) => {
    assert.ok(error instanceof OpenAI.InternalServerError, String(error));
    assert.equal(error.status, 503);
    assert.match(error.message, /cannot authorize the request.*managed identity/);
    return true;
  });
  const output = [...gateway.child.stdout, ...gateway.child.stderr].join("\n");
  assert.ok(!output.includes(secret), output);
  assert.equal(upstream.records.length, 0);
  identity.failWith(undefined);
  const { choices } = await chat.completions.create({ model: "m", messages });
  assert.equal(choices[0]?.finish_reason, "stop");
});

Deno.test("a token is fetched anew before its time is over", async () => {
  await using metadata = await startGoogleMetadata("ya29.short", { livesS: 1 });
  await using upstream = await GeminiUpstream.start({ key: "ya29.short" });
  await using gateway = await start(
    upstream,
    { provider: "vertex", params: { ...vertex, model: "gemini-2.5-flash" } },
    { GCE_METADATA_HOST: metadata.host },
  );
  const { chat } = openai(gateway);
  const endMs = performance.now() + 10_000;
  while (metadata.asked.length < 3 && performance.now() < endMs) {
    await chat.completions.create({ model: "m", messages });
  }
  assert.ok(metadata.asked.length >= 3, `${metadata.asked.length} tokens`);
  assertNoRefusals(upstream);
});

Deno.test("a workload of another cloud gets a token of Google for its own", async () => {
  await using metadata = await startGoogleMetadata("ya29.federated");
  await using upstream = await GeminiUpstream.start({ key: "ya29.federated" });
  const directory = Deno.makeTempDirSync({ prefix: "agentgateway-e2e-" });
  Deno.writeTextFileSync(`${directory}/subject`, "subject-token");
  const path = `${directory}/config.json`;
  Deno.writeTextFileSync(
    path,
    JSON.stringify({
      ...{ type: "external_account", universe_domain: "googleapis.com" },
      audience:
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${metadata.url}/v1/token`,
      credential_source: { file: `${directory}/subject` },
    }),
  );
  await using gateway = await start(
    upstream,
    { provider: "vertex", params: { ...vertex, model: "gemini-2.5-flash" } },
    { GOOGLE_APPLICATION_CREDENTIALS: path },
  );
  const { chat } = openai(gateway);
  for (let count = 0; count < 5; count++) {
    await chat.completions.create({ model: "m", messages });
  }
  assertNoRefusals(upstream);
  assert.equal(metadata.exchanged.length, 1);
  assert.equal(metadata.exchanged[0]?.get("subject_token"), "subject-token");
  Deno.removeSync(directory, { recursive: true });
});
