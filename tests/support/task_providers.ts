import { Gateway } from "./gateway.ts";
import { ConverseUpstream, testCredentials } from "./upstreams/converse_upstream.ts";
import { GeminiUpstream } from "./upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "./upstreams/messages_upstream.ts";
import { ResponsesUpstream } from "./upstreams/responses_upstream.ts";
import type { StandIn } from "./upstreams/stand_in.ts";
import { BedrockTasksUpstream } from "./upstreams/tasks/bedrock_tasks.ts";
import { CohereUpstream } from "./upstreams/tasks/cohere_upstream.ts";
import { ImagesUpstream } from "./upstreams/tasks/images_upstream.ts";
import { VertexTasksUpstream } from "./upstreams/tasks/vertex_tasks.ts";

/** A gateway before stand-ins of all that providers do besides chats. */
export interface TaskProviders extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly standIns: Readonly<Record<StandInName, StandIn>>;
}

type StandInName =
  | "openai"
  | "gemini"
  | "vertex"
  | "bedrock"
  | "cohere"
  | "images"
  | "anthropic"
  | "converse"
  | "google";

const apiKey = "test-upstream-key";
const googleKey = "AIzaTestUpstreamKey";
const { region, ...awsKeys } = testCredentials;

/** Starts all of them; a model is sent under the name that its client gave. */
export async function startTaskProviders(): Promise<TaskProviders> {
  const standIns = {
    openai: await ResponsesUpstream.start({ key: apiKey }),
    gemini: await ResponsesUpstream.start({ key: googleKey, prefix: "/v1beta/openai" }),
    vertex: await VertexTasksUpstream.start({ key: apiKey }),
    bedrock: await BedrockTasksUpstream.start(),
    cohere: await CohereUpstream.start({ key: apiKey }),
    images: await ImagesUpstream.start({ key: apiKey }),
    anthropic: await MessagesUpstream.start({ key: apiKey }),
    converse: await ConverseUpstream.start(),
    google: await GeminiUpstream.start({}),
  };
  const gateway = await Gateway.start({
    yaml: (port) => `llm: ${JSON.stringify({ port, models: modelsOf(standIns) })}\n`,
  });
  return {
    gateway,
    standIns,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const standIn of Object.values(standIns)) await standIn[Symbol.asyncDispose]();
    },
  };
}

function modelsOf(standIns: TaskProviders["standIns"]): readonly object[] {
  const openAi = ({ url }: StandIn) => ({
    ...{ provider: "openAI", params: { apiKey, baseUrl: `${url}/v1` } },
  });
  const vertex = ({ url }: StandIn) => ({
    provider: "vertex",
    params: {
      ...{ vertexProject: "my-project", vertexRegion: "us-central1" },
      ...{ apiKey, baseUrl: url },
    },
  });
  const bedrock = ({ url }: StandIn) => ({
    ...{ provider: "bedrock", params: { awsRegion: region, baseUrl: url } },
    auth: { aws: awsKeys },
  });
  const gemini = ({ url }: StandIn) => ({
    ...{ provider: "gemini", params: { apiKey: googleKey, baseUrl: url } },
  });
  const anthropic = { apiKey, baseUrl: `${standIns.anthropic.url}/v1` };
  const cohere = {
    provider: { custom: { formats: [{ type: "rerank", path: "/v2/rerank" }] } },
    params: { apiKey, baseUrl: standIns.cohere.url },
  };
  return [
    { name: "text-embedding-3-small", ...openAi(standIns.openai) },
    { name: "gpt-4o-mini", ...openAi(standIns.openai) },
    { name: "gpt-image-*", passthrough: "detect", ...openAi(standIns.images) },
    { name: "gemini-embedding-001", ...gemini(standIns.gemini) },
    { name: "text-embedding-005", ...vertex(standIns.vertex) },
    { name: "semantic-ranker-*", ...vertex(standIns.vertex) },
    { name: "amazon.*", ...bedrock(standIns.bedrock) },
    { name: "cohere.*", ...bedrock(standIns.bedrock) },
    { name: "rerank-*", ...cohere },
    { name: "claude-sonnet-4-5", provider: "anthropic", params: anthropic },
    { name: "us.anthropic.claude-*", ...bedrock(standIns.converse) },
    { name: "claude-opus-4-5", ...vertex(standIns.anthropic) },
    { name: "gemini-2.5-flash", ...vertex(standIns.google) },
    { name: "gemini-2.5-pro", ...gemini(standIns.google) },
  ];
}
