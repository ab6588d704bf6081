import { requestVariable, responseVariable } from "../../../src/cel/variables.ts";
import { checkValues, fails } from "../expressions.ts";

const headers = new Headers({
  "User-Agent": "curl",
  Accept: "a, b;q=0.5",
  Authorization: "Bearer t",
  Cookie: 'USER=Yes; empty=; q="x y"; bad',
  "X-Secret": "s",
});

const request = requestVariable({
  method: "GET",
  scheme: "http",
  authority: "example.com",
  path: "/api/test",
  query: "?foo=bar&foo=b%20z&zap=zip",
  headers,
  sensitiveHeaders: new Set(["x-secret"]),
});

const answered = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-one", "1"]]);
const response = responseVariable({ status: 200, headers: answered });

Deno.test("headers are looked up without regard to case, in the form that is asked for", () => {
  checkValues([
    ['request.headers["user-agent"]', "curl"],
    ['request.headers["USER-AGENT"]', "curl"],
    ["request.headers.Accept", "a, b;q=0.5"],
    ["request.headers.nope", fails("request.headers.nope is missing")],
    ['has(request.headers["no name"])', false],
    ['has(request.headers["x-secret"])', true],
    ['"accept" in request.headers', true],
    ["request.headers.size()", 5],
    ['request.headers.exists(name, name == "accept")', true],
    ["request.headers.raw().accept", ["a, b;q=0.5"]],
    ["request.headers.split().accept", ["a", "b;q=0.5"]],
    ["request.headers.join().accept", "a, b;q=0.5"],
    ["request.headers.raw().split().join().accept", "a, b;q=0.5"],
    ['response.headers["set-cookie"]', ["a=1", "b=2"]],
    ['response.headers["Set-Cookie"]', ["a=1", "b=2"]],
    ['response.headers.join()["set-cookie"]', "a=1,b=2"],
    ['response.headers.raw()["x-one"]', ["1"]],
    ["response.headers.size()", 2],
    ["response.headers", { "set-cookie": ["a=1", "b=2"], "x-one": "1" }],
  ], { request, response });
});

Deno.test("headers show no secrets when they are redacted", () => {
  checkValues([
    ["request.headers.authorization", "Bearer t"],
    ["request.headers.redacted()", {
      accept: "a, b;q=0.5",
      authorization: "<redacted>",
      cookie: "<redacted>",
      "user-agent": "curl",
      "x-secret": "<redacted>",
    }],
    ["request.headers.redacted().authorization.unredacted()", "Bearer t"],
    ["request.headers.redacted().Authorization", "<redacted>"],
    ["request.headers.redacted().split().authorization", ["<redacted>"]],
    ["request.headers.split().redacted().join().authorization", "<redacted>"],
    ['request.headers.redacted().cookie("USER")', "<redacted>"],
    ['response.headers.redacted().join()["set-cookie"]', "<redacted>"],
  ], { request, response });
});

Deno.test("headers tell the cookies that a client sent", () => {
  checkValues([
    ['request.headers.cookie("USER")', "Yes"],
    ['request.headers.cookie("empty")', ""],
    ['request.headers.cookie("q")', "x y"],
    ['request.headers.cookie("user")', fails("the client sent no such cookie")],
    ['default(request.headers.cookie("nope"), "x")', "x"],
  ], { request });
});

Deno.test("paths and URIs have a query that can be read and changed", () => {
  checkValues([
    ['request.pathAndQuery.query("foo")', ["bar", "b z"]],
    ['request.uri.query("zap")', ["zip"]],
    ['request.pathAndQuery.query("nope")', fails("the query has no such parameter")],
    ['default(request.pathAndQuery.query("nope"), [])', []],
    [
      'request.pathAndQuery.addQuery("foo", "q&x")',
      "/api/test?foo=bar&foo=b%20z&zap=zip&foo=q%26x",
    ],
    ['request.path.addQuery("a", "1")', "/api/test?a=1"],
    ['"/x?".addQuery("a", "1")', "/x?a=1"],
    ['request.pathAndQuery.setQuery("foo", "qux")', "/api/test?zap=zip&foo=qux"],
    ['request.uri.setQuery("foo", "qux")', "http://example.com/api/test?zap=zip&foo=qux"],
    ['"/x".setQuery("a", "1")', "/x?a=1"],
  ], { request });
});
