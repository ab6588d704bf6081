import assert from "node:assert/strict";
import { createTimestamps } from "../../src/telemetry/timestamp.ts";

Deno.test("createTimestamps() writes microseconds without padding", () => {
  const timestamp = createTimestamps();
  const tenMs = Date.UTC(2026, 7, 21, 10);
  assert.equal(timestamp(tenMs + 59.908), "2026-08-21T10:00:00.59908Z");
  assert.equal(timestamp(tenMs + 590.8), "2026-08-21T10:00:00.590800Z");
  assert.equal(timestamp(tenMs), "2026-08-21T10:00:00.0Z");
  assert.equal(timestamp(tenMs + 999.9999), "2026-08-21T10:00:01.0Z");
  assert.equal(timestamp(tenMs - 0.001), "2026-08-21T09:59:59.999999Z");
});
