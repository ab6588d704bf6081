import assert from "node:assert/strict";
import { cors, type CorsSettings } from "../../../src/policies/cors/cors.ts";
import type { Reply } from "../../../src/policies/policy.ts";
import { subjectOf } from "../../support/subject.ts";

const SETTINGS: CorsSettings = {
  allowOrigins: ["https://app.example.com"],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["content-type", "x-tier"],
  exposeHeaders: ["x-request-id"],
  allowCredentials: false,
  maxAgeSeconds: 600,
};

const URL = "http://gateway.test/v1/models";
const OURS = { origin: "https://app.example.com" };
const FOREIGN = { origin: "https://evil.test" };
const ASKED = {
  "access-control-request-method": "PUT",
  "access-control-request-headers": "authorization,x-a",
};

interface Preflight {
  readonly name: string;
  readonly settings?: Partial<CorsSettings>;
  readonly headers: HeadersInit;
  readonly reply: Readonly<Record<string, string>> | undefined;
}

const ALLOWED = {
  "access-control-allow-headers": "content-type, x-tier",
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-origin": "https://app.example.com",
  "access-control-max-age": "600",
  vary: "origin",
};

const PREFLIGHTS: readonly Preflight[] = [
  { name: "of an allowed page", headers: { ...OURS, ...ASKED }, reply: ALLOWED },
  { name: "that asks for no method", headers: OURS, reply: ALLOWED },
  { name: "of a foreign page", headers: { ...FOREIGN, ...ASKED }, reply: { vary: "origin" } },
  { name: "of a hidden page", headers: { origin: "null", ...ASKED }, reply: { vary: "origin" } },
  { name: "that is none, of a foreign page", headers: FOREIGN, reply: undefined },
  { name: "that is none, of no page", headers: ASKED, reply: undefined },
  {
    name: "with credentials",
    settings: { allowCredentials: true },
    headers: { ...OURS, ...ASKED },
    reply: { ...ALLOWED, "access-control-allow-credentials": "true" },
  },
  {
    name: "with wildcards gets what it asked for",
    settings: {
      allowOrigins: ["*"],
      allowMethods: ["*"],
      allowHeaders: ["*"],
      maxAgeSeconds: undefined,
    },
    headers: { ...FOREIGN, ...ASKED },
    reply: {
      "access-control-allow-headers": "authorization,x-a",
      "access-control-allow-methods": "PUT",
      "access-control-allow-origin": "https://evil.test",
      vary: "origin",
    },
  },
  {
    name: "with nothing but an origin allowed",
    settings: { allowMethods: [], allowHeaders: [], maxAgeSeconds: undefined },
    headers: { ...OURS, ...ASKED },
    reply: { "access-control-allow-origin": "https://app.example.com", vary: "origin" },
  },
];

for (const { name, settings, headers, reply } of PREFLIGHTS) {
  Deno.test(`cors() answers a preflight ${name}`, () => {
    const subject = subjectOf(new Request(URL, { method: "OPTIONS", headers }));
    const given = cors({ ...SETTINGS, ...settings }).apply(subject);
    if (reply === undefined) return assert.equal(given, undefined);
    assert.deepEqual(shown(given), { status: 200, body: null, headers: reply });
  });
}

function shown(reply: unknown): Reply | Record<string, unknown> {
  if (typeof reply !== "object" || reply === null || !("headers" in reply)) assert.fail("no reply");
  if (!(reply.headers instanceof Headers)) assert.fail("no headers");
  return { ...reply, headers: Object.fromEntries(reply.headers) };
}

interface Answer {
  readonly name: string;
  readonly settings?: Partial<CorsSettings>;
  readonly headers: HeadersInit;
  readonly upstream?: Readonly<Record<string, string>>;
  readonly answer: Readonly<Record<string, string>>;
}

const ANSWERS: readonly Answer[] = [
  {
    name: "to an allowed page",
    headers: OURS,
    answer: {
      "access-control-allow-origin": "https://app.example.com",
      "access-control-expose-headers": "x-request-id",
      vary: "origin",
    },
  },
  { name: "to a foreign page", headers: FOREIGN, answer: { vary: "origin" } },
  { name: "to no page", headers: {}, answer: { vary: "origin" } },
  {
    name: "with credentials",
    settings: { allowCredentials: true, exposeHeaders: [] },
    headers: OURS,
    answer: {
      "access-control-allow-credentials": "true",
      "access-control-allow-origin": "https://app.example.com",
      vary: "origin",
    },
  },
  {
    name: "of an upstream that would let everybody in",
    headers: FOREIGN,
    upstream: {
      "access-control-allow-origin": "*",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "*",
    },
    answer: { vary: "origin" },
  },
  {
    name: "that varies already",
    headers: FOREIGN,
    upstream: { vary: "Accept-Encoding, Origin" },
    answer: { vary: "Accept-Encoding, Origin" },
  },
  {
    name: "that varies by something else",
    headers: FOREIGN,
    upstream: { vary: "accept-encoding" },
    answer: { vary: "accept-encoding, origin" },
  },
];

for (const { name, settings, headers, upstream = {}, answer } of ANSWERS) {
  Deno.test(`cors() marks an answer ${name}`, async () => {
    const subject = subjectOf(new Request(URL, { method: "POST", headers }));
    assert.equal(cors({ ...SETTINGS, ...settings }).apply(subject), undefined);
    const response = await subject.answer(new Response(null, { status: 401, headers: upstream }));
    assert.deepEqual(Object.fromEntries(response.headers), answer);
    assert.equal(response.status, 401);
  });
}
