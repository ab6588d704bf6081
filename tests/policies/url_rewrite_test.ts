import assert from "node:assert/strict";
import { urlRewrite, type UrlRewriteSettings } from "../../src/policies/url_rewrite.ts";
import { subjectOf } from "../support/subject.ts";

const NOTHING: UrlRewriteSettings = { authority: undefined, path: undefined };

interface Case {
  readonly url: string;
  readonly settings: Partial<UrlRewriteSettings>;
  readonly path?: string;
  readonly authority?: string;
}

const full = (host: string, port?: number) =>
  ({ type: "full", authority: { host, port } }) as const;

const CASES: readonly Case[] = [
  {
    url: "http://a/v1/x?q=1",
    settings: { path: { type: "prefix", prefix: "/v2" } },
    path: "/v2/x",
  },
  { url: "http://a/v1/x?q=1", settings: { path: { type: "full", path: "/y" } }, path: "/y" },
  { url: "http://a/", settings: { authority: full("b") }, authority: "b" },
  { url: "http://a/", settings: { authority: full("b", 8080) }, authority: "b:8080" },
  { url: "http://a/", settings: { authority: full("b", 80) }, authority: "b" },
  { url: "http://a:81/", settings: { authority: { type: "host", host: "b" } }, authority: "b:81" },
  { url: "http://a/", settings: { authority: { type: "host", host: "b" } }, authority: "b" },
  { url: "http://a:81/", settings: { authority: { type: "port", port: 82 } }, authority: "a:82" },
  { url: "http://a:81/", settings: { authority: { type: "port", port: 80 } }, authority: "a" },
  {
    url: "http://[::1]:81/",
    settings: { authority: { type: "port", port: 9 } },
    authority: "[::1]:9",
  },
  { url: "http://a:81/", settings: { authority: { type: "none" } }, authority: "a:81" },
];

for (const { url, settings, path, authority } of CASES) {
  Deno.test(`urlRewrite() ${url}: ${JSON.stringify(settings)}`, () => {
    const subject = subjectOf(new Request(url));
    const before = subject.head;
    urlRewrite({ ...NOTHING, ...settings }, () => "/v1").apply(subject);
    assert.equal(subject.head.path, path ?? before.path);
    assert.equal(subject.head.authority, authority ?? before.authority);
    assert.equal(subject.head.query, before.query);
  });
}

Deno.test("urlRewrite() leaves the host to the upstream where it says nothing of it", () => {
  const told: unknown[] = [];
  const subject = { ...subjectOf(), rewrite: (changes: unknown) => void told.push(changes) };
  const path = { type: "full", path: "/y" } as const;
  urlRewrite({ ...NOTHING, path }, () => "/").apply(subject);
  assert.deepEqual(told, [{ path: "/y" }]);
});
