import assert from "node:assert/strict";
import { DeadlinePassed, withDeadline } from "../../src/lib/deadline.ts";

const forever = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("stopped")));
  });

Deno.test("withDeadline() gives what comes in time", async () => {
  const { signal } = new AbortController();
  assert.equal(await withDeadline(signal, 1_000, () => Promise.resolve(1)), 1);
});

Deno.test("withDeadline() hands an error on", async () => {
  const { signal } = new AbortController();
  const error = new Error("no");
  await assert.rejects(withDeadline(signal, 1_000, () => Promise.reject(error)), error);
});

Deno.test("withDeadline() stops what takes too long, and says so", async () => {
  const { signal } = new AbortController();
  await assert.rejects(
    withDeadline(signal, 5, forever),
    new DeadlinePassed("no answer within 5 ms"),
  );
});

Deno.test("withDeadline() stops with the reason of the outer signal", async () => {
  const outer = new AbortController();
  const reason = new Error("left");
  const waiting = withDeadline(outer.signal, 1_000, forever);
  outer.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(withDeadline(outer.signal, 1_000, () => assert.fail("not begun")), reason);
});
