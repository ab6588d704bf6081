/** How long a budget lasts. */
export type Period = "minute" | "hour" | "day" | "week" | "month";

/** One calendar period, from `startMs` until just before `endMs`, as times since the epoch. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Tells the period that a moment lies in. */
export type Calendar = (epochMs: number) => Window;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Compiles the periods of a calendar. Days, weeks and months begin at midnight of the time zone, or
 * where a change of clocks leaves midnight out, right after it; minutes and hours are those of UTC.
 */
export function calendar(period: Period, timezone: string): Calendar {
  const windowAt = compile(period, timezone);
  let window: Window = { startMs: 0, endMs: 0 };
  return (epochMs) => {
    if (epochMs < window.startMs || epochMs >= window.endMs) window = windowAt(epochMs);
    return window;
  };
}

function compile(period: Period, timezone: string): Calendar {
  switch (period) {
    case "minute":
      return fixed(MINUTE_MS);
    case "hour":
      return fixed(HOUR_MS);
    case "day":
    case "week":
    case "month":
      return byDate(period, timezone === "UTC" ? () => 0 : offsetIn(timezone));
  }
}

function fixed(lengthMs: number): Calendar {
  return (epochMs) => {
    const startMs = Math.floor(epochMs / lengthMs) * lengthMs;
    return { startMs, endMs: startMs + lengthMs };
  };
}

/** How far the clocks of a zone are ahead of UTC at a moment. */
type Offset = (epochMs: number) => number;

function byDate(period: "day" | "week" | "month", offsetAt: Offset): Calendar {
  return (epochMs) => {
    const [first, next] = datesOf(period, new Date(epochMs + offsetAt(epochMs)));
    return { startMs: midnight(first, offsetAt), endMs: midnight(next, offsetAt) };
  };
}

/** The first day of the period that a local time lies in, and that of the next, read as UTC. */
function datesOf(period: "day" | "week" | "month", local: Date): readonly [number, number] {
  const year = local.getUTCFullYear();
  const month = local.getUTCMonth();
  const day = local.getUTCDate();
  const date = (monthsAhead: number, dayOfMonth: number) =>
    Date.UTC(year, month + monthsAhead, dayOfMonth);
  switch (period) {
    case "day":
      return [date(0, day), date(0, day + 1)];
    case "week": {
      const sinceMonday = (local.getUTCDay() + 6) % 7;
      return [date(0, day - sinceMonday), date(0, day - sinceMonday + 7)];
    }
    case "month":
      return [date(0, 1), date(1, 1)];
  }
}

/** The moment at which a local day begins. */
function midnight(dateMs: number, offsetAt: Offset): number {
  const guesses = [dateMs - offsetAt(dateMs - DAY_MS), dateMs - offsetAt(dateMs + DAY_MS)];
  const exact = guesses.filter((epochMs) => epochMs + offsetAt(epochMs) === dateMs);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...guesses);
}

function offsetIn(timezone: string): Offset {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (epochMs) => {
    const fields: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(epochMs)) fields[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    const wholeMs = Math.floor(epochMs / 1000) * 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeMs;
  };
}
