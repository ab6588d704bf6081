import assert from "node:assert/strict";
import { orAborted } from "../../src/lib/or_aborted.ts";

Deno.test("orAborted() gives what it waits for", async () => {
  const { signal } = new AbortController();
  assert.equal(await orAborted(Promise.resolve(1), signal), 1);
});

Deno.test("orAborted() stops waiting, and others do not", async () => {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<number>();
  const reason = new Error("left");
  const waiting = orAborted(promise, controller.signal);
  const other = orAborted(promise, new AbortController().signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  resolve(2);
  assert.equal(await other, 2);
  await assert.rejects(orAborted(promise, controller.signal), reason);
});
