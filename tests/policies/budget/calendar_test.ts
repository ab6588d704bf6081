import assert from "node:assert/strict";
import fc from "fast-check";
import { calendar, type Period } from "../../../src/policies/budget/calendar.ts";

const iso = (epochMs: number) => new Date(epochMs).toISOString().replace(".000Z", "Z");

const CASES: readonly (readonly [Period, zone: string, now: string, start: string, end: string])[] =
  [
    ["minute", "UTC", "2026-03-01T10:20:59.999Z", "2026-03-01T10:20:00Z", "2026-03-01T10:21:00Z"],
    ["hour", "UTC", "2026-03-01T10:20:30Z", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"],
    ["day", "UTC", "2026-12-31T23:59:59.999Z", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"],
    // 2026-03-01 is a Sunday.
    ["week", "UTC", "2026-03-01T23:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"],
    ["week", "UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"],
    ["month", "UTC", "2026-01-31T12:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
    ["month", "UTC", "2026-02-28T23:59:59Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    ["month", "UTC", "2028-02-29T00:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
    ["month", "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    // The clocks of UTC do not change when those of Europe do.
    ["day", "UTC", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"],
    // 23 and 25 hours.
    [
      "day",
      "Europe/Berlin",
      "2026-03-29T12:00:00Z",
      "2026-03-28T23:00:00Z",
      "2026-03-29T22:00:00Z",
    ],
    [
      "day",
      "Europe/Berlin",
      "2026-10-25T12:00:00Z",
      "2026-10-24T22:00:00Z",
      "2026-10-25T23:00:00Z",
    ],
    [
      "month",
      "Asia/Kolkata",
      "2026-01-31T18:30:00Z",
      "2026-01-31T18:30:00Z",
      "2026-02-28T18:30:00Z",
    ],
    [
      "month",
      "America/New_York",
      "2026-03-01T04:59:59Z",
      "2026-02-01T05:00:00Z",
      "2026-03-01T05:00:00Z",
    ],
    // Beirut's clocks went from midnight to one, so that its day began at one.
    ["day", "Asia/Beirut", "2022-03-27T12:00:00Z", "2022-03-26T22:00:00Z", "2022-03-27T21:00:00Z"],
    // Havana's went from one back to midnight, so that midnight came twice.
    [
      "day",
      "America/Havana",
      "2025-11-02T12:00:00Z",
      "2025-11-02T04:00:00Z",
      "2025-11-03T05:00:00Z",
    ],
    [
      "hour",
      "Asia/Kolkata",
      "2026-01-01T00:10:00Z",
      "2026-01-01T00:00:00Z",
      "2026-01-01T01:00:00Z",
    ],
  ];

for (const [period, zone, now, start, end] of CASES) {
  Deno.test(`calendar() knows the ${period} of ${now} in ${zone}`, () => {
    const window = calendar(period, zone)(Date.parse(now));
    assert.deepEqual([iso(window.startMs), iso(window.endMs)], [start, end]);
  });
}

Deno.test("calendar() leaves no moment out, and has none twice", () => {
  const periods = fc.constantFrom<Period>("minute", "hour", "day", "week", "month");
  const zones = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "America/Havana",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
  );
  const moments = fc.integer({ min: Date.parse("2000-01-01"), max: Date.parse("2040-01-01") });
  fc.assert(
    fc.property(periods, zones, moments, (period, zone, nowMs) => {
      const at = calendar(period, zone);
      const { startMs, endMs } = at(nowMs);
      assert.ok(startMs <= nowMs && nowMs < endMs);
      assert.deepEqual(calendar(period, zone)(startMs), { startMs, endMs });
      assert.equal(at(endMs).startMs, endMs);
      assert.equal(calendar(period, zone)(startMs - 1).endMs, startMs);
    }),
    { numRuns: 300 },
  );
});
