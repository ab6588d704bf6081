import assert from "node:assert/strict";
import { GatewayError } from "../../src/errors.ts";
import { csrf } from "../../src/policies/csrf.ts";
import { subjectOf } from "../support/subject.ts";

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers: HeadersInit;
  readonly passes: boolean;
}

const FOREIGN = { origin: "https://evil.test" };

const CASES: readonly Case[] = [
  { name: "a foreign GET", method: "GET", headers: FOREIGN, passes: true },
  { name: "a foreign HEAD", method: "HEAD", headers: FOREIGN, passes: true },
  { name: "a foreign OPTIONS", method: "OPTIONS", headers: FOREIGN, passes: true },
  { name: "a foreign POST", headers: FOREIGN, passes: false },
  { name: "a foreign PUT", method: "PUT", headers: FOREIGN, passes: false },
  { name: "a foreign DELETE", method: "DELETE", headers: FOREIGN, passes: false },
  { name: "a program", headers: {}, passes: true },
  { name: "an own page", headers: { origin: "http://gateway.test" }, passes: true },
  { name: "an own page beyond TLS", headers: { origin: "https://gateway.test" }, passes: true },
  { name: "another port", headers: { origin: "http://gateway.test:8080" }, passes: false },
  {
    name: "an own page with a port",
    url: "http://gateway.test:8080/v1",
    headers: { origin: "http://gateway.test:8080" },
    passes: true,
  },
  { name: "a subdomain", headers: { origin: "http://a.gateway.test" }, passes: false },
  { name: "a hidden page", headers: { origin: "null" }, passes: false },
  { name: "an empty origin", headers: { origin: "" }, passes: false },
  { name: "a trusted page", headers: { origin: "https://app.example.com" }, passes: true },
  { name: "its port", headers: { origin: "https://app.example.com:443" }, passes: true },
  { name: "its other scheme", headers: { origin: "http://app.example.com" }, passes: false },
  {
    name: "the browser's word for the same origin",
    headers: { ...FOREIGN, "sec-fetch-site": "same-origin" },
    passes: true,
  },
  {
    name: "the browser's word for the user",
    headers: { "sec-fetch-site": "none" },
    passes: true,
  },
  {
    name: "the browser's word for another site",
    headers: { ...FOREIGN, "sec-fetch-site": "cross-site" },
    passes: false,
  },
  {
    name: "another site whose origin was taken away",
    headers: { "sec-fetch-site": "cross-site" },
    passes: false,
  },
  {
    name: "a trusted page of another site",
    headers: { origin: "https://app.example.com", "sec-fetch-site": "cross-site" },
    passes: true,
  },
];

for (const { name, method = "POST", url = "http://gateway.test/v1", headers, passes } of CASES) {
  Deno.test(`csrf() ${passes ? "lets" : "does not let"} in: ${name}`, () => {
    const subject = subjectOf(new Request(url, { method, headers }));
    const policy = csrf({ additionalOrigins: ["https://app.example.com"] });
    if (passes) return assert.equal(policy.apply(subject), undefined);
    assert.throws(() => policy.apply(subject), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.message, "CSRF validation failed");
      assert.deepEqual([error.status, error.code], [403, "csrf_validation_failed"]);
      return true;
    });
  });
}
