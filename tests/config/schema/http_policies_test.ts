import { type Field, HEADER_NAME, route, testFields } from "./fields.ts";

const policy = (name: string) => route(`"policies": {"${name}": HOLE}`);

const MISSING = "required key is missing";
const EMPTY = "must not be empty";
const MAPPING = "expected a mapping";
const ORIGIN = 'must be "*" or an origin such as https://app.example.com or https://*.example.com';
const EXACT_ORIGIN = "must be an origin such as https://app.example.com";
const OWN = "the gateway writes this header itself";
const REQUEST_HEADER = `${HEADER_NAME}, or :method, :path, :authority, :scheme`;
const HOST_FORMS = 'expected "auto", "none", {full: host:port}, {host: name} or {port: number}';
const HOST_KEYS = "must have exactly one of full, host, port";
const HOST = "must be a host name or an IP address, without a port";
const PATH = 'must be a path that begins with "/", without query or fragment';
const FULL_OR_PREFIX = "must have exactly one of full, prefix";

const HOSTS = {
  accepted: [
    "auto",
    "none",
    { full: "b.test" },
    { full: "b.test:8080" },
    { full: "[::1]:80" },
    { host: "b.test" },
    { host: "10.0.0.1" },
    { host: "[::1]" },
    { port: 8080 },
  ],
  refused: {
    [HOST_FORMS]: [1, []],
    'expected "auto" or "none"': ["b.test"],
    [HOST_KEYS]: [{}, { host: "b", port: 1 }],
    [HOST]: [{ host: "b:80" }, { host: "b/c" }, { host: "" }],
    "must be host or host:port": [{ full: "b:x" }, { full: "http://b" }, { full: "a@b" }],
    "expected a whole number from 1 to 65535": [{ port: 0 }, { port: 65_536 }, { port: "80" }],
    'unknown key "hots"': [{ hots: "b" }],
  },
} as const;

const PATHS = {
  accepted: [{ full: "/" }, { full: "/a/b" }, { prefix: "/v2" }, { prefix: "/v2/" }, {
    prefix: "",
  }],
  refused: {
    [FULL_OR_PREFIX]: [{}, { full: "/a", prefix: "/b" }],
    [PATH]: [
      { full: "" },
      { full: "a" },
      { full: "/a?b" },
      { full: "/a#b" },
      { full: "/a b" },
      { prefix: "v2" },
      { prefix: "/v2?x" },
    ],
    [MAPPING]: ["/v2"],
  },
} as const;

const transforms = (side: "request" | "response") =>
  route(`"policies": {"transformations": {"${side}": HOLE}}`);

const FIELDS: readonly Field[] = [
  {
    name: "cors",
    text: policy("cors"),
    accepted: [
      {},
      { allowOrigins: ["*"] },
      {
        allowOrigins: ["https://a.test", "http://localhost:3000", "https://*.a.test"],
        allowMethods: ["GET", "*"],
        allowHeaders: ["x-a", "*"],
        exposeHeaders: ["x-b"],
        allowCredentials: true,
        maxAge: "10m",
      },
    ],
    refused: {
      [ORIGIN]: [
        { allowOrigins: ["a.test"] },
        { allowOrigins: ["https://a.test/"] },
        { allowOrigins: ["null"] },
        { allowOrigins: [1] },
      ],
      'must be "*" or an HTTP method such as GET': [{ allowMethods: ["GET POST"] }],
      [HEADER_NAME]: [{ allowHeaders: ["x a"] }, { exposeHeaders: [""] }],
      'expected a duration such as "500ms", "30s" or "1m30s"': [{ maxAge: 600 }, { maxAge: "1d" }],
      "expected a list": [{ allowOrigins: "https://a.test" }],
      "expected true or false": [{ allowCredentials: "yes" }],
      'unknown key "allowOrigin"': [{ allowOrigin: [] }],
    },
  },
  {
    name: "csrf",
    text: policy("csrf"),
    accepted: [{}, { additionalOrigins: ["https://a.test", "http://localhost:3000"] }],
    refused: {
      [EXACT_ORIGIN]: [
        { additionalOrigins: ["*"] },
        { additionalOrigins: ["https://*.a.test"] },
        { additionalOrigins: ["a.test"] },
      ],
    },
  },
  {
    name: "transformations.request",
    text: transforms("request"),
    accepted: [
      {},
      {
        metadata: { team: "jwt.team" },
        replace: "request.headers",
        add: { "x-a": '"b"', ":path": '"/x"' },
        set: { ":method": '"PUT"', ":authority": '"b"', ":scheme": '"https"', ":path": '"/x"' },
        remove: ["x-b"],
        body: "request.body",
      },
    ],
    refused: {
      [REQUEST_HEADER]: [{ set: { ":status": "200" } }, { add: { "x@a": "1" } }],
      [OWN]: [{ set: { "Content-Length": "1" } }, { add: { "transfer-encoding": "1" } }],
      "set :authority in its place": [{ set: { Host: '"b"' } }],
      [HEADER_NAME]: [{ remove: [":path"] }],
      [EMPTY]: [{ body: "" }, { set: { "x-a": "" } }, { metadata: { a: "" } }, { replace: "" }],
      [MAPPING]: [{ set: [] }, "x"],
    },
  },
  {
    name: "transformations.response",
    text: transforms("response"),
    accepted: [{ set: { ":status": "201", "x-a": "response.code" }, body: "response.body" }],
    refused: {
      [`${HEADER_NAME}, or :status`]: [{ set: { ":path": '"/x"' } }],
      [OWN]: [{ set: { host: '"b"' } }],
    },
  },
  {
    name: "conditional transformations",
    text: policy("transformations"),
    accepted: [
      { conditional: [{ condition: "a", request: {} }, { response: {} }] },
      { conditional: [{}] },
    ],
    refused: {
      "must have 1 to 64 entries": [
        { conditional: [] },
        { conditional: Array(65).fill({ condition: "true" }) },
      ],
      "needs a condition: only the last entry may be without one": [
        { conditional: [{}, { condition: "true" }] },
        { conditional: [{ condition: null }, {}] },
      ],
      [EMPTY]: [{ conditional: [{ condition: "" }] }],
      "expected a list": [{ conditional: {} }],
      'unknown key "conditon"': [{ conditional: [{ conditon: "true" }] }],
      'unknown key "request"': [{ conditional: [{}], request: {} }],
    },
  },
  {
    name: "conditional directResponse",
    text: policy("directResponse"),
    accepted: [{ conditional: [{ condition: "true", status: 200 }] }],
    refused: {
      [MISSING]: [{ conditional: [{ condition: "true" }] }],
      "cannot be set together with body: an answer has one body": [
        { conditional: [{ status: 200, body: "a", bodyExpression: "b" }] },
      ],
    },
  },
  { name: "requestRedirect.authority", text: redirect("authority"), ...HOSTS },
  { name: "urlRewrite.authority", text: rewrite("authority"), ...HOSTS },
  { name: "requestRedirect.path", text: redirect("path"), ...PATHS },
  { name: "urlRewrite.path", text: rewrite("path"), ...PATHS },
  {
    name: "requestRedirect",
    text: policy("requestRedirect"),
    accepted: [{ scheme: "https" }, { scheme: "http", status: 301 }, {
      scheme: "https",
      status: 308,
    }],
    refused: {
      'expected "http" or "https"': [{ scheme: "ftp" }],
      "expected one of 301, 302, 303, 307, 308": [{ status: 200 }, { status: 304 }, {
        status: "302",
      }],
    },
  },
  {
    name: "directResponse",
    text: policy("directResponse"),
    accepted: [
      { status: 204 },
      { status: 200, body: "" },
      { status: 200, body: [1, 255] },
      { status: 404, bodyExpression: "request.path", headers: { "x-a": '"b"' } },
    ],
    refused: {
      [MISSING]: [{}],
      "expected a whole number from 200 to 599": [{ status: 101 }, { status: 600 }],
      "expected a whole number from 0 to 255": [{ status: 200, body: [256] }],
      "expected a text or a list of bytes": [{ status: 200, body: 1 }],
      "cannot be set together with body: an answer has one body": [
        { status: 200, body: "a", bodyExpression: "b" },
      ],
      "an answer of status 204 has no body": [{ status: 204, body: "a" }],
      "an answer of status 304 has no body": [{ status: 304, bodyExpression: "a" }],
      [OWN]: [{ status: 200, headers: { "content-length": "1" } }],
      [HEADER_NAME]: [{ status: 200, headers: { ":status": "1" } }],
    },
  },
  {
    name: "delay",
    text: policy("delay"),
    accepted: [{ duration: "250ms" }, { duration: "random() * 100.0" }],
    refused: {
      [MISSING]: [{}],
      [EMPTY]: [{ duration: "" }],
      "expected a string": [{ duration: 5 }],
    },
  },
  {
    name: "buffer",
    text: policy("buffer"),
    accepted: [
      {},
      { request: {}, response: {} },
      { request: { maxBytes: 0, failureMode: "failOpen" } },
      { response: { maxBytes: 1024, failureMode: "failClosed" } },
    ],
    refused: {
      "expected a whole number of at least 0": [{ request: { maxBytes: -1 } }],
      'expected "failClosed" or "failOpen"': [{ response: { failureMode: "open" } }],
    },
  },
  {
    name: "requestMirror",
    text: policy("requestMirror"),
    accepted: [
      { backend: { host: "a:80" }, percentage: 0 },
      { backend: { backend: "b" }, percentage: 1 },
      { backend: { host: "a:80" }, percentage: 0.5 },
    ],
    refused: {
      [MISSING]: [{ backend: { host: "a:80" } }, { percentage: 1 }],
      "expected a number from 0 to 1": [
        { backend: { host: "a:80" }, percentage: 50 },
        { backend: { host: "a:80" }, percentage: -0.1 },
        { backend: { host: "a:80" }, percentage: "1" },
      ],
      "must be host:port": [{ backend: { host: "a" }, percentage: 1 }],
      "not supported yet: service": [{ backend: { service: {} }, percentage: 1 }],
    },
  },
];

testFields(FIELDS);

function redirect(key: string): string {
  return route(`"policies": {"requestRedirect": {"scheme": "https", "${key}": HOLE}}`);
}

function rewrite(key: string): string {
  return route(`"policies": {"urlRewrite": {"${key}": HOLE}}`);
}
