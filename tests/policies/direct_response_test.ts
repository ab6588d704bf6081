import assert from "node:assert/strict";
import type { DirectResponseConfig } from "../../src/config/schema/direct_response.ts";
import { compileDirectResponse } from "../../src/runtime/policies/direct_response.ts";
import { compileContext } from "../support/compile_context.ts";
import { subjectOf } from "../support/subject.ts";

const TEXT = { "content-type": "text/plain; charset=utf-8" };

interface Case {
  readonly settings: DirectResponseConfig;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  { settings: { status: 204 }, body: null, headers: {} },
  { settings: { status: 200, body: "" }, body: "", headers: TEXT },
  { settings: { status: 503, body: "back soon" }, body: "back soon", headers: TEXT },
  { settings: { status: 200, body: '{"a":1}' }, body: '{"a":1}', headers: TEXT },
  {
    settings: { status: 200, body: '{"a":1}', headers: { "Content-Type": '"application/json"' } },
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  },
  {
    settings: { status: 200, body: [104, 105] },
    body: "hi",
    headers: { "content-type": "application/octet-stream" },
  },
  {
    settings: { status: 200, bodyExpression: '"hello " + user.name' },
    body: "hello ann",
    headers: TEXT,
  },
  { settings: { status: 200, bodyExpression: "user" }, body: '{"name":"ann"}', headers: TEXT },
  { settings: { status: 200, bodyExpression: "user.age" }, body: "", headers: TEXT },
  {
    settings: {
      status: 200,
      headers: { "x-a": "user.name", "x-b": "user.age", "x-c": '"a\\r\\nx-d: e"', "x-e": "[1, 2]" },
    },
    body: null,
    headers: { "x-a": "ann", "x-e": "1, 2" },
  },
];

for (const { settings, body, headers } of CASES) {
  Deno.test(`directResponse() answers as ${JSON.stringify(settings)} says`, async () => {
    const context = compileContext();
    const policy = compileDirectResponse(settings, [], context);
    const reply = await policy.apply(subjectOf(undefined, { user: { name: "ann" } }));
    assert.deepEqual(context.problems, []);
    assert.ok(reply);
    const sent = reply.body instanceof Uint8Array
      ? new TextDecoder().decode(reply.body)
      : reply.body;
    assert.equal(sent, body);
    assert.equal(reply.status, settings.status);
    assert.deepEqual(Object.fromEntries(reply.headers), headers);
  });
}

Deno.test("directResponse() gives each request headers of its own", async () => {
  const context = compileContext();
  const policy = compileDirectResponse({ status: 200, body: "x" }, [], context);
  const [one, two] = [await policy.apply(subjectOf()), await policy.apply(subjectOf())];
  one?.headers.set("x-a", "b");
  assert.equal(two?.headers.has("x-a"), false);
});
