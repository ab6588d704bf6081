import {
  backend,
  type Field,
  HEADER_NAME,
  HEADER_VALUE,
  model,
  route,
  testFields,
} from "./fields.ts";

const auth = (form: string) => model(`"auth": {"${form}": HOLE}`);

const SECRET = "must be a string or {file: path}";
const MISSING = "required key is missing";
const MAPPING = "expected a mapping";
const STRING = "expected a string";
const EMPTY = "must not be empty";

const LOCATION = "must have exactly one of header, queryParameter, cookie";
const WAYS = "must have exactly one of key, passthrough, gcp, aws, azure";

const WAYS_OF_AUTH: Omit<Field, "name" | "text"> = {
  accepted: [
    { passthrough: {} },
    { key: "k" },
    { gcp: {} },
    { aws: {} },
    { azure: { implicit: {} } },
    { credentials: [] },
    { credentials: [{ location: { header: { name: "x" } }, key: "k" }] },
    { key: "k", credentials: [{ location: { cookie: { name: "x" } }, key: { file: "f" } }] },
    { aws: {}, credentials: [] },
  ],
  refused: {
    [`${WAYS}, or credentials`]: [{}],
    [WAYS]: [{ key: "k", passthrough: {} }, { gcp: {}, aws: {} }, {
      key: "k",
      gcp: {},
      credentials: [],
    }],
    "not supported yet: location": [{ passthrough: { location: {} } }],
    "not supported yet: copilot": ["copilot"],
    "not supported yet: jwtSign": [{ jwtSign: {} }],
    "not supported yet: oauthTokenExchange": [{ oauthTokenExchange: {} }],
    "not supported yet: crossAppAccess": [{ crossAppAccess: {} }],
    'unknown key "kee"': [{ kee: "k" }],
    [MAPPING]: ["other", []],
  },
};

const FIELDS: readonly Field[] = [
  {
    name: "location of a secret",
    text: model('"auth": {"key": {"value": "k", "location": HOLE}}'),
    accepted: [
      { header: { name: "x-key" } },
      { header: { name: "x-key", prefix: "Bearer " } },
      { queryParameter: { name: "key" } },
      { cookie: { name: "key" } },
    ],
    refused: {
      "must have exactly one of header, queryParameter, cookie": [{}],
      "not supported yet: expression": [{ expression: "x" }],
      "required key is missing": [{ header: {} }],
      [HEADER_NAME]: [{ header: { name: "a b" } }, { cookie: { name: "a;b" } }],
      [HEADER_VALUE]: [{ header: { name: "a", prefix: "a\n" } }],
    },
  },
  {
    name: "key of an upstream",
    text: model('"auth": {"key": HOLE}'),
    accepted: ["k", { file: "/run/key" }, { value: "k" }, { value: { file: "/run/key" } }],
    refused: {
      "must not be empty": ["", { value: "" }],
      "must be a string, {file: path} or {value: ...}": [1, true, [], {}, { vlaue: "k" }],
      "must be a string or {file: path}": [{ value: 1 }, { value: {} }, { file: 1 }],
    },
  },
  { name: "auth of a model", text: model('"auth": HOLE'), ...WAYS_OF_AUTH },
  {
    name: "auth of a shared provider",
    text: '{"llm": {"models": [], "providers": [{"name": "p", "provider": "mock", ' +
      '"defaults": {"auth": HOLE}}]}}',
    ...WAYS_OF_AUTH,
  },
  { name: "auth of a route", text: route('"policies": {"backendAuth": HOLE}'), ...WAYS_OF_AUTH },
  {
    name: "auth of a backend",
    text: backend('"host": "a:1", "policies": {"backendAuth": HOLE}'),
    ...WAYS_OF_AUTH,
  },
  {
    name: "further secrets",
    text: auth("credentials"),
    accepted: [[], [
      { location: { header: { name: "a" } }, key: "k" },
      { location: { queryParameter: { name: "b" } }, key: { file: "f" } },
    ]],
    refused: {
      [MISSING]: [[{ key: "k" }], [{ location: { header: { name: "a" } } }]],
      [SECRET]: [[{ location: { header: { name: "a" } }, key: { value: "k" } }]],
      [LOCATION]: [[{ location: {}, key: "k" }]],
      "not supported yet: expression": [[{ location: { expression: "x" }, key: "k" }]],
      "expected a list": [{}],
    },
  },
  {
    name: "gcp",
    text: auth("gcp"),
    accepted: [
      {},
      { type: "accessToken" },
      { credential: "{}" },
      { credential: { file: "/run/key.json" } },
      { type: "idToken" },
      { type: "idToken", audience: "https://a", credential: { file: "f" } },
    ],
    refused: {
      'expected "accessToken" or "idToken"': [{ type: "id" }],
      "only an idToken has an audience": [{ audience: "a" }, {
        type: "accessToken",
        audience: "a",
      }],
      [EMPTY]: [{ type: "idToken", audience: "" }, { credential: "" }],
      [SECRET]: [{ credential: {} }],
      [MAPPING]: ["x"],
    },
  },
  {
    name: "aws",
    text: auth("aws"),
    accepted: [
      {},
      { region: "eu-west-1", serviceName: "bedrock" },
      { accessKeyId: "a", secretAccessKey: "s" },
      { accessKeyId: { file: "a" }, secretAccessKey: { file: "s" }, sessionToken: { file: "t" } },
      { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/a/b" } },
      { assumeRole: { roleArn: "arn:aws-us-gov:iam::123456789012:role/a", sessionName: "a@b" } },
    ],
    refused: {
      "needs secretAccessKey beside it": [{ accessKeyId: "a" }],
      "needs accessKeyId beside it": [{ secretAccessKey: "a" }, { sessionToken: "t" }],
      "cannot be set together with accessKeyId: a role is taken on with the machine's credentials":
        [{
          accessKeyId: "a",
          secretAccessKey: "s",
          assumeRole: { roleArn: "arn:aws:iam::123456789012:role/a" },
        }],
      "must be the ARN of a role, as in arn:aws:iam::123456789012:role/name": [
        { assumeRole: { roleArn: "name" } },
        { assumeRole: { roleArn: 1 } },
      ],
      "must be 2 to 64 letters, digits or any of +=,.@-_": [
        { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/a", sessionName: "a" } },
        { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/a", sessionName: {} } },
      ],
      "not supported yet: tags": [
        { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/a", tags: [] } },
      ],
      [MISSING]: [{ assumeRole: {} }],
      [EMPTY]: [{ region: "" }],
    },
  },
  {
    name: "azure",
    text: auth("azure"),
    accepted: [
      { implicit: {} },
      { developerImplicit: {} },
      { explicitConfig: { workloadIdentity: {} } },
      { explicitConfig: { managedIdentity: {} } },
      { explicitConfig: { managedIdentity: { userAssignedIdentity: { clientId: "c" } } } },
      { explicitConfig: { managedIdentity: { userAssignedIdentity: { objectId: "o" } } } },
      { explicitConfig: { managedIdentity: { userAssignedIdentity: { resourceId: "r" } } } },
      {
        explicitConfig: {
          clientSecret: { tenant_id: "t", client_id: "c", client_secret: { file: "f" } },
        },
      },
    ],
    refused: {
      "must have exactly one of implicit, developerImplicit, explicitConfig": [{}, {
        implicit: {},
        developerImplicit: {},
      }],
      "must have exactly one of clientSecret, managedIdentity, workloadIdentity": [
        { explicitConfig: {} },
      ],
      "must have exactly one of clientId, objectId, resourceId": [
        { explicitConfig: { managedIdentity: { userAssignedIdentity: {} } } },
      ],
      [MISSING]: [{ explicitConfig: { clientSecret: { tenant_id: "t", client_id: "c" } } }],
      [STRING]: [
        { explicitConfig: { managedIdentity: { userAssignedIdentity: { clientId: 1 } } } },
      ],
      'unknown key "tenantId"': [
        {
          explicitConfig: {
            clientSecret: { tenantId: "t", tenant_id: "t", client_id: "c", client_secret: "s" },
          },
        },
      ],
    },
  },
];

testFields(FIELDS);
