import assert from "node:assert/strict";
import { keptState } from "../../src/runtime/kept_state.ts";

const counter = () => ({ count: 0 });

Deno.test("keptState() hands the same state to every configuration that asks for it", () => {
  const kept = keptState();
  const first = kept.begin();
  const state = first.keep("a", counter);
  assert.equal(first.keep("a", counter), state);
  first.commit();
  assert.equal(kept.begin().keep("a", counter), state);
});

Deno.test("keptState() is as it was after configurations that never came into force", () => {
  const kept = keptState();
  const first = kept.begin();
  const state = first.keep("a", counter);
  first.commit();
  const failed = kept.begin();
  const other = failed.keep("b", counter);
  const next = kept.begin();
  assert.equal(next.keep("a", counter), state);
  assert.notEqual(next.keep("b", counter), other);
  next.commit();
  assert.equal(kept.begin().keep("a", counter), state);
});

Deno.test("keptState() forgets what the configuration in force does not ask for", () => {
  const kept = keptState();
  const first = kept.begin();
  const state = first.keep("a", counter);
  first.commit();
  kept.begin().commit();
  assert.notEqual(kept.begin().keep("a", counter), state);
});
