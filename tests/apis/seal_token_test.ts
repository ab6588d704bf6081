import assert from "node:assert/strict";
import fc from "fast-check";
import {
  readSealedId,
  readSealToken,
  writeSealedId,
  writeSealToken,
} from "../../src/apis/seal_token.ts";
import type { ChatApiName } from "../../src/chat/api_name.ts";
import type { Seal } from "../../src/chat/block.ts";
import { defined } from "../../src/lib/defined.ts";

const APIS: readonly ChatApiName[] = [
  "completions",
  "messages",
  "responses",
  "gemini",
  "converse",
];
const api = fc.constantFrom(...APIS);
const seal: fc.Arbitrary<Seal> = fc.record({
  api,
  value: fc.string(),
  id: fc.option(fc.string(), { nil: undefined }),
  redacted: fc.option(fc.constant(true), { nil: undefined }),
}).map(({ api, value, ...rest }) => ({ api, value, ...defined(rest) }));

Deno.test("writeSealToken() brings another API's seal through a client unchanged", () => {
  fc.assert(fc.property(seal, api, (seal, client) => {
    fc.pre(seal.api !== client);
    const token = writeSealToken(seal, client);
    assert.match(token, /^[A-Za-z0-9+/]+=*$/);
    assert.deepEqual(readSealToken(token, client), seal);
  }));
});

Deno.test("writeSealToken() gives a client of the issuing API its own value", () => {
  const seal: Seal = { api: "messages", value: "EqQBCgIYAhIM==" };
  assert.equal(writeSealToken(seal, "messages"), "EqQBCgIYAhIM==");
  assert.deepEqual(readSealToken("EqQBCgIYAhIM==", "messages"), seal);
});

for (const token of ["eyJhZ3ci", "eyJhZ3ciOjF9", "eyJhZ3ciOnsi", ""]) {
  Deno.test(`readSealToken() takes ${JSON.stringify(token)} for the client's own`, () => {
    assert.deepEqual(readSealToken(token, "gemini"), { api: "gemini", value: token });
  });
}

Deno.test("writeSealedId() brings a call's seal through its id", () => {
  const seal: Seal = { api: "gemini", value: "a/b+c=" };
  const id = writeSealedId("call_1", seal);
  assert.equal(id, "call_1__thought__a/b+c=");
  assert.deepEqual(readSealedId(id), { id: "call_1", seal });
  assert.deepEqual(readSealedId(writeSealedId("call_1", undefined)), { id: "call_1" });
});
