import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeAnswer,
  type Descriptor,
  encodeRequest,
} from "../../../src/policies/remote_rate_limit/messages.ts";
import { rateLimitQuestion, rateLimitReply } from "../../support/rate_limit_service.ts";

function descriptor(hits: number, limit?: Descriptor["limit"]): Descriptor {
  return { entries: [{ key: "user", value: "ann" }], hits, limit };
}

const ENTRIES = [{ key: "user", value: "ann" }];

Deno.test("encodeRequest() says what a request counts, to old services as well", () => {
  assert.deepEqual(rateLimitQuestion(encodeRequest("d", [descriptor(3), descriptor(3)])), {
    domain: "d",
    descriptors: [
      { entries: ENTRIES, hitsAddend: { value: 3 } },
      { entries: ENTRIES, hitsAddend: { value: 3 } },
    ],
    hitsAddend: 3,
  });
});

Deno.test("encodeRequest() leaves different counts to the descriptors", () => {
  const question = rateLimitQuestion(encodeRequest("d", [descriptor(1), descriptor(2 ** 40)]));
  assert.equal(question.hitsAddend, 0);
  assert.deepEqual(question.descriptors.map(({ hitsAddend }) => hitsAddend?.value), [1, 2 ** 40]);
});

Deno.test("encodeRequest() can ask without counting", () => {
  const question = rateLimitQuestion(encodeRequest("d", [descriptor(0)]));
  assert.deepEqual(question.descriptors, [{ entries: ENTRIES, hitsAddend: {} }]);
});

Deno.test("encodeRequest() sends another limit along", () => {
  const limit = { requestsPerUnit: 100, unit: 2 };
  const [sent] = rateLimitQuestion(encodeRequest("d", [descriptor(1, limit)])).descriptors;
  assert.deepEqual(sent?.limit, { requestsPerUnit: 100, unit: "MINUTE" });
});

Deno.test("encodeRequest() sends any text as it is", () => {
  fc.assert(fc.property(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.nat(),
    (key, value, hits) => {
      const bytes = encodeRequest(key, [{ entries: [{ key, value }], hits, limit: undefined }]);
      const { domain, descriptors } = rateLimitQuestion(bytes);
      assert.deepEqual([domain, descriptors[0]?.entries], [key, [{ key, value }]]);
    },
  ));
});

Deno.test("decodeAnswer() reads all that an answer says", () => {
  const bytes = rateLimitReply({
    overallCode: 2,
    statuses: [
      {
        code: 2,
        currentLimit: { requestsPerUnit: 10, unit: 2, name: "n" },
        limitRemaining: 4,
        durationUntilReset: { seconds: 7, nanos: 500_000_000 },
      },
      { code: 1 },
      { code: 1, currentLimit: {}, durationUntilReset: { seconds: -5 } },
    ],
    responseHeadersToAdd: [
      { key: "X-A", value: "1" },
      { key: "x-b", rawValue: new TextEncoder().encode("ü") },
    ],
    requestHeadersToAdd: [{ key: "x-c", value: "3" }],
    rawBody: new TextEncoder().encode("slow down"),
  });
  const { body, ...answer } = decodeAnswer(bytes);
  assert.equal(new TextDecoder().decode(body), "slow down");
  assert.deepEqual(answer, {
    isOver: true,
    statuses: [
      { isOver: true, limit: 10, remaining: 4, resetMs: 7_500 },
      { isOver: false, limit: undefined, remaining: 0, resetMs: 0 },
      { isOver: false, limit: 0, remaining: 0, resetMs: 0 },
    ],
    responseHeaders: [["x-a", "1"], ["x-b", "ü"]],
    requestHeaders: [["x-c", "3"]],
  });
});

const CODES = [[0, undefined], [1, false], [2, true]] as const;

for (const [overallCode, isOver] of CODES) {
  Deno.test(`decodeAnswer() takes code ${overallCode} for ${isOver}`, () => {
    assert.equal(decodeAnswer(rateLimitReply({ overallCode })).isOver, isOver);
  });
}

Deno.test("decodeAnswer() skips fields that it does not know", () => {
  // Field 9 as a number, field 2 as a number, and then the code.
  assert.equal(decodeAnswer(Uint8Array.of(9 << 3, 5, 2 << 3, 1, 8, 1)).isOver, false);
});

Deno.test("decodeAnswer() reads or refuses whatever bytes it gets", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    try {
      decodeAnswer(bytes);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }));
});

Deno.test("decodeAnswer() refuses an answer that ends too early", () => {
  assert.throws(() => decodeAnswer(Uint8Array.of(2 << 3 | 2, 200)));
});
