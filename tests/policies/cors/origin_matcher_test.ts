import assert from "node:assert/strict";
import fc from "fast-check";
import { originMatcher } from "../../../src/policies/cors/origin_matcher.ts";

interface Case {
  readonly patterns: readonly string[];
  readonly allowed: readonly string[];
  readonly refused: readonly string[];
}

const CASES: readonly Case[] = [
  { patterns: [], allowed: [], refused: ["https://a.com", "null", ""] },
  { patterns: ["*"], allowed: ["https://a.com", "null", "file://"], refused: [] },
  {
    patterns: ["https://app.example.com"],
    allowed: ["https://app.example.com", "https://app.example.com:443", "HTTPS://APP.example.com"],
    refused: [
      "http://app.example.com",
      "https://app.example.com:8443",
      "https://example.com",
      "https://x.app.example.com",
      "https://app.example.com.evil.com",
      "https://app-example.com",
      "null",
    ],
  },
  {
    patterns: ["http://localhost:3000", "https://b.com:8443"],
    allowed: ["http://localhost:3000", "https://b.com:8443"],
    refused: ["http://localhost", "http://localhost:3001", "https://b.com", "http://b.com:8443"],
  },
  {
    patterns: ["https://*.example.com"],
    allowed: ["https://a.example.com", "https://a.b.example.com"],
    refused: [
      "https://example.com",
      "https://evilexample.com",
      "http://a.example.com",
      "https://a.example.com:444",
      "https://a.example.com.evil.com",
    ],
  },
  {
    patterns: ["https://app-*-x*.example.com"],
    allowed: ["https://app-1-x.example.com", "https://app-1-x2.example.com"],
    refused: ["https://app-1-.example.com", "https://app-x.example.com"],
  },
  {
    patterns: ["https://a*a.com"],
    allowed: ["https://aa.com", "https://aba.com"],
    refused: ["https://a.com"],
  },
];

Deno.test("originMatcher() allows exactly what the patterns cover", () => {
  for (const { patterns, allowed, refused } of CASES) {
    const matches = originMatcher(patterns);
    for (const origin of allowed) assert.equal(matches(origin), true, `${patterns}: ${origin}`);
    for (const origin of refused) assert.equal(matches(origin), false, `${patterns}: ${origin}`);
  }
});

const piece = fc.stringMatching(/^[ab.]{0,4}$/);

Deno.test("originMatcher() takes * for any text, as a regular expression would", () => {
  fc.assert(fc.property(fc.array(piece, { minLength: 2, maxLength: 5 }), piece, (parts, host) => {
    const pattern = `https://x${parts.join("*")}y`;
    const wanted = new RegExp(`^x${parts.map(RegExp.escape).join(".*")}y$`);
    const whole = `x${host}y`;
    assert.equal(originMatcher([pattern])(`https://${whole}`), wanted.test(whole));
  }));
});

Deno.test("originMatcher() never lets a foreign domain in", () => {
  const matches = originMatcher(["https://*.example.com", "https://example.com"]);
  fc.assert(fc.property(fc.webUrl({ validSchemes: ["https", "http"] }), (url) => {
    const { origin, hostname, protocol } = new URL(url);
    const isOurs = protocol === "https:" && new URL(url).port === "" &&
      (hostname === "example.com" || hostname.endsWith(".example.com"));
    assert.equal(matches(origin), isOurs, origin);
  }));
});

Deno.test("originMatcher() needs no longer for many wildcards", () => {
  const matches = originMatcher([`https://${"*a".repeat(50)}b`]);
  const beganMs = performance.now();
  assert.equal(matches(`https://${"a".repeat(50_000)}`), false);
  assert.ok(performance.now() - beganMs < 1_000);
});
