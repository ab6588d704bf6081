import {
  backend,
  type Field,
  HEADER_NAME,
  HEADER_VALUE,
  model,
  route,
  testFields,
} from "./fields.ts";

const params = (key: string) => model(`"params": {"${key}": HOLE}`);
const match = (rest: string) => route(`"matches": [{${rest}}]`);

const HOSTNAME = 'expected a host name or "*." and a host name';
const DURATION = 'expected a duration such as "500ms", "30s" or "1m30s"';
const ADDRESS = 'expected "ip:port", "localhost:port", "unix:/path" or "off"';
const PORT = "expected a whole number from 1 to 65535";
const SLASH = 'must be a path that begins with "/"';

const FIELDS: readonly Field[] = [
  {
    name: "port",
    text: '{"gateways": {"a": {"port": HOLE}}}',
    accepted: [1, 4000, 65_535],
    refused: { [PORT]: [0, -1, 65_536, 1.5, "80", null, true, [], {}] },
  },
  {
    name: "adminAddr",
    text: '{"config": {"adminAddr": HOLE}}',
    accepted: [
      ...["off", "localhost:15000", "127.0.0.1:0", "0.0.0.0:1", "[::]:15020", "[::1]:80"],
      ...["unix:/run/a.sock", "[::ffff:1.2.3.4]:80"],
    ],
    refused: {
      [ADDRESS]: [
        ...["", "15000", ":15000", "example.com:80", "localhost", "localhost:", "localhost:x"],
        ...["localhost:70000", "::1:80", "[::1]", "[127.0.0.1]:80", "1.2.3:80", "unix:run", 15000],
        ...["localhost:80 ", "OFF"],
      ],
    },
  },
  {
    name: "host",
    text: backend('"host": HOLE'),
    accepted: ["a:1", "api.example.com:443", "10.0.0.1:80", "[::1]:80", "a_b:80", "x.:80"],
    refused: {
      "must be host:port": [
        ...["", "a", "a:", ":80", "a:0", "a:65536", "a b:80", "http://a:80", "a:80/x", "::1:80"],
        ...["u:p@a:80", "-a:80", "a..b:80", "[a]:80", 80],
      ],
      "not supported yet: unix:": ["unix:/run/a.sock"],
    },
  },
  {
    name: "hostnames",
    text: route('"hostnames": [HOLE]'),
    accepted: ["a", "a.example.com", "*.example.com", "10.0.0.1", "::1"],
    refused: { [HOSTNAME]: ["", "*", "*.", "a.*", "*a.b", "a b", "a:80", "https://a", 1] },
  },
  {
    name: "listener hostname",
    text: '{"gateways": {"a": {"port": 1, "listeners": [{"hostname": HOLE}]}}}',
    accepted: ["*", "a.example.com", "*.example.com"],
    refused: { [HOSTNAME]: ["", "**", "a.*"] },
  },
  {
    name: "duration",
    text: '{"config": {"backend": {"poolIdleTimeout": HOLE}}}',
    accepted: ["0", "500ms", "2s", "1m30s", "24h"],
    refused: { [DURATION]: ["", "5", "-1s", "1 s", "forever", 5] },
  },
  {
    name: "maxBufferSize",
    text: '{"frontendPolicies": {"http": {"maxBufferSize": HOLE}}}',
    accepted: [1, 20_971_520],
    refused: { "expected a whole number of at least 1": [0, -5, 0.5, "2MiB", 1e400, 2 ** 60] },
  },
  {
    name: "weight",
    text: backend('"host": "a:1", "weight": HOLE'),
    accepted: [0, 1, 1_000],
    refused: { "expected a whole number of at least 0": [-1, 0.5, "1"] },
  },
  {
    name: "log level",
    text: '{"config": {"logging": {"level": HOLE}}}',
    accepted: [
      ...["info", "off", "info,request=off", " warn , a::b=trace", ["info", "request=debug"]],
      [],
    ],
    refused: {
      "expected off, error, warn, info, debug, trace or module=level": [
        ...["", "INFO", "info,", "request=loud", "verbose", ["info", "x"]],
      ],
      "expected a level or a list of levels": [1, {}, true],
      "expected a string": [[1]],
    },
  },
  {
    name: "model name",
    text: '{"llm": {"models": [{"name": HOLE, "provider": "mock"}]}}',
    accepted: ["*", "gpt-4o", "gpt-*", "*-mini", "openai/*", "a b"],
    refused: {
      'must be a name with at most one "*", at its beginning or end': ["", "**", "*a*", "a*b", 4],
    },
  },
  {
    name: "baseUrl",
    text: params("baseUrl"),
    accepted: ["https://a", "http://a:8080/v1/", "https://[::1]/x", "grpc://a:9", "HTTPS://A/B"],
    refused: {
      "must be a URL such as https://example.com/v1": ["", "a", "/v1", "https://", "http://a:b", 1],
      "must not hold a user or a password": ["https://u@a", "https://u:p@a/v1", "https://:p@a"],
      "must not hold a query": ["https://a?x=1", "https://a/?"],
      "must not hold a fragment": ["https://a#x", "https://a/#"],
      "must name a host, as in https://example.com/v1": ["localhost:8080", "file:///x", "a:b"],
      "must name a port, or use http or https": ["grpc://a", "ftp2://a/b"],
    },
  },
  {
    name: "pathOverride",
    text: params("pathOverride"),
    accepted: ["/", "/v1/chat/completions", "/x?api-version=1"],
    refused: { [SLASH]: ["", "v1", "/a b", "/ä"], "must be a path": [1] },
  },
  {
    name: "pathPrefix",
    text: params("pathPrefix"),
    accepted: ["", "/", "/v1", "/a/b/"],
    refused: {
      [`${SLASH}, without query or fragment`]: ["v1", "/a?b", "/a#b", "/a b"],
      "must be a path": [1],
    },
  },
  {
    name: "header name",
    text: model('"requestHeaders": {"remove": [HOLE]}'),
    accepted: ["x-a", "Server", "x_a.b"],
    refused: { [HEADER_NAME]: ["", "a b", "a:b", ":path", "ä", 1] },
  },
  {
    name: "header value",
    text: model('"requestHeaders": {"set": {"x-a": HOLE}}'),
    accepted: ["", "a b", "a\tb", "é"],
    refused: { [HEADER_VALUE]: ["a\nb", "a\rb", "a\u0000", "€", "\u007f", 1, null, []] },
  },
  {
    name: "path match",
    text: match('"path": HOLE'),
    accepted: [{ exact: "/" }, { pathPrefix: "/v1" }, { regex: "/v[12]/.*" }],
    refused: {
      "must have exactly one of exact, pathPrefix, regex": [{}, { exact: "/", regex: "/" }],
      [SLASH]: [{ exact: "v1" }, { pathPrefix: "" }],
      "must be a regular expression in RE2 syntax: missing closing )": [{ regex: "(" }],
      "must be a regular expression in RE2 syntax: invalid or unsupported Perl syntax": [
        { regex: "(?=x)" },
      ],
      "expected a mapping": ["/v1", ["/v1"]],
    },
  },
  {
    name: "header match",
    text: match('"headers": [{"name": HOLE, "value": {"exact": "x"}}]'),
    accepted: ["x-a", ":method", ":path", ":authority", ":scheme"],
    refused: {
      "must be a header name or one of :method, :path, :authority, :scheme": ["", ":status", "a b"],
    },
  },
  {
    name: "method",
    text: match('"method": HOLE'),
    accepted: ["GET", "PURGE"],
    refused: { "must be an HTTP method such as GET": ["", "GET POST", 1] },
  },
  {
    name: "gateways of a route",
    text: route('"gateways": HOLE'),
    accepted: ["a", "a/b", ["a", "a/b"]],
    refused: {
      "must name at least one gateway: nothing would be served": [[]],
      "must be gateway or gateway/listener": ["", "a/", "/b", "a/b/c", "a b", ["a", ""]],
      "expected the name of a gateway or a list of names": [1, {}],
    },
  },
  {
    name: "secret",
    text: params("apiKey"),
    accepted: ["k", { file: "/run/key" }],
    refused: {
      "must not be empty": ["", { file: "" }],
      "must be a string or {file: path}": [1, true, [], {}, { file: 1 }, { file: "a", b: 1 }],
    },
  },
  {
    name: "route types",
    text: route('"policies": {"ai": {"routes": {"/x": HOLE}}}'),
    accepted: ["completions", "models", "passthrough", "detect", "messages", "rerank"],
    refused: {},
  },
  {
    name: "TLS to a backend",
    text: route('"backends": [{"host": "a:1", "policies": {"backendTLS": HOLE}}]'),
    accepted: [{}, { hostname: "a" }],
    refused: { "not supported yet: spiffe": [{ spiffe: {} }] },
  },
];

testFields(FIELDS);
