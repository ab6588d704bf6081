import assert from "node:assert/strict";
import fc from "fast-check";
import { GatewayError } from "../../src/errors.ts";
import { type RedirectSettings, requestRedirect } from "../../src/policies/request_redirect.ts";
import { subjectOf } from "../support/subject.ts";

const NOTHING: RedirectSettings = {
  scheme: undefined,
  authority: undefined,
  path: undefined,
  status: 302,
};

const full = (host: string, port?: number) =>
  ({ type: "full", authority: { host, port } }) as const;

/** What is asked for, the settings, and where it leads. */
const CASES: readonly (readonly [string, Partial<RedirectSettings>, string])[] = [
  ["http://a/v1/x?q=1", { scheme: "https" }, "https://a/v1/x?q=1"],
  ["http://a:8080/", { scheme: "https" }, "https://a/"],
  ["http://a:8080/", { scheme: "http" }, "http://a:8080/"],
  ["https://a:8443/", { scheme: "http" }, "http://a/"],
  ["http://a:8080/", { scheme: "https", authority: { type: "none" } }, "https://a:8080/"],
  ["http://a/x", { authority: full("b") }, "http://b/x"],
  ["http://a:8080/x", { authority: full("b") }, "http://b/x"],
  ["http://a/x", { authority: full("b", 80) }, "http://b/x"],
  ["http://a/x", { authority: full("b", 443), scheme: "https" }, "https://b/x"],
  ["http://a/x", { authority: full("b", 81) }, "http://b:81/x"],
  ["http://a:81/x", { authority: { type: "host", host: "b" } }, "http://b:81/x"],
  ["http://a:81/x", { authority: { type: "host", host: "b" }, scheme: "https" }, "https://b/x"],
  ["http://a/x", { authority: { type: "host", host: "b" } }, "http://b/x"],
  ["http://a:81/x", { authority: { type: "port", port: 82 } }, "http://a:82/x"],
  ["http://a:81/x", { authority: { type: "port", port: 80 } }, "http://a/x"],
  ["http://a:81/x", { authority: { type: "port", port: 443 }, scheme: "https" }, "https://a/x"],
  ["http://[::1]:81/x", { authority: { type: "port", port: 82 } }, "http://[::1]:82/x"],
  ["http://a/v1/x?q", { path: { type: "prefix", prefix: "/v2" } }, "http://a/v2/x?q"],
  ["http://a/v1/x?q", { path: { type: "full", path: "/y" } }, "http://a/y?q"],
  ["http://a/v1//evil.test", { path: { type: "prefix", prefix: "" } }, "http://a//evil.test"],
];

for (const [url, settings, location] of CASES) {
  Deno.test(`requestRedirect() ${url}: ${JSON.stringify(settings)}`, () => {
    assert.equal(redirect(url, settings).headers.get("location"), location);
  });
}

function redirect(url: string, settings: Partial<RedirectSettings>) {
  const policy = requestRedirect({ ...NOTHING, ...settings }, () => "/v1");
  const reply = policy.apply(subjectOf(new Request(url)));
  if (reply === undefined || reply instanceof Promise) assert.fail("no reply");
  return reply;
}

Deno.test("requestRedirect() answers with its status and no body", () => {
  const { status, body } = redirect("http://a/", { scheme: "https", status: 308 });
  assert.deepEqual({ status, body }, { status: 308, body: null });
});

Deno.test("requestRedirect() keeps standard ports out, and all else as it was", () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const scheme = fc.constantFrom("http" as const, "https" as const);
  fc.assert(fc.property(scheme, port, fc.webPath(), (to, number, path) => {
    const authority = { type: "port", port: number } as const;
    const asked = new URL(`http://a.test${path}`);
    const location = redirect(asked.href, { scheme: to, authority }).headers.get("location") ?? "";
    const led = new URL(location);
    assert.equal(led.href, location);
    assert.equal(led.pathname, asked.pathname);
    assert.equal(led.port || (to === "http" ? "80" : "443"), String(number));
  }));
});

Deno.test("requestRedirect() refuses a request without a host", () => {
  const subject = subjectOf(new Request("http://a//evil.test/x"));
  subject.rewrite({ authority: "" });
  const odd = { ...subject, head: { ...subject.head, hostname: "", authority: "" } };
  const policy = requestRedirect({ ...NOTHING, scheme: "https" }, () => "/");
  assert.throws(() => policy.apply(odd), (error) => {
    return error instanceof GatewayError && error.status === 400;
  });
});
