import assert from "node:assert/strict";
import fc from "fast-check";
import { changePath } from "../../src/policies/path_change.ts";

/** Path, matched prefix, replacement, result: the table of the Gateway API, and more. */
const PREFIXES: readonly (readonly [string, string, string, string])[] = [
  ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
  ["/foo/bar", "/foo", "/xyz/", "/xyz/bar"],
  ["/foo/bar", "/foo/", "/xyz", "/xyz/bar"],
  ["/foo/bar", "/foo/", "/xyz/", "/xyz/bar"],
  ["/foo", "/foo", "/xyz", "/xyz"],
  ["/foo/", "/foo", "/xyz", "/xyz/"],
  ["/foo/bar", "/foo", "", "/bar"],
  ["/foo/", "/foo", "", "/"],
  ["/foo", "/foo", "", "/"],
  ["/foo/", "/foo", "/", "/"],
  ["/foo", "/foo", "/", "/"],
  ["/foo/bar", "/", "/xyz", "/xyz/foo/bar"],
  ["/", "/", "/xyz", "/xyz/"],
  ["/a%2Fb/c", "/a%2Fb", "/x", "/x/c"],
  ["/elsewhere", "/foo", "/xyz", "/xyz/elsewhere"],
  ["/foobar", "/foo", "/xyz", "/xyz/foobar"],
];

Deno.test("changePath() replaces the matched prefix", () => {
  for (const [path, matched, prefix, wanted] of PREFIXES) {
    const given = changePath({ type: "prefix", prefix }, path, matched);
    assert.equal(given, wanted, `${path} by ${matched} to ${prefix}`);
  }
});

Deno.test("changePath() replaces the whole path", () => {
  assert.equal(changePath({ type: "full", path: "/x" }, "/foo/bar", "/foo"), "/x");
});

const segments = fc.array(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 4 });
const pathOf = (parts: readonly string[]) => `/${parts.join("/")}`;

Deno.test("changePath() keeps the rest of the path, and can be undone", () => {
  fc.assert(fc.property(segments, segments, segments, (matched, rest, prefix) => {
    const path = pathOf([...matched, ...rest]);
    const there = changePath({ type: "prefix", prefix: pathOf(prefix) }, path, pathOf(matched));
    assert.equal(there, pathOf([...prefix, ...rest]));
    const back = changePath({ type: "prefix", prefix: pathOf(matched) }, there, pathOf(prefix));
    assert.equal(back, path);
  }));
});

Deno.test("changePath() gives a path, whatever it is given", () => {
  const path = fc.webPath().map((text) => text === "" ? "/" : text);
  fc.assert(fc.property(path, path, fc.oneof(path, fc.constant("")), (from, matched, prefix) => {
    assert.match(changePath({ type: "prefix", prefix }, from, matched), /^\//);
  }));
});
