import fc from "fast-check";

/** A request that is sound HTTP, whatever it says. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const utf8 = new TextEncoder();

/** Names that mean something to JavaScript, to the gateway, or to nobody. */
const names = fc.constantFrom(
  ...["gpt-4o", "renamed", "gpt-9", "*", "", " ", "__proto__", "constructor", "toString"],
  ...["\\ud800", "\\u0000", "a\\nb", "../../etc/passwd", "%2e%2e", "\u{1f600}", "$OPENAI_API_KEY"],
  "x".repeat(5_000),
);

const members = fc.constantFrom(
  ...["model", "messages", "stream", "stream_options", "n", "seed", "tools", "temperature"],
  ...["__proto__", "constructor", "hasOwnProperty", "metadata", "usage", "max_tokens", ""],
);

/** JSON text that no printer would print: members in any number and order, values of any type. */
const jsonTexts = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom("null", "true", "false", "0", "-0.0", "1e400", "9007199254740993", "1.50"),
    names.map((name) => `"${name}"`),
    fc.json({ maxDepth: 2 }),
    tie("object"),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(" , ")}]`),
  ),
  object: fc.array(fc.tuple(members, tie("value")), { maxLength: 6 })
    .map((pairs) => `{${pairs.map(([name, value]) => `"${name}" : ${value}`).join(",")}}`),
}));

/** A body that is nearly a chat request. */
const chatTexts = fc.record({
  model: fc.oneof({ weight: 2, arbitrary: fc.constantFrom("gpt-4o", "renamed") }, {
    weight: 1,
    arbitrary: names,
  }),
  messages: fc.oneof(
    fc.constant('[{"role":"user","content":"hi"}]'),
    jsonTexts.value,
  ),
  stream: fc.oneof({ weight: 3, arbitrary: fc.constantFrom("true", "false") }, {
    weight: 1,
    arbitrary: jsonTexts.value,
  }),
  more: fc.array(fc.tuple(members, jsonTexts.value), { maxLength: 4 }),
}).map(({ model, messages, stream, more }) => {
  const extra = more.map(([name, value]) => `,"${name}":${value}`).join("");
  return `{"model":"${model}","messages":${messages},"stream":${stream}${extra}}`;
});

const deepTexts = fc.tuple(fc.constantFrom("[", '{"a":', '{"model":"gpt-4o","a":['), fc.nat(60_000))
  .map(([open, depth]) => open.repeat(depth));

const bodies = fc.oneof(
  { weight: 9, arbitrary: chatTexts.map((text) => utf8.encode(text)) },
  { weight: 3, arbitrary: jsonTexts.object.map((text) => utf8.encode(text)) },
  { weight: 1, arbitrary: jsonTexts.value.map((text) => utf8.encode(text)) },
  { weight: 1, arbitrary: deepTexts.map((text) => utf8.encode(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((bytes) => bytes.slice()) },
  { weight: 1, arbitrary: fc.constant(new Uint8Array()) },
);

const paths = fc.oneof(
  { weight: 6, arbitrary: fc.constant("/v1/chat/completions") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...["/", "//", "/v1", "/v1/models", "/models/x", "/v1/messages", "/v1/responses"],
      ...["/v1/embeddings", "/v1beta/models/gpt-4o:generateContent", "/model/gpt-4o/converse"],
      ...["/v1/chat/completions/", "/V1/CHAT/COMPLETIONS", "/a/../v1/chat/completions", "/%00"],
      ...["/v1/chat/completions?", "/?a=%zz", "/%", "/.", "/v1/chat/completions;x", "/v1//x"],
    ),
  },
  { weight: 2, arbitrary: fc.webPath().map((path) => `/${path}`) },
  { weight: 1, arbitrary: fc.webQueryParameters().map((query) => `/v1/chat/completions?${query}`) },
);

const headerValues = fc.stringMatching(/^[\x20-\x7e]{0,40}$/);

const headers = fc.record({
  "content-type": fc.oneof(
    { weight: 5, arbitrary: fc.constant("application/json") },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...["text/plain", "", "multipart/form-data", "multipart/form-data; boundary=x", ";;"],
        ...["application/x-www-form-urlencoded", "application/json; charset=utf-16", 'a/b; c="d'],
      ),
    },
  ),
  "content-encoding": fc.oneof({ weight: 9, arbitrary: fc.constant("") }, {
    weight: 1,
    arbitrary: fc.constantFrom("gzip", "br", "zstd", "deflate", "identity", "x", "gzip, br"),
  }),
  "authorization": headerValues,
  "accept": headerValues,
  "accept-encoding": fc.constantFrom("identity", "gzip", "*;q=0", "nonsense"),
  "x-forwarded-for": headerValues,
  "traceparent": headerValues,
  "cookie": headerValues,
}, { requiredKeys: ["content-type"] });

/** Requests that a sound HTTP client can send. */
export const hostileRequests: fc.Arbitrary<HostileRequest> = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constant("POST") },
    { weight: 1, arbitrary: fc.constantFrom("PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND") },
  ),
  path: paths,
  headers: headers.map((fields) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""))
  ),
  body: bodies,
});

const tokens = fc.constantFrom(
  ...["POST ", "GET ", "/v1/chat/completions ", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "\r\n", "\n"],
  ...["\r\n\r\n", "host: a\r\n", "content-length: 5\r\n", "content-length: -5\r\n", "{}", "\0"],
  ...[
    "content-length: 99999999999999999999\r\n",
    "transfer-encoding: chunked\r\n",
    "5\r\nabcde\r\n",
  ],
  ...["ffffffffffffffff\r\n", "0\r\n\r\n", "transfer-encoding: gzip, chunked\r\n", ": x\r\n", " "],
  ...[
    "connection: upgrade\r\nupgrade: websocket\r\n",
    "expect: 100-continue\r\n",
    "*",
    "x: \x7f\r\n",
  ],
  ...[
    "content-type: application/json\r\n",
    "host: \r\n",
    "host: a b\r\n",
    "PRI * HTTP/2.0\r\n\r\n",
  ],
);

const sound = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

/** Bytes that are hardly HTTP. */
export const hostileBytes: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => bytes.slice()),
  fc.array(tokens, { minLength: 1, maxLength: 12 }).map((parts) => utf8.encode(parts.join(""))),
  fc.array(tokens, { minLength: 1, maxLength: 4 })
    .map((parts) => utf8.encode(`${sound}${parts.join("")}`)),
  fc.tuple(fc.nat(100), fc.string({ maxLength: 60 }))
    .map(([length, body]) => utf8.encode(`${sound}content-length: ${length}\r\n\r\n${body}`)),
  fc.integer({ min: 1, max: 300 })
    .map((count) => utf8.encode(`${sound}${"x-many: y\r\n".repeat(count)}\r\n`)),
  fc.integer({ min: 1, max: 200_000 })
    .map((length) => utf8.encode(`GET /${"a".repeat(length)} HTTP/1.1\r\nhost: a\r\n\r\n`)),
  fc.integer({ min: 1, max: 200_000 })
    .map((length) => utf8.encode(`${sound}x-long: ${"a".repeat(length)}\r\n\r\n`)),
);
