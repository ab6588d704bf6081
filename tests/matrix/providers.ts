import type { ChatApiName } from "../../src/chat/api_name.ts";
import { inProcess, type InProcessGateway } from "../support/in_process.ts";
import { CompletionsUpstream } from "../support/upstreams/completions_upstream.ts";
import { ConverseUpstream, testCredentials } from "../support/upstreams/converse_upstream.ts";
import { GeminiUpstream } from "../support/upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "../support/upstreams/messages_upstream.ts";
import { ResponsesUpstream } from "../support/upstreams/responses_upstream.ts";
import type { StandIn } from "../support/upstreams/stand_in.ts";
import { openFrontDoor } from "./front_door.ts";

/** A provider as the matrix shows it. */
export interface MatrixProvider {
  /** The name of its model in the configuration, and its column. */
  readonly name: ProviderName;
  /** What it is, in words for the page. */
  readonly what: string;
  /** The APIs that it is spoken to in, preferred first. */
  readonly speaks: readonly ChatApiName[];
  /** Its entry in the configuration. */
  readonly entry: (place: Place) => string;
}

/** The names of the columns. */
export type ProviderName =
  | "openai"
  | "openai-responses"
  | "azure"
  | "compatible"
  | "openrouter"
  | "anthropic"
  | "vertex-claude"
  | "azure-claude"
  | "bedrock"
  | "gemini"
  | "vertex-gemini";

/** Where the stand-ins are, by what they stand in for. */
interface Place {
  readonly [name: string]: string;
}

const key = "test-key";
const project = "vertexProject: my-project, vertexRegion: us-central1";
const { accessKeyId, secretAccessKey, region } = testCredentials;

/** Every provider, in the order of the page. */
export const providers: readonly MatrixProvider[] = [
  {
    name: "openai",
    what: "OpenAI at an address of one's own: chat completions first, and the Responses API",
    speaks: ["completions", "responses"],
    entry: ({ openai }) => `
    provider: openAI
    params: {model: gpt-5, apiKey: ${key}, baseUrl: "${openai}/v1"}`,
  },
  {
    name: "openai-responses",
    what: "OpenAI's Responses API",
    speaks: ["responses"],
    entry: ({ responses }) => `
    provider: {custom: {formats: [{type: responses}]}}
    params: {model: gpt-5, apiKey: ${key}, baseUrl: "${responses}/v1"}`,
  },
  {
    name: "azure",
    what: "an OpenAI resource of Azure",
    speaks: ["completions", "responses"],
    entry: ({ azure }) => `
    provider: azure
    params:
      {azureResourceName: r, azureResourceType: openAI, model: gpt-5, apiKey: ${key}, baseUrl: "${azure}"}`,
  },
  {
    name: "compatible",
    what: "a server of chat completions that shows thoughts as `reasoning_content`",
    speaks: ["completions"],
    entry: ({ compatible }) => `
    provider: {custom: {formats: [{type: completions}]}}
    params: {model: deepseek-chat, apiKey: ${key}, baseUrl: "${compatible}/v1"}`,
  },
  {
    name: "openrouter",
    what: "a server of chat completions that signs thoughts in `reasoning_details`",
    speaks: ["completions"],
    entry: ({ openrouter }) => `
    provider: {custom: {formats: [{type: completions}]}}
    params: {model: anthropic/claude-sonnet-4.5, apiKey: ${key}, baseUrl: "${openrouter}/v1"}`,
  },
  {
    name: "anthropic",
    what: "Anthropic",
    speaks: ["messages"],
    entry: ({ anthropic }) => `
    provider: anthropic
    params: {model: claude-sonnet-4-5, apiKey: ${key}, baseUrl: "${anthropic}/v1"}`,
  },
  {
    name: "vertex-claude",
    what: "Claude on Vertex AI",
    speaks: ["messages"],
    entry: ({ anthropic }) => `
    provider: vertex
    params: {${project}, model: claude-sonnet-4-5, apiKey: ${key}, baseUrl: "${anthropic}"}`,
  },
  {
    name: "azure-claude",
    what: "Claude on Azure Foundry",
    speaks: ["messages"],
    entry: ({ foundry }) => `
    provider: azure
    params:
      {azureResourceName: r, azureResourceType: foundry, model: claude-sonnet-4-5, apiKey: ${key}, baseUrl: "${foundry}"}`,
  },
  {
    name: "bedrock",
    what: "Claude on Bedrock, by Converse",
    speaks: ["converse"],
    entry: ({ bedrock }) => `
    provider: bedrock
    params:
      awsRegion: ${region}
      model: us.anthropic.claude-sonnet-4-5-20250929-v1:0
      baseUrl: "${bedrock}"
    auth: {aws: {accessKeyId: ${accessKeyId}, secretAccessKey: ${secretAccessKey}}}`,
  },
  {
    name: "gemini",
    what: "Gemini, a model that signs its calls and texts",
    speaks: ["gemini"],
    entry: ({ google }) => `
    provider: gemini
    params: {model: gemini-3-pro-preview, apiKey: AIza${key}, baseUrl: "${google}"}`,
  },
  {
    name: "vertex-gemini",
    what: "Gemini on Vertex AI, a model whose calls have no ids",
    speaks: ["gemini"],
    entry: ({ google }) => `
    provider: vertex
    params: {${project}, model: gemini-2.5-pro, apiKey: ${key}, baseUrl: "${google}"}`,
  },
];

/** A gateway before all providers, of which each is a model. */
export interface Matrix extends AsyncDisposable {
  readonly gateway: InProcessGateway;
  readonly standIns: readonly StandIn[];
}

/** Starts the stand-ins and a gateway in this process. */
export async function startMatrix(): Promise<Matrix> {
  const azurePrefix = "/openai/v1";
  const direct = {
    compatible: await CompletionsUpstream.start({ key, flavour: "deepseek" }),
    openrouter: await CompletionsUpstream.start({ key, flavour: "openrouter" }),
    responses: await ResponsesUpstream.start({ key }),
    anthropic: await MessagesUpstream.start({ key }),
    foundry: await MessagesUpstream.start({ key, prefix: "/anthropic" }),
    bedrock: await ConverseUpstream.start({}),
    google: await GeminiUpstream.start({}),
  };
  const behind = {
    chat: await CompletionsUpstream.start({ key }),
    azureChat: await CompletionsUpstream.start({ key, prefix: azurePrefix }),
    azureResponses: await ResponsesUpstream.start({ key, prefix: azurePrefix }),
  };
  const doors = {
    openai: openFrontDoor({
      "/chat/completions": behind.chat,
      "/responses": direct.responses,
    }),
    azure: openFrontDoor({
      "/chat/completions": behind.azureChat,
      "/responses": behind.azureResponses,
    }),
  };
  const standIns = [...Object.values(direct), ...Object.values(behind)];
  const open = [...Object.values(doors), ...standIns];
  const places = Object.entries({ ...direct, ...doors }).map(([name, { url }]) => [name, url]);
  const place: Place = Object.fromEntries(places);
  const entries = providers.map(({ name, entry }) => `  - name: ${name}${entry(place)}\n`);
  const gateway = inProcess(`llm:\n  models:\n${entries.join("")}`);
  return {
    gateway,
    standIns,
    async [Symbol.asyncDispose]() {
      gateway[Symbol.dispose]();
      for (const one of open) await one[Symbol.asyncDispose]();
    },
  };
}
