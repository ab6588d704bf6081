import assert from "node:assert/strict";
import fc from "fast-check";
import { compileExpression } from "../../../src/cel/compile.ts";
import {
  BEARER,
  type CredentialPlace,
  credentialSource,
} from "../../../src/policies/auth/credential_source.ts";
import { subjectOf } from "../../support/subject.ts";

const HOST = "http://gateway.test";

function header(name: string, prefix = ""): CredentialPlace {
  return { type: "header", name, prefix };
}

function request(headers: Record<string, string>, target = "/v1/models"): Request {
  return new Request(HOST + target, { headers });
}

const QUERY: CredentialPlace = { type: "query", name: "key" };
const COOKIE: CredentialPlace = { type: "cookie", name: "sid" };

const READ: readonly (readonly [CredentialPlace, Request, string | undefined])[] = [
  [BEARER, request({ authorization: "Bearer abc" }), "abc"],
  [BEARER, request({ authorization: "bearer abc" }), "abc"],
  [BEARER, request({ authorization: "Bearer   abc" }), "abc"],
  [BEARER, request({ authorization: "Basic abc" }), undefined],
  [BEARER, request({ authorization: "Bearer" }), undefined],
  [BEARER, request({ authorization: "Bearerabc" }), undefined],
  [BEARER, request({}), undefined],
  [header("x-key"), request({ "X-Key": "abc" }), "abc"],
  [header("x-key", "k:"), request({ "x-key": "K:abc" }), "abc"],
  [header("x-key"), request({ "x-key": "" }), undefined],
  [QUERY, request({}, "/a?key=abc"), "abc"],
  [QUERY, request({}, "/a?b=1&key=a%2Fb%20c&key=other"), "a/b c"],
  [QUERY, request({}, "/a?k%65y=abc"), "abc"],
  [QUERY, request({}, "/a?key="), undefined],
  [QUERY, request({}, "/a?monkey=abc"), undefined],
  [QUERY, request({}, "/a?"), undefined],
  [COOKIE, request({ cookie: "a=1; sid=abc; b=2" }), "abc"],
  [COOKIE, request({ cookie: 'sid="abc"' }), "abc"],
  [COOKIE, request({ cookie: "sid=a=b" }), "a=b"],
  [COOKIE, request({ cookie: "xsid=abc; sid" }), undefined],
  [COOKIE, request({}), undefined],
];

Deno.test("credentialSource() reads each kind of place", () => {
  for (const [place, from, expected] of READ) {
    const where = `${JSON.stringify(place)} ${from.url} ${JSON.stringify([...from.headers])}`;
    assert.equal(credentialSource([place]).read(subjectOf(from)), expected, where);
  }
});

Deno.test("credentialSource() reads by an expression that has a text", () => {
  const source = (text: string) =>
    credentialSource([{ type: "expression", expression: compileExpression(text) }]);
  const from = () => subjectOf(request({ "x-a": "abc" }));
  assert.equal(source('request.headers["x-a"] + "d"').read(from()), "abcd");
  assert.equal(source('request.headers["x-b"]').read(from()), undefined);
  assert.equal(source("1").read(from()), undefined);
  assert.equal(source('""').read(from()), undefined);
});

Deno.test("credentialSource() takes the first place that has a credential", () => {
  const source = credentialSource([BEARER, header("x-api-key"), QUERY]);
  const both = { authorization: "Bearer a", "x-api-key": "b" };
  assert.equal(source.read(subjectOf(request(both, "/?key=c"))), "a");
  assert.equal(source.read(subjectOf(request({ "x-api-key": "b" }, "/?key=c"))), "b");
  assert.equal(source.read(subjectOf(request({}, "/?key=c"))), "c");
});

Deno.test("credentialSource() removes a credential and leaves what is beside it", () => {
  const source = credentialSource([BEARER, header("x-api-key"), QUERY, COOKIE]);
  const subject = subjectOf(request({
    authorization: "Bearer abc",
    "x-api-key": "other",
    cookie: "a=1; sid=abc;b=2",
    "x-more": "abc",
  }, "/p?q=%20x&key=abc&r"));
  source.remove(subject, "abc");
  assert.deepEqual(Object.fromEntries(subject.head.headers), {
    "x-api-key": "other",
    cookie: "a=1; b=2",
    "x-more": "abc",
  });
  assert.equal(subject.head.query, "?q=%20x&r");
  assert.equal(subject.head.path, "/p");
});

Deno.test("credentialSource() leaves no empty header or query", () => {
  const subject = subjectOf(request({ cookie: "sid=abc" }, "/p?key=abc&key=def"));
  credentialSource([QUERY, COOKIE]).remove(subject, "abc");
  assert.deepEqual([...subject.head.headers], []);
  assert.equal(subject.head.query, "");
});

/** What can stand in a header and a cookie as it is. */
const token = fc.stringMatching(/^[A-Za-z\d._~+/-]{1,40}$/);
const names = fc.stringMatching(/^[a-z\d_-]{1,12}$/);
const pairs = fc.array(fc.tuple(names, token), { maxLength: 5 });

Deno.test("credentialSource() finds what a query carries, and leaves the rest as it was", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), pairs, pairs, (secret, before, after) => {
    const others = [before, after].map((list) => list.filter(([name]) => name !== "key"));
    const [left = "", right = ""] = others.map((list) =>
      list.map(([name, value]) => `${name}=${value}`).join("&")
    );
    const own = new URLSearchParams({ key: secret }).toString();
    const target = `/p?${[left, own, right].filter((part) => part !== "").join("&")}`;
    const subject = subjectOf(request({}, target));
    const source = credentialSource([QUERY]);
    assert.equal(source.read(subject), secret.toWellFormed());
    source.remove(subject, secret.toWellFormed());
    const kept = [left, right].filter((part) => part !== "").join("&");
    assert.equal(subject.head.query, kept === "" ? "" : `?${kept}`);
    assert.equal(source.read(subject), undefined);
  }));
});

Deno.test("credentialSource() finds what a cookie carries, and leaves the rest as it was", () => {
  fc.assert(fc.property(token, pairs, pairs, (secret, before, after) => {
    const others = [before, after].map((list) => list.filter(([name]) => name !== "sid"));
    const [left = [], right = []] = others.map((list) => list.map((pair) => pair.join("=")));
    const subject = subjectOf(request({ cookie: [...left, `sid=${secret}`, ...right].join("; ") }));
    const source = credentialSource([COOKIE]);
    assert.equal(source.read(subject), secret);
    source.remove(subject, secret);
    assert.equal(subject.head.headers.get("cookie") ?? "", [...left, ...right].join("; "));
  }));
});

Deno.test("credentialSource() finds what a header carries after any prefix", () => {
  fc.assert(fc.property(token, fc.constantFrom("", "Bearer ", "Key ", "k="), (secret, prefix) => {
    const place = header("x-credential", prefix);
    const subject = subjectOf(request({ "x-credential": prefix + secret, other: "stays" }));
    const source = credentialSource([place]);
    assert.equal(source.read(subject), secret);
    source.remove(subject, secret);
    assert.deepEqual(Object.fromEntries(subject.head.headers), { other: "stays" });
  }));
});
