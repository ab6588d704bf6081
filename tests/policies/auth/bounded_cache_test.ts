import assert from "node:assert/strict";
import { boundedCache } from "../../../src/policies/auth/bounded_cache.ts";

Deno.test("boundedCache() forgets what nobody has asked for the longest", () => {
  const cache = boundedCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  assert.equal(cache.get("a"), 1);
  cache.set("c", 3);
  assert.deepEqual(["a", "b", "c"].map(cache.get), [1, undefined, 3]);
});

Deno.test("boundedCache() keeps one value for a key, the last", () => {
  const cache = boundedCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("b", 3);
  assert.deepEqual(["a", "b"].map(cache.get), [1, 3]);
  cache.delete("a");
  assert.equal(cache.get("a"), undefined);
});
