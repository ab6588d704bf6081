import assert from "node:assert/strict";
import { cookieJar } from "../../../src/policies/oidc/cookies.ts";
import { subjectOf } from "../../support/subject.ts";

const jar = cookieJar({ prefix: "p-", isSecure: false });

function withCookies(cookie: string) {
  return subjectOf(new Request("http://gateway.test/", { headers: { cookie } }));
}

const READS: readonly (readonly [string, string | undefined])[] = [
  ["p-a=1", "1"],
  ["x=0; p-a=1; y=2", "1"],
  ["p-a=1; p-a=2", "1"],
  ["p-a=b=c", "b=c"],
  ["p-a=", ""],
  ["  p-a = 1 ", "1"],
  ["p-ab=1", undefined],
  ["xp-a=1", undefined],
  ["P-A=1", undefined],
  ["p-a", undefined],
  ["", undefined],
  [";;", undefined],
];

for (const [cookie, value] of READS) {
  Deno.test(`cookieJar() reads ${JSON.stringify(value)} in ${JSON.stringify(cookie)}`, () => {
    assert.equal(jar.read(withCookies(cookie), "a"), value);
  });
}

const STRIPS: readonly (readonly [string, string | null])[] = [
  ["p-a=1", null],
  ["x=0; p-a=1; y=2; p-b=3", "x=0; y=2"],
  ["x=0; flag; y", "x=0; flag; y"],
  ["flag; p-a=1", "flag"],
];

for (const [cookie, kept] of STRIPS) {
  Deno.test(`cookieJar() leaves ${JSON.stringify(kept)} of ${JSON.stringify(cookie)}`, () => {
    const subject = withCookies(cookie);
    jar.strip(subject);
    assert.equal(subject.head.headers.get("cookie"), kept);
  });
}

Deno.test("cookieJar() sets cookies that no script, no other site and no other host can use", () => {
  const secure = cookieJar({ prefix: "p-", isSecure: true });
  assert.equal(
    secure.set("a", "1", 600),
    "__Host-p-a=1; Max-Age=600; Path=/; HttpOnly; SameSite=Lax; Secure",
  );
  assert.equal(jar.set("a", "1"), "p-a=1; Path=/; HttpOnly; SameSite=Lax");
  assert.equal(jar.expire("a"), "p-a=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
});
