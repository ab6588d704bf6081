import assert from "node:assert/strict";
import { parseOrigin } from "../../src/lib/origin.ts";

const ORIGINS: Readonly<Record<string, readonly [string, string, string]>> = {
  "https://app.example.com": ["https", "app.example.com", "443"],
  "http://app.example.com": ["http", "app.example.com", "80"],
  "HTTPS://App.Example.Com:443": ["https", "app.example.com", "443"],
  "http://localhost:3000": ["http", "localhost", "3000"],
  "http://[::1]:08080": ["http", "[::1]", "8080"],
  "https://*.example.com": ["https", "*.example.com", "443"],
  "chrome-extension://abcdef": ["chrome-extension", "abcdef", ""],
  "capacitor://localhost": ["capacitor", "localhost", ""],
};

Deno.test("parseOrigin() reads scheme, host and port", () => {
  for (const [text, [scheme, host, port]] of Object.entries(ORIGINS)) {
    assert.deepEqual(parseOrigin(text), { scheme, host, port }, text);
  }
});

Deno.test("parseOrigin() refuses what is no origin", () => {
  const texts = [
    "",
    "null",
    "*",
    "example.com",
    "https://",
    "https://a/",
    "https://a/path",
    "https://a?b",
    "https://user@a",
    "https://a:",
    "https://a:0",
    "https://a:65536",
    "https://a:*",
    "https://a b",
    "https://a\n",
    " https://a",
    "://a",
  ];
  for (const text of texts) assert.equal(parseOrigin(text), undefined, text);
});
