import assert from "node:assert/strict";
import { allGuards, type Guards } from "../../../src/policies/guards/guards.ts";
import { slowGuard } from "./guard_context.ts";

const first = slowGuard();
const second = slowGuard();

Deno.test("allGuards() runs those of a section before those of its models", () => {
  const shared: Guards = { request: [first], response: [], streaming: true };
  const own: Guards = { request: [second], response: [second], streaming: false };
  assert.deepEqual(allGuards([shared, undefined, own]), {
    request: [first, second],
    response: [second],
    streaming: true,
  });
  assert.equal(allGuards([undefined, own]), own);
  assert.equal(allGuards([undefined]), undefined);
});
