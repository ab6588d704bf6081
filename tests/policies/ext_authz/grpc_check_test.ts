import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeDecision } from "../../../src/policies/ext_authz/grpc_messages.ts";
import { checkReply, grpcAuthorizer, type Message } from "../../support/authorizer.ts";
import { GrpcRefusal } from "../../support/grpc_server.ts";
import { policyOf, refusalOf, requestOf } from "./ext_authz_policy.ts";

const OK = { status: { code: 0 } };

/** A policy, and the service that it asks. */
async function asking(
  decide: Parameters<typeof grpcAuthorizer>[0],
  settings: Readonly<Record<string, unknown>> = {},
) {
  const service = await grpcAuthorizer(decide);
  const { policy, context } = policyOf({ port: service.port }, settings);
  return {
    service,
    policy,
    context,
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

const HEADERS = {
  ":authority": "gateway.test",
  ":method": "POST",
  ":path": "/v1/chat?a=1",
  ":scheme": "http",
  authorization: "Bearer t",
  "content-type": "text/plain;charset=UTF-8",
  cookie: "c=1",
  "x-request-id": "r1",
  "x-user": "mallory",
};

Deno.test("extAuthz tells a service all of a request's head", async () => {
  await using asked = await asking(() => OK, { protocol: { grpc: { context: { env: "prod" } } } });
  await asked.policy.apply(requestOf({ headers: { "x-request-id": "r1" } }));
  assert.deepEqual(asked.service.questions, [{
    attributes: {
      source: { address: { socketAddress: { address: "127.0.0.1", portValue: 1234 } } },
      request: {
        time: { seconds: 1_700_000_000 },
        http: {
          id: "r1",
          method: "POST",
          headers: HEADERS,
          path: "/v1/chat?a=1",
          host: "gateway.test",
          scheme: "http",
          size: -1,
          protocol: "HTTP/1.1",
        },
      },
      contextExtensions: { env: "prod" },
    },
  }]);
});

function httpOf(question: Message | undefined): Message {
  const { attributes } = JSON.parse(JSON.stringify(question));
  return attributes.request.http;
}

Deno.test("extAuthz tells a service the headers that are listed, and no others", async () => {
  const listed = ["Cookie", ":path", "x-none"];
  await using asked = await asking(() => OK, { includeRequestHeaders: listed });
  await asked.policy.apply(requestOf());
  assert.deepEqual(httpOf(asked.service.questions[0])["headers"], {
    ":path": "/v1/chat?a=1",
    cookie: "c=1",
  });
});

const BODIES: readonly (readonly [object, object])[] = [
  [{}, { body: '{"a":1}' }],
  [{ packAsBytes: true }, { rawBody: [...new TextEncoder().encode('{"a":1}')] }],
  [{ maxRequestBytes: 3, allowPartialMessage: true }, { body: '{"a' }],
];

for (const [options, expected] of BODIES) {
  Deno.test(`extAuthz tells a service the body with ${JSON.stringify(options)}`, async () => {
    const settings = { includeRequestBody: options, includeRequestHeaders: [] };
    await using asked = await asking(() => OK, settings);
    await asked.policy.apply(requestOf());
    const { body, rawBody, headers } = httpOf(asked.service.questions[0]);
    assert.deepEqual(
      { ...body !== undefined && { body }, ...rawBody !== undefined && { rawBody } },
      {
        ...expected,
      },
    );
    const isPartial = "maxRequestBytes" in options;
    assert.deepEqual(headers, { "x-envoy-auth-partial-body": String(isPartial) });
  });
}

function metadataOf(question: Message | undefined): unknown {
  const { attributes } = JSON.parse(JSON.stringify(question));
  return attributes.metadataContext?.filterMetadata;
}

Deno.test("extAuthz computes metadata for a service", async () => {
  const metadata = {
    "x.y": "{'list': [1, 'a', true, null, {'b': 2.5}], 'user': request.headers['x-user']}",
    none: "'no map'",
    fails: "request.headers['x-none']",
  };
  await using asked = await asking(() => OK, { protocol: { grpc: { metadata } } });
  await asked.policy.apply(requestOf());
  const fields = (value: object) => ({ structValue: { fields: value } });
  assert.deepEqual(metadataOf(asked.service.questions[0]), {
    "x.y": {
      fields: {
        list: {
          listValue: {
            values: [
              { numberValue: 1 },
              { stringValue: "a" },
              { boolValue: true },
              { nullValue: 0 },
              fields({ b: { numberValue: 2.5 } }),
            ],
          },
        },
        user: { stringValue: "mallory" },
      },
    },
  });
});

Deno.test("extAuthz tells a service the claims of a verified token, and not the token", async () => {
  await using asked = await asking(() => OK);
  const subject = requestOf();
  subject.identity.jwt = { sub: "ann", rawToken: "secret" };
  await asked.policy.apply(subject);
  assert.deepEqual(metadataOf(asked.service.questions[0]), {
    "envoy.filters.http.jwt_authn": {
      fields: { jwt_payload: { structValue: { fields: { sub: { stringValue: "ann" } } } } },
    },
  });
});

const option = (key: string, value: string, more: object = {}) => ({
  header: { key, value },
  ...more,
});

Deno.test("extAuthz changes a request as the service says", async () => {
  await using asked = await asking(() => ({
    ...OK,
    okResponse: {
      headers: [
        option("X-User", "ann"),
        option("x-new", "1"),
        option("cookie", "d=2", { append: { value: true } }),
        option("x-request-id", "theirs", { appendAction: 1 }),
        option("x-absent", "1", { appendAction: 3 }),
        option("x-bad", "a\r\nb: c"),
        option(":path", "/evil"),
        option("host", "evil.test"),
        option("content-length", "0"),
      ],
      headersToRemove: ["Authorization", "host", ":path"],
      responseHeadersToAdd: [option("x-checked", "yes"), option("x-b\n", "1")],
      queryParametersToSet: [{ key: "a", value: "2&3" }],
      queryParametersToRemove: ["b"],
    },
    dynamicMetadata: { fields: { tier: { stringValue: "gold" } } },
  }));
  const subject = requestOf({ query: "?a=1&b=2&c=%20", headers: { "x-request-id": "r1" } });
  subject.identity.extauthz = { before: 1 };
  await asked.policy.apply(subject);
  assert.deepEqual(Object.fromEntries(subject.head.headers), {
    "content-type": "text/plain;charset=UTF-8",
    cookie: "c=1; d=2",
    "x-new": "1",
    "x-request-id": "r1",
    "x-user": "ann",
  });
  assert.equal(subject.head.query, "?c=%20&a=2%263");
  assert.deepEqual(subject.identity.extauthz, { before: 1, tier: "gold" });
  const { headers } = await subject.answer(new Response());
  assert.deepEqual(Object.fromEntries(headers), { "x-checked": "yes" });
});

const DENIALS: readonly (readonly [Message, number, string | undefined, object])[] = [
  [{ status: { code: 7 } }, 403, undefined, {}],
  [{ status: { code: 16 }, deniedResponse: { status: { code: 401 } } }, 401, undefined, {}],
  [{ status: { code: 7 }, deniedResponse: { status: { code: 7 } } }, 403, undefined, {}],
  [
    {
      status: { code: 7 },
      deniedResponse: {
        status: { code: 302 },
        headers: [option("location", "/login"), option("content-length", "9")],
      },
    },
    302,
    "",
    { location: "/login" },
  ],
  [
    { status: { code: 7 }, deniedResponse: { body: "no", headers: [option("x-a", "1")] } },
    403,
    "no",
    { "x-a": "1", "content-type": "text/plain; charset=utf-8" },
  ],
  [{ status: { code: 7 }, deniedResponse: { status: { code: 304 }, body: "no" } }, 304, "", {}],
];

for (const [reply, status, body, headers] of DENIALS) {
  Deno.test(`extAuthz makes ${status} of the denial ${JSON.stringify(reply)}`, async () => {
    await using asked = await asking(() => reply);
    const refused = await refusalOf(asked.policy, requestOf());
    assert.deepEqual([refused.status, refused.body, refused.headers], [status, body, headers]);
  });
}

const deep = checkReply({
  ...OK,
  dynamicMetadata: Array.from({ length: 40 }).reduce<Message>(
    (fields) => ({ fields: { a: { structValue: fields } } }),
    { fields: {} },
  ),
});

const FAILURES: Readonly<Record<string, Parameters<typeof grpcAuthorizer>[0]>> = {
  "has no answer": () => {
    throw new GrpcRefusal("away", 14);
  },
  "answers with what is no message": () => Uint8Array.of(0xff, 0xff),
  "answers with more than anybody reads": () => new Uint8Array(2 * 1024 * 1024),
  "nests values without end": () => deep,
};

for (const [claim, decide] of Object.entries(FAILURES)) {
  Deno.test(`extAuthz refuses or lets in, as it is told, when a service ${claim}`, async () => {
    await using closed = await asking(decide);
    const { status, body } = await refusalOf(closed.policy, requestOf());
    assert.deepEqual([status, body], [403, undefined]);
    await using open = await asking(decide, { failureMode: "allow" });
    assert.equal(await open.policy.apply(requestOf()), undefined);
    assert.equal(open.context.warned.length, 1);
  });
}

Deno.test("extAuthz ends a call when the client leaves", async () => {
  const reason = new Error("left");
  const subject = requestOf();
  const told = Promise.withResolvers<void>();
  await using asked = await asking((_, gone) => {
    gone.addEventListener("abort", () => told.resolve());
    subject.abort(reason);
    return new Promise(() => {});
  }, { failureMode: "allow" });
  await assert.rejects(Promise.resolve(asked.policy.apply(subject)), reason);
  await told.promise;
});

Deno.test("decodeDecision() reads or refuses whatever bytes it gets", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      decodeDecision(bytes);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }));
});
