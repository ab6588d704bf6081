import assert from "node:assert/strict";
import { delay, DELAY_MS_MAX } from "../../src/policies/delay.ts";
import { compileExpression } from "../../src/cel/compile.ts";
import { compileDelay } from "../../src/runtime/policies/delay.ts";
import { compileContext } from "../support/compile_context.ts";
import { subjectOf } from "../support/subject.ts";

/** What is waited for each duration, or undefined where nothing is. */
const DURATIONS: readonly (readonly [number | string, number | undefined])[] = [
  [250, 250],
  ["500", 500],
  ["2.5", 2.5],
  ["0", undefined],
  ["-5", undefined],
  ['duration("500ms")', 500],
  ['duration("1m30s")', 90_000],
  ['duration("-1s")', undefined],
  ['"1s500ms"', 1_500],
  ['"soon"', undefined],
  ["0.0 / 0.0", undefined],
  ["1.0 / 0.0", DELAY_MS_MAX],
  ["1000000000", DELAY_MS_MAX],
  ["true", undefined],
  ["null", undefined],
  ["no.value", undefined],
  ['request.path == "/slow" ? 20 : 0', 20],
];

for (const [duration, wantedMs] of DURATIONS) {
  Deno.test(`delay() by ${duration} waits ${wantedMs ?? 0} ms`, async () => {
    const slept: number[] = [];
    const policy = delay({
      duration: typeof duration === "number" ? duration : compileExpression(duration),
      sleep: (ms) => {
        slept.push(ms);
        return Promise.resolve();
      },
    });
    assert.equal(await policy.apply(subjectOf("http://gateway.test/slow")), undefined);
    assert.deepEqual(slept, wantedMs === undefined ? [] : [wantedMs]);
  });
}

Deno.test("delay() ends when the client leaves", async () => {
  const subject = subjectOf();
  const policy = compileDelay({ duration: "9m" }, [], compileContext());
  const waiting = policy?.apply(subject);
  const reason = new Error("gone");
  subject.abort(reason);
  await assert.rejects(Promise.resolve(waiting), reason);
});
