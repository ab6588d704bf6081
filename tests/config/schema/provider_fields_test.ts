import { backend, type Field, testFields } from "./fields.ts";

const CUSTOM = { custom: { formats: [{ type: "completions" }] } };
const KINDS = "openAI, anthropic, gemini, vertex, bedrock, azure, custom, mock";

const ofModel = (provider: string) => {
  return `{"llm": {"models": [{"name": "m", "provider": ${provider}, "params": HOLE}]}}`;
};

const REGION = "must be an AWS region such as us-east-1";
const NEEDS_AWS = "required key is missing: bedrock needs it";
const NEEDS_GOOGLE = "required key is missing: vertex needs it";
const NEEDS_AZURE = "required key is missing: azure needs it";

const FIELDS: readonly Field[] = [
  {
    name: "provider of a model",
    text: '{"llm": {"models": [{"name": "m", "provider": HOLE}]}}',
    accepted: [
      ...["openai", "openAI", "anthropic", "gemini", "mock", "groq"],
      ...[{ reference: "a" }, { mock: {} }, { anthropic: {} }, { gemini: { model: "g" } }],
      { bedrock: { region: "us-east-1" } },
      { vertex: { projectId: "p" } },
      { azure: { resourceName: "r", resourceType: "openAI" } },
    ],
    refused: {
      "not supported yet: copilot": ["copilot", { copilot: {} }],
      "must not be empty": [{ reference: "" }, { gemini: { model: "" } }],
      [`must have exactly one of ${KINDS}, reference`]: [{}, { mock: {}, openAI: {} }],
      "needs an address: set params.baseUrl": [CUSTOM],
      "required key is missing": [{ bedrock: {} }, { vertex: {} }, {
        azure: { resourceName: "r" },
      }],
      [NEEDS_AWS]: ["bedrock"],
      [NEEDS_GOOGLE]: ["vertex"],
    },
  },
  {
    name: "provider of a backend",
    text: backend('"ai": {"name": "a", "provider": HOLE}'),
    accepted: [
      ...["mock", "openAI", "anthropic", "gemini"],
      ...[{ openAI: {} }, { openAI: { model: "m" } }, { mock: {} }, { anthropic: {} }],
      { bedrock: { region: "us-east-1" } },
    ],
    refused: {
      "must be a mapping: bedrock needs region": ["bedrock"],
      "must be a mapping: vertex needs projectId": ["vertex"],
      "must be a mapping: azure needs resourceName and resourceType": ["azure"],
      "not supported yet: groq": ["groq"],
      "not supported yet: copilot": ["copilot", { copilot: {} }],
      [`must have exactly one of ${KINDS}`]: [{}],
      "needs an address: set hostOverride": [CUSTOM],
    },
  },
  {
    name: "params of bedrock",
    text: ofModel('"bedrock"'),
    accepted: [{ awsRegion: "us-east-1" }, { awsRegion: "us-gov-west-1", apiKey: "k" }],
    refused: {
      [NEEDS_AWS]: [{}, { awsRegion: null }],
      [REGION]: [{ awsRegion: "" }, { awsRegion: "a.b/c" }, { awsRegion: 1 }],
      "cannot be set here: only vertex takes it": [{ awsRegion: "us-east-1", vertexRegion: "eu" }],
    },
  },
  {
    name: "params of vertex",
    text: ofModel('"vertex"'),
    accepted: [
      { vertexProject: "p-1" },
      { vertexProject: "example.com:p", vertexRegion: "us-central1" },
      { vertexProject: "123", vertexRegion: "global", model: "m" },
    ],
    refused: {
      [NEEDS_GOOGLE]: [{}, { vertexRegion: "eu" }],
      "must be the id or the number of a project": [{ vertexProject: "a/b" }],
      "must be a region such as us-central1, us, eu or global": [
        { vertexProject: "p", vertexRegion: "a.b" },
      ],
    },
  },
  {
    name: "params of azure",
    text: ofModel('"azure"'),
    accepted: [
      { azureResourceName: "r", azureResourceType: "openAI" },
      { azureResourceName: "r", azureResourceType: "openAI", azureApiVersion: "2024-10-21" },
      { azureResourceName: "r", azureResourceType: "openAI", azureApiVersion: "preview" },
      { azureResourceName: "r", azureResourceType: "foundry", azureApiVersion: "v1" },
      { azureResourceName: "r", azureResourceType: "aiServices", azureProjectName: "p" },
    ],
    refused: {
      [NEEDS_AZURE]: [{ azureResourceName: "r" }, { azureResourceType: "foundry" }],
      'expected "openAI", "foundry" or "aiServices"': [
        { azureResourceName: "r", azureResourceType: "openai" },
      ],
      "must be the name of an Azure resource: letters, digits and -": [
        { azureResourceName: "r.evil.test/", azureResourceType: "openAI" },
      ],
      "must be v1, preview, or a date such as 2024-10-21 or 2025-03-01-preview": [
        { azureResourceName: "r", azureResourceType: "openAI", azureApiVersion: "2" },
      ],
      "a foundry resource is spoken to in v1 only": [
        { azureResourceName: "r", azureResourceType: "foundry", azureApiVersion: "preview" },
      ],
      "only a foundry resource has projects": [
        { azureResourceName: "r", azureResourceType: "openAI", azureProjectName: "p" },
      ],
      "must be the name of a project: letters, digits, -, _ and .": [
        { azureResourceName: "r", azureResourceType: "foundry", azureProjectName: "a/b" },
      ],
    },
  },
  {
    name: "params of providers that have none of their own",
    text: ofModel('"openAI"'),
    accepted: [{}, { model: "m" }, { awsRegion: null }],
    refused: {
      "cannot be set here: only bedrock takes it": [{ awsRegion: "us-east-1" }],
      "cannot be set here: only azure takes it": [{ azureApiVersion: "v1" }],
    },
  },
  {
    name: "params of a preset",
    text: ofModel('"groq"'),
    accepted: [{}],
    refused: { "cannot be set here: only bedrock takes it": [{ awsRegion: "us-east-1" }] },
  },
  {
    name: "params beside settings",
    text: ofModel('{"bedrock": {"region": "us-east-1"}}'),
    accepted: [{}, { model: "m" }],
    refused: {
      "must be written as region of provider.bedrock": [{ awsRegion: "us-east-1" }],
      "cannot be set here: only vertex takes it": [{ vertexProject: "p" }],
    },
  },
  {
    name: "params beside a reference",
    text: ofModel('{"reference": "p"}'),
    accepted: [{}, { model: "m" }],
    refused: {
      "cannot be set beside a reference: the provider says it; only model can": [
        { awsRegion: "us-east-1" },
      ],
    },
  },
  {
    name: "params of a shared provider",
    text: '{"llm": {"models": [], "providers": [{"name": "p", "provider": "bedrock", ' +
      '"params": HOLE}]}}',
    accepted: [{ awsRegion: "us-east-1" }],
    refused: { [NEEDS_AWS]: [{}] },
  },
  {
    name: "strict",
    text: '{"llm": {"models": [{"name": "m", "provider": "mock", "strict": HOLE}]}}',
    accepted: [true, false, null],
    refused: { "expected true or false": ["yes", 1] },
  },
  {
    name: "strict of a route",
    text: '{"routes": [{"strict": HOLE}]}',
    accepted: [true, false],
    refused: { "expected true or false": ["true"] },
  },
  {
    name: "strict of an AI backend",
    text: backend('"ai": {"name": "a", "provider": "mock", "strict": HOLE}'),
    accepted: [true],
    refused: { "expected true or false": [0] },
  },
  {
    name: "strict of a shared provider",
    text: '{"llm": {"models": [], "providers": [{"name": "p", "provider": "mock", ' +
      '"defaults": {"strict": HOLE}}]}}',
    accepted: [true],
    refused: { "expected true or false": [0] },
  },
];

testFields(FIELDS);
