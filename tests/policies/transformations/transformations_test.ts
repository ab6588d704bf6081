import assert from "node:assert/strict";
import type { TransformConfig } from "../../../src/config/schema/transformations.ts";
import { compileTransformations } from "../../../src/runtime/policies/transformations.ts";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf, type TestSubject } from "../../support/subject.ts";

const BODY_BYTES_MAX = 64;

async function transformed(
  settings: { readonly request?: TransformConfig; readonly response?: TransformConfig },
  subject: TestSubject,
): Promise<TestSubject> {
  const context = compileContext();
  const policy = compileTransformations(settings, [], context, BODY_BYTES_MAX);
  assert.deepEqual(context.problems, []);
  assert.equal(await policy?.apply(subject), undefined);
  return subject;
}

const asked = (headers: HeadersInit = {}, body = "old") =>
  subjectOf(
    new Request("http://gateway.test/v1/chat?a=1", { method: "POST", headers, body }),
    { jwt: { sub: "ann", groups: ["a", "b"] } },
  );

interface HeaderCase {
  readonly name: string;
  readonly transform: TransformConfig;
  readonly headers?: Readonly<Record<string, string>>;
  readonly wanted: Readonly<Record<string, string>>;
}

const HEADER_CASES: readonly HeaderCase[] = [
  {
    name: "adds beside what is there",
    transform: { add: { "X-A": '"new"', "x-b": "jwt.sub" } },
    headers: { "x-a": "old" },
    wanted: { "x-a": "old, new", "x-b": "ann" },
  },
  {
    name: "sets in place of what is there",
    transform: { set: { "X-A": '"new"', "x-n": "1 + 1", "x-l": "jwt.groups" } },
    headers: { "x-a": "old" },
    wanted: { "x-a": "new", "x-l": "a, b", "x-n": "2" },
  },
  {
    name: "removes",
    transform: { remove: ["X-A"] },
    headers: { "x-a": "old", "x-b": "old" },
    wanted: { "x-b": "old" },
  },
  {
    name: "replaces all, first of all",
    transform: {
      replace:
        '{"x-new": "1", "X-List": ["a", "b"], "bad name": "x", ":path": "/", "host": "evil"}',
      set: { "x-set": '"2"' },
      add: { "x-new": '"3"' },
    },
    headers: { "x-a": "old" },
    wanted: { "x-list": "a, b", "x-new": "1, 3", "x-set": "2" },
  },
  {
    name: "sees headers as they were",
    transform: {
      replace: "{}",
      set: { "x-b": 'request.headers["x-a"]', "x-c": 'request.headers["x-b"]' },
    },
    headers: { "x-a": "old" },
    wanted: { "x-b": "old" },
  },
  {
    name: "removes last",
    transform: { set: { "x-a": '"1"' }, add: { "x-b": '"1"' }, remove: ["x-a", "x-b"] },
    headers: { "x-c": "old" },
    wanted: { "x-c": "old" },
  },
  {
    name: "leaves nothing of the client's where a value fails",
    transform: { set: { "x-user": "jwt.nobody" }, add: { "x-more": "jwt.nobody" } },
    headers: { "x-user": "admin", "x-more": "old" },
    wanted: { "x-more": "old" },
  },
  {
    name: "replaces all by nothing where the expression fails",
    transform: { replace: "jwt.nobody" },
    headers: { "x-a": "old" },
    wanted: {},
  },
  {
    name: "lets no value begin another header",
    transform: {
      set: { "x-a": '"a\\r\\nx-admin: true"' },
      add: { "x-b": '"a\\nx-admin: true"' },
      replace: '{"x-c": "a\\r\\nx-admin: true", "x-d": "fine", "a\\r\\nb": "c"}',
    },
    headers: { "x-a": "old" },
    wanted: { "x-d": "fine" },
  },
];

for (const { name, transform, headers = {}, wanted } of HEADER_CASES) {
  Deno.test(`transformations() of a request ${name}`, async () => {
    const { head } = await transformed({ request: transform }, asked(headers));
    const got = Object.fromEntries(head.headers);
    delete got["content-type"];
    assert.deepEqual(got, wanted);
  });

  Deno.test(`transformations() of a response ${name}`, async () => {
    const request = asked(headers);
    const response = JSON.parse(JSON.stringify(transform).replaceAll("request.", "response."));
    const subject = await transformed({ response }, request);
    const answer = await subject.answer(new Response(null, { headers }));
    assert.deepEqual(Object.fromEntries(answer.headers), wanted);
  });
}

Deno.test("transformations() does not drop how a message is framed with its headers", async () => {
  const headers = { "content-length": "3", "content-encoding": "identity", "x-a": "1" };
  const { head } = await transformed({ request: { replace: "{}" } }, asked(headers));
  const kept = [...head.headers.keys()];
  assert.deepEqual(kept.sort(), ["content-encoding", "content-length"]);
});

const PSEUDO: readonly (readonly [Readonly<Record<string, string>>, Record<string, string>])[] = [
  [{ ":path": '"/x/y"' }, { path: "/x/y", query: "" }],
  [{ ":path": '"/x?b=2&c"' }, { path: "/x", query: "?b=2&c" }],
  [{ ":path": '"no/slash"' }, {}],
  [{ ":path": '"/a b"' }, {}],
  [{ ":path": '"/a#b"' }, {}],
  [{ ":path": '"/a\\r\\nHost: evil"' }, {}],
  [{ ":path": "nothing.there" }, {}],
  [{ ":method": '"PUT"' }, { method: "PUT" }],
  [{ ":method": '"PUT /x"' }, {}],
  [{ ":authority": '"b.test:8080"' }, { authority: "b.test:8080" }],
  [{ ":authority": '"[::1]:80"' }, { authority: "[::1]:80" }],
  [{ ":authority": '"user@b.test"' }, {}],
  [{ ":authority": '"b.test/x"' }, {}],
  [{ ":scheme": '"https"' }, { scheme: "https" }],
  [{ ":scheme": '"file"' }, {}],
];

for (const key of ["set", "add"] as const) {
  Deno.test(`transformations() gives pseudo headers legal values only, by ${key}`, async () => {
    for (const [values, wanted] of PSEUDO) {
      const before = asked().head;
      const { head } = await transformed({ request: { [key]: values } }, asked());
      for (const part of ["method", "path", "query", "authority", "scheme"] as const) {
        assert.equal(head[part], wanted[part] ?? before[part], `${JSON.stringify(values)} ${part}`);
      }
    }
  });
}

Deno.test("transformations() sets the status of a response", async () => {
  const cases = { "418": 418, '"503"': 503, "99": 200, "600": 200, '"x"': 200, "no.value": 200 };
  for (const [source, status] of Object.entries(cases)) {
    const subject = await transformed({ response: { set: { ":status": source } } }, asked());
    assert.equal((await subject.answer(new Response("x"))).status, status, source);
  }
});

Deno.test("transformations() lets later expressions see metadata", async () => {
  const subject = asked();
  subject.identity.metadata = { kept: 1, team: "old" };
  await transformed({
    request: {
      metadata: { team: 'jwt.sub + "s"', lost: "no.value" },
      set: { "x-team": "metadata.team" },
    },
    response: {
      metadata: { status: "response.code" },
      set: { "x-status": "metadata.status" },
    },
  }, subject);
  assert.equal(subject.head.headers.get("x-team"), "anns");
  assert.deepEqual(subject.identity.metadata, { kept: 1, team: "anns" });
  const answer = await subject.answer(new Response(null, { status: 404 }));
  assert.equal(answer.headers.get("x-status"), "404");
  assert.deepEqual(subject.identity.metadata, { kept: 1, team: "anns", status: 404 });
});

const BODIES: readonly (readonly [string, string])[] = [
  ['"new"', "new"],
  ['{"sub": jwt.sub, "list": [1, 2.5]}', '{"sub":"ann","list":[1,2.5]}'],
  ['b"bytes"', "bytes"],
  ["no.value", ""],
  ["null", ""],
];

for (const [source, wanted] of BODIES) {
  Deno.test(`transformations() makes a body of ${source}`, async () => {
    const headers = { "content-length": "3", "content-encoding": "gzip", "x-a": "1" };
    const subject = asked(headers);
    await transformed({ request: { body: source }, response: { body: source } }, subject);
    assert.equal(await subject.bodyText(), wanted);
    const answer = await subject.answer(new Response("old", { status: 201, headers }));
    assert.equal(await answer.text(), wanted);
    assert.equal(answer.status, 201);
    const length = String(new TextEncoder().encode(wanted).length);
    assert.equal(subject.head.headers.get("content-length"), length);
    assert.equal(answer.headers.has("content-length"), false);
    for (const { headers } of [subject.head, answer]) {
      assert.equal(headers.get("x-a"), "1");
      assert.equal(headers.has("content-encoding"), false);
    }
  });
}

Deno.test("transformations() leaves bodies alone that nothing is said of", async () => {
  const subject = asked();
  await transformed({ request: { set: { "x-a": "1" } }, response: { remove: ["x-a"] } }, subject);
  assert.equal(await subject.bodyText(), "old");
  const body = new ReadableStream();
  assert.equal((await subject.answer(new Response(body))).body, body);
});

Deno.test("transformations() reads a body only for expressions that look at it", async () => {
  let reads = 0;
  const base = asked();
  const body = () => {
    reads++;
    return base.body();
  };
  const count = async (source: string) => {
    reads = 0;
    await transformed({ request: { set: { "x-a": source } } }, { ...base, body });
    return reads;
  };
  assert.equal(await count("jwt.sub"), 0);
  assert.equal(await count("string(request.body)"), 1);
});
