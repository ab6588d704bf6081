import assert from "node:assert/strict";
import { rateLimitHintMs } from "../../../src/routing/health/rate_limit_hint.ts";
import { EPOCH_MS } from "./watch.ts";

const DAY_MS = 24 * 3_600_000;

const HINTS: readonly [Record<string, string>, number | undefined][] = [
  [{}, undefined],
  [{ "retry-after": "20" }, 20_000],
  [{ "retry-after": " 20 " }, 20_000],
  [{ "retry-after": "0.5" }, 500],
  [{ "retry-after": new Date(EPOCH_MS + 90_000).toUTCString() }, 90_000],
  [{ "retry-after": new Date(EPOCH_MS - 90_000).toUTCString() }, undefined],
  [{ "retry-after": "0" }, undefined],
  [{ "retry-after": "-3" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": "99999999999999999999" }, 30 * DAY_MS],
  [{ "retry-after-ms": "1500" }, 1_500],
  [{ "retry-after-ms": "1500", "retry-after": "2" }, 2_000],
  [{ "retry-after-ms": "x" }, undefined],
  [{ "x-ratelimit-reset": "60" }, 60_000],
  [{ "x-ratelimit-reset": "2591999" }, 2_591_999_000],
  [{ "x-ratelimit-reset": `${EPOCH_MS / 1_000 + 45}` }, 45_000],
  [{ "x-ratelimit-reset": `${EPOCH_MS + 45_000}` }, 45_000],
  [{ "x-ratelimit-reset": `${EPOCH_MS / 1_000 - 45}` }, undefined],
  [{ "x-ratelimit-reset": "2592000" }, undefined],
  [{ "x-ratelimit-reset": "1m30s" }, 90_000],
  [{ "x-ratelimit-reset-requests": "1s" }, 1_000],
  [{ "x-ratelimit-reset-tokens": "6m0s" }, 360_000],
  [{ "x-ratelimit-reset-requests": "20ms", "x-ratelimit-reset-tokens": "6m0s" }, 20],
  [{ "x-ratelimit-reset-requests-day": "33011.382867" }, 33_011_383],
  [{
    "x-ratelimit-reset-requests-day": "33011.382867",
    "x-ratelimit-reset-tokens-minute": "11.382867",
  }, 11_383],
  [{ "x-ratelimit-reset-requests": "tomorrow" }, undefined],
  [{ "x-ratelimit-reset": "60", "x-ratelimit-reset-tokens": "1s" }, 60_000],
];

for (const [headers, expected] of HINTS) {
  Deno.test(`rateLimitHintMs() of ${JSON.stringify(headers)} is ${expected}`, () => {
    assert.equal(rateLimitHintMs(new Headers(headers), EPOCH_MS), expected);
  });
}
