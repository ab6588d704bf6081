import assert from "node:assert/strict";
import * as v from "valibot";
import { Buffer } from "../../../src/config/schema/buffer.ts";
import { Cors } from "../../../src/config/schema/cors.ts";
import { Csrf } from "../../../src/config/schema/csrf.ts";
import { Delay } from "../../../src/config/schema/delay.ts";
import { DirectResponse } from "../../../src/config/schema/direct_response.ts";
import { RequestMirror } from "../../../src/config/schema/request_mirror.ts";
import { RequestRedirect } from "../../../src/config/schema/request_redirect.ts";
import { Transformations } from "../../../src/config/schema/transformations.ts";
import { UrlRewrite } from "../../../src/config/schema/url_rewrite.ts";
import { formatPath } from "../../../src/config/diagnostic.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import type { CompileContext } from "../../../src/runtime/compile_context.ts";
import { compileBuffer } from "../../../src/runtime/policies/buffer.ts";
import { compileCors } from "../../../src/runtime/policies/cors.ts";
import { compileCsrf } from "../../../src/runtime/policies/csrf.ts";
import { compileDelay } from "../../../src/runtime/policies/delay.ts";
import { compileDirectResponse } from "../../../src/runtime/policies/direct_response.ts";
import { compileRequestMirror } from "../../../src/runtime/policies/request_mirror.ts";
import { compileRequestRedirect } from "../../../src/runtime/policies/request_redirect.ts";
import { compileTransformations } from "../../../src/runtime/policies/transformations.ts";
import { compileUrlRewrite } from "../../../src/runtime/policies/url_rewrite.ts";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf } from "../../support/subject.ts";

const BODY_BYTES_MAX = 1_000;
const AT = ["p"];
const prefix = () => "/";

type Compile = (written: unknown, context: CompileContext) => Policy | undefined;

const COMPILERS: Readonly<Record<string, Compile>> = {
  buffer: (written, context) =>
    compileBuffer(v.parse(Buffer, written), AT, context, BODY_BYTES_MAX),
  cors: (written, context) => compileCors(v.parse(Cors, written), AT, context),
  csrf: (written, context) => compileCsrf(v.parse(Csrf, written), AT, context),
  delay: (written, context) => compileDelay(v.parse(Delay, written), AT, context),
  directResponse: (written, context) =>
    compileDirectResponse(v.parse(DirectResponse, written), AT, context),
  requestMirror: (written, context) =>
    compileRequestMirror(v.parse(RequestMirror, written), AT, context, BODY_BYTES_MAX),
  requestRedirect: (written, context) =>
    compileRequestRedirect(v.parse(RequestRedirect, written), AT, context, prefix),
  transformations: (written, context) =>
    compileTransformations(v.parse(Transformations, written), AT, context, BODY_BYTES_MAX),
  urlRewrite: (written, context) =>
    compileUrlRewrite(v.parse(UrlRewrite, written), AT, context, prefix),
};

function compiled(name: string, written: unknown) {
  const context = compileContext(() => Promise.resolve(new Response()));
  const policy = COMPILERS[name]?.(written, context);
  const lines = (found: CompileContext["problems"]) =>
    found.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  return { policy, problems: lines(context.problems), warnings: lines(context.warnings) };
}

const OPEN = "covers hosts that anybody can have";
const CREDENTIALS = `${OPEN}, which with allowCredentials lets any page act for its visitor: ` +
  "name the origins";

/** What is wrong with settings that the schema accepts; a place alone stands for any message. */
const PROBLEMS: readonly (readonly [string, unknown, readonly string[]])[] = [
  [
    "cors",
    { allowOrigins: ["https://a.test", "*"], allowCredentials: true },
    [`p.allowOrigins[1]: ${CREDENTIALS}`],
  ],
  [
    "cors",
    { allowOrigins: ["https://a.*", "http://*"], allowCredentials: true },
    [`p.allowOrigins[0]: ${CREDENTIALS}`, `p.allowOrigins[1]: ${CREDENTIALS}`],
  ],
  ["delay", { duration: "11m" }, ["p.duration: must not be longer than 10m"]],
  ["delay", { duration: "5 minutes" }, ["p.duration"]],
  ["directResponse", { status: 200, bodyExpression: "(" }, ["p.bodyExpression"]],
  ["directResponse", { status: 200, headers: { "x-a": "a b" } }, ["p.headers.x-a"]],
  [
    "requestRedirect",
    { authority: "none", status: 301 },
    ["p: leads back to where it comes from: set scheme, authority or path"],
  ],
  [
    "transformations",
    {
      request: { set: { "x-a": "(" }, add: { "x-b": "(" }, metadata: { m: "(" } },
      response: { body: "(", replace: "(" },
    },
    [
      "p.request.metadata.m",
      "p.request.add.x-b",
      "p.request.set.x-a",
      "p.response.replace",
      "p.response.body",
    ],
  ],
];

Deno.test("HTTP policies tell what is wrong with them, and where", () => {
  for (const [name, written, wanted] of PROBLEMS) {
    const { problems } = compiled(name, written);
    const told = problems.map((line, index) =>
      wanted[index]?.includes(": ") ? line : line.replace(/: .*/s, "")
    );
    assert.deepEqual(told.toSorted(), wanted.toSorted(), JSON.stringify(written));
  }
});

const WARNINGS: readonly (readonly [string, unknown, readonly string[]])[] = [
  ["cors", { allowOrigins: ["*"] }, []],
  ["cors", { allowOrigins: ["https://*.a.test"], allowCredentials: true }, []],
  [
    "cors",
    { allowOrigins: ["https://a.*"] },
    [`p.allowOrigins[0]: ${OPEN}: keep * to the left of a domain of yours`],
  ],
  ["cors", {}, ["p: no origin is allowed: browsers let no page of another origin call"]],
  [
    "cors",
    { allowOrigins: ["https://a.test"], exposeHeaders: ["x-a", "*"], allowCredentials: true },
    [
      "p.exposeHeaders[1]: browsers take * for a name where allowCredentials is true: " +
      "list the headers",
    ],
  ],
  [
    "requestRedirect",
    { authority: "auto", scheme: "https" },
    ["p.authority: auto is the host that the client called: no backend is chosen for a redirect"],
  ],
  [
    "buffer",
    { request: { maxBytes: 1_000 }, response: { maxBytes: 1_001 } },
    [
      "p.response.maxBytes: has no effect beyond frontendPolicies.http.maxBufferSize (1000)",
    ],
  ],
];

Deno.test("HTTP policies warn of what may not be meant", () => {
  for (const [name, written, wanted] of WARNINGS) {
    const { policy, problems, warnings } = compiled(name, written);
    assert.deepEqual({ problems, warnings }, { problems: [], warnings: wanted });
    assert.ok(policy);
  }
});

const NOTHING: readonly (readonly [string, unknown])[] = [
  ["buffer", {}],
  ["delay", { duration: "0s" }],
  ["requestMirror", { backend: { host: "a:80" }, percentage: 0 }],
  ["transformations", {}],
  ["transformations", { request: {} }],
  ["urlRewrite", {}],
  ["urlRewrite", { authority: "auto" }],
];

Deno.test("HTTP policies cost nothing where they do nothing", () => {
  for (const [name, written] of NOTHING) {
    const { policy, problems } = compiled(name, written);
    assert.deepEqual({ policy, problems }, { policy: undefined, problems: [] }, name);
  }
});

Deno.test("HTTP policies bear the name of their key", () => {
  const written: Readonly<Record<string, unknown>> = {
    buffer: { request: {} },
    cors: {},
    csrf: {},
    delay: { duration: "1s" },
    directResponse: { status: 200 },
    requestMirror: { backend: { host: "a:80" }, percentage: 1 },
    requestRedirect: { scheme: "https" },
    transformations: { request: { remove: ["x-a"] } },
    urlRewrite: { authority: "none" },
  };
  assert.deepEqual(Object.keys(written), Object.keys(COMPILERS));
  for (const name of Object.keys(COMPILERS)) {
    assert.equal(compiled(name, written[name]).policy?.name, name);
  }
});

Deno.test("compileRequestRedirect() reads every form of an authority", async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ full: "b.test" }, "b.test"],
    [{ full: "b.test:8080" }, "b.test:8080"],
    [{ full: "[::1]" }, "[::1]"],
    [{ full: "[::1]:8080" }, "[::1]:8080"],
    [{ host: "b.test" }, "b.test:81"],
    [{ host: "[::1]" }, "[::1]:81"],
    [{ port: 82 }, "a.test:82"],
  ];
  for (const [authority, wanted] of cases) {
    const { policy, problems } = compiled("requestRedirect", { authority });
    assert.deepEqual(problems, []);
    const reply = await policy?.apply(subjectOf("http://a.test:81/x"));
    assert.equal(reply?.headers.get("location"), `http://${wanted}/x`);
    assert.equal(reply?.status, 302);
  }
});

Deno.test("compileBuffer() takes the configuration's limit where it has none", async () => {
  const { policy } = compiled("buffer", { request: {} });
  const body = "x".repeat(BODY_BYTES_MAX + 1);
  const subject = subjectOf(new Request("http://a/", { method: "POST", body }));
  await assert.rejects(Promise.resolve(policy?.apply(subject)), {
    message: "the request body is larger than 1000 bytes " +
      "(setting frontendPolicies.http.maxBufferSize)",
  });
});

Deno.test("compileBuffer() does not go beyond the configuration's limit", async () => {
  const { policy } = compiled("buffer", { response: { maxBytes: 2_000 } });
  const subject = subjectOf();
  await policy?.apply(subject);
  await assert.rejects(subject.answer(new Response("x".repeat(BODY_BYTES_MAX + 1))), {
    message: "the response body is larger than 1000 bytes " +
      "(setting frontendPolicies.http.maxBufferSize)",
  });
});

Deno.test("compileCors() gives the age of preflights in seconds", async () => {
  const { policy } = compiled("cors", { allowOrigins: ["*"], maxAge: "1m30s500ms" });
  const headers = { origin: "https://a.test" };
  const reply = await policy?.apply(
    subjectOf(new Request("http://a/", { method: "OPTIONS", headers })),
  );
  assert.equal(reply?.headers.get("access-control-max-age"), "90");
});
