import assert from "node:assert/strict";
import { httpAuthorizer, type HttpVerdict } from "../../support/authorizer.ts";
import { policyOf, refusalOf, requestOf } from "./ext_authz_policy.ts";

const HTTP = { protocol: { http: {} } };

Deno.test("extAuthz asks with the method and the path of the request, and its authorization", async () => {
  await using service = await httpAuthorizer(() => ({ status: 200 }));
  const { policy } = policyOf(service, HTTP);
  const subject = requestOf();
  assert.equal(await policy.apply(subject), undefined);
  const [asked] = service.requests;
  assert.deepEqual([asked?.method, asked?.target], ["POST", "/v1/chat?a=1"]);
  assert.equal(asked?.headers.get("authorization"), "Bearer t");
  assert.deepEqual([asked?.headers.get("cookie"), asked?.headers.get("x-user")], [null, null]);
  assert.equal(asked?.body.length, 0);
});

Deno.test("extAuthz sends the headers that are listed, and no others", async () => {
  await using service = await httpAuthorizer(() => ({ status: 204 }));
  const settings = { ...HTTP, includeRequestHeaders: ["Cookie", "x-none"] };
  const { policy } = policyOf(service, settings);
  await policy.apply(requestOf());
  const [asked] = service.requests;
  assert.equal(asked?.headers.get("cookie"), "c=1");
  assert.deepEqual([asked?.headers.get("authorization"), asked?.headers.get("x-none")], [
    null,
    null,
  ]);
});

Deno.test("extAuthz computes path, headers and body", async () => {
  await using service = await httpAuthorizer(() => ({ status: 200 }));
  const { policy } = policyOf(service, {
    protocol: {
      http: {
        path: '"/check" + request.path',
        addRequestHeaders: {
          "X-Method": "request.method",
          "x-none": 'request.headers["x-none"]',
          "x-bad": '"a\\r\\nb: c"',
          authorization: '"Basic x"',
        },
        body: '{"input": {"path": request.path}}',
      },
    },
  });
  await policy.apply(requestOf());
  const [asked] = service.requests;
  assert.equal(asked?.target, "/check/v1/chat");
  const names = ["x-method", "x-none", "x-bad", "authorization", "content-type"];
  assert.deepEqual(names.map((name) => asked?.headers.get(name) ?? null), [
    "POST",
    null,
    null,
    "Basic x",
    "application/json",
  ]);
  assert.equal(new TextDecoder().decode(asked?.body), '{"input":{"path":"/v1/chat"}}');
});

Deno.test("extAuthz sends a computed body by POST where the request has none", async () => {
  await using service = await httpAuthorizer(() => ({ status: 200 }));
  const { policy } = policyOf(service, { protocol: { http: { body: "'hello'" } } });
  await policy.apply(requestOf({ method: "GET" }));
  const [asked] = service.requests;
  assert.deepEqual([asked?.method, new TextDecoder().decode(asked?.body)], ["POST", "hello"]);
});

const BODIES: readonly (readonly [object, string | number, string | null])[] = [
  [{}, '{"a":1}', "false"],
  [{ maxRequestBytes: 7 }, '{"a":1}', "false"],
  [{ maxRequestBytes: 6, allowPartialMessage: true }, '{"a":1', "true"],
  [{ maxRequestBytes: 6 }, 413, null],
];

for (const [options, expected, partial] of BODIES) {
  Deno.test(`extAuthz sends the body along with ${JSON.stringify(options)}`, async () => {
    await using service = await httpAuthorizer(() => ({ status: 200 }));
    const { policy } = policyOf(service, { ...HTTP, includeRequestBody: options });
    const subject = requestOf();
    if (typeof expected === "number") {
      const { status, error } = await refusalOf(policy, subject);
      assert.deepEqual([status, error.code], [expected, "request_body_too_large"]);
      assert.deepEqual(service.requests, []);
      return;
    }
    await policy.apply(subject);
    const [asked] = service.requests;
    assert.equal(new TextDecoder().decode(asked?.body), expected);
    assert.equal(asked?.headers.get("x-envoy-auth-partial-body"), partial);
    assert.equal(await subject.bodyText(), '{"a":1}');
  });
}

Deno.test("extAuthz takes listed headers of the answer for the request, and only from there", async () => {
  await using service = await httpAuthorizer(({ target }) => ({
    status: 200,
    headers: target.includes("known") ? { "x-user": "ann", "x-other": "1" } : {},
  }));
  const { policy } = policyOf(service, {
    protocol: { http: { includeResponseHeaders: ["X-User"] } },
  });
  const known = requestOf({ query: "?known" });
  await policy.apply(known);
  const { headers } = known.head;
  assert.deepEqual([headers.get("x-user"), headers.get("x-other")], ["ann", null]);
  const unknown = requestOf();
  await policy.apply(unknown);
  assert.equal(unknown.head.headers.get("x-user"), null);
});

Deno.test("extAuthz takes no header of the answer that a request cannot have", async () => {
  const callout = () => Promise.resolve(new Response(null, { headers: { "x-user": "a\x01b" } }));
  const http = { includeResponseHeaders: ["x-user"] };
  const { policy } = policyOf({ callout }, { protocol: { http } });
  const subject = requestOf();
  await policy.apply(subject);
  assert.equal(subject.head.headers.get("x-user"), null);
});

Deno.test("extAuthz leaves metadata of the answer for expressions", async () => {
  await using service = await httpAuthorizer(() => ({
    status: 201,
    headers: { "x-group": "a" },
    body: '{"quota": 5}',
  }));
  const { policy } = policyOf(service, {
    protocol: {
      http: {
        metadata: {
          group: 'response.headers["x-group"]',
          code: "response.code",
          quota: "json(response.body).quota",
          none: 'response.headers["x-none"]',
          path: "request.path",
        },
      },
    },
  });
  const subject = requestOf();
  await policy.apply(subject);
  assert.deepEqual(subject.identity.extauthz, {
    group: "a",
    code: 201,
    quota: 5,
    path: "/v1/chat",
  });
});

const DENIALS:
  readonly (readonly [HttpVerdict, number, string, Readonly<Record<string, string>>])[] = [
    [
      { status: 403, headers: { "x-why": "no" }, body: "go away" },
      403,
      "go away",
      { "x-why": "no", "content-type": "text/plain; charset=utf-8" },
    ],
    [
      {
        status: 401,
        headers: { "www-authenticate": "Basic", "content-type": "text/html" },
        body: "<p>",
      },
      401,
      "<p>",
      { "www-authenticate": "Basic", "content-type": "text/html" },
    ],
    [{ status: 302, headers: { location: "/login" } }, 302, "", { location: "/login" }],
    [{ status: 304 }, 304, "", {}],
    [{ status: 429, headers: { "retry-after": "5" } }, 429, "", { "retry-after": "5" }],
    [{ status: 500, body: "oops" }, 500, "oops", { "content-type": "text/plain; charset=utf-8" }],
  ];

for (const [verdict, status, body, headers] of DENIALS) {
  Deno.test(`extAuthz hands ${status} and what comes with it to the client`, async () => {
    await using service = await httpAuthorizer(() => verdict);
    const { policy } = policyOf(service, HTTP);
    const refused = await refusalOf(policy, requestOf());
    assert.deepEqual([refused.status, refused.body, refused.headers], [status, body, headers]);
    const { code, reason, summary } = refused.error;
    assert.deepEqual([code, reason, summary], [
      "external_authorization_failed",
      "ExtAuth",
      "external authorization failed",
    ]);
  });
}

Deno.test("extAuthz hands over every cookie of a denial, and no header of the connection", async () => {
  await using service = await httpAuthorizer(() => (exchange) => {
    exchange.raw(new TextEncoder().encode(
      "HTTP/1.1 403 No\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nkeep-alive: 5\r\n" +
        "connection: keep-alive\r\ncontent-length: 0\r\ndate: now\r\n\r\n",
    ));
    exchange.close();
  });
  const { policy } = policyOf(service, HTTP);
  const error = await Promise.resolve(policy.apply(requestOf())).catch((error) => error);
  assert.deepEqual([...error.reply.headers], [["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
});

const REDIRECTS: readonly (readonly [number, string, number])[] = [
  [401, '"/start?rd=" + request.path', 302],
  [403, '"/start?rd=" + request.path', 403],
  [401, 'request.headers["x-none"]', 401],
  [401, '"/a\\r\\nset-cookie: b"', 401],
];

for (const [status, redirect, expected] of REDIRECTS) {
  Deno.test(`extAuthz with redirect ${redirect} makes ${expected} of ${status}`, async () => {
    await using service = await httpAuthorizer(() => ({ status, body: "no" }));
    const { policy } = policyOf(service, { protocol: { http: { redirect } } });
    const refused = await refusalOf(policy, requestOf());
    assert.equal(refused.status, expected);
    assert.equal(refused.headers["location"], expected === 302 ? "/start?rd=/v1/chat" : undefined);
  });
}
