import assert from "node:assert/strict";
import { noAnswerYet, watching } from "../../src/apis/answer_so_far.ts";

Deno.test("watching() tells nothing of an answer of which nothing came", () => {
  const watch = watching(noAnswerYet(), ({ bytes }) => bytes);
  assert.deepEqual(watch.summary, { textLength: 0 });
  assert.deepEqual([watch.started, watch.progress, watch.fault], [false, "open", undefined]);
});

Deno.test("watching() tells at any time what was taken down until then", () => {
  const answer = noAnswerYet();
  const watch = watching(answer, ({ data }) => {
    answer.textLength += data?.length ?? 0;
    return undefined;
  });
  assert.equal(watch.see({ bytes: new Uint8Array(), data: "four" }), undefined);
  const fault = { status: 500, message: "broken" };
  Object.assign(answer, { model: "m", usage: { inputTokens: 1 }, started: true, fault });
  answer.progress = "failed";
  assert.deepEqual(watch.summary, { textLength: 4, model: "m", usage: { inputTokens: 1 } });
  assert.deepEqual([watch.started, watch.progress, watch.fault], [true, "failed", fault]);
});
