import assert from "node:assert/strict";
import { sleep } from "../../src/lib/sleep.ts";

const GONE = new Error("gone");

Deno.test("sleep() lets time pass", async () => {
  const beganMs = performance.now();
  await sleep(20, new AbortController().signal);
  assert.ok(performance.now() - beganMs >= 19);
});

Deno.test("sleep() ends with the signal's reason, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = sleep(60_000, controller.signal);
  controller.abort(GONE);
  await assert.rejects(sleeping, GONE);
});

Deno.test("sleep() does not begin where the signal is aborted", async () => {
  await assert.rejects(sleep(60_000, AbortSignal.abort(GONE)), GONE);
});
