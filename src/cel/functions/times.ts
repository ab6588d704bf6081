import { CelError } from "../expression.ts";
import {
  binary,
  type FunctionTable,
  int,
  type Overload,
  type Reader,
  text,
  unary,
} from "../engine/signature.ts";
import { Duration } from "../values/duration.ts";
import { Timestamp } from "../values/timestamp.ts";

const timestamp: Reader<Timestamp> = (value) => value instanceof Timestamp ? value : undefined;

const duration: Reader<Duration> = (value) => value instanceof Duration ? value : undefined;

/** Instants and lengths of time; months, and days where not said otherwise, count from 0. */
export const times: FunctionTable = {
  functions: {
    duration: [unary(duration, (given) => given), unary(text, parseDuration)],
    timestamp: [
      unary(timestamp, (given) => given),
      unary(text, parseTimestamp),
      unary(int, (seconds) => Timestamp.ofNanos(seconds * 1_000_000_000n) ?? outside()),
    ],
  },
  methods: {
    getFullYear: field(({ year }) => year),
    getMonth: field(({ month }) => month - 1),
    getDate: field(({ day }) => day),
    getDayOfMonth: field(({ day }) => day - 1),
    getDayOfYear: field(({ year, month, day }) => daysTo(year, month, day) - daysTo(year, 1, 1)),
    getDayOfWeek: field(({ year, month, day }) => (daysTo(year, month, day) + 4 + 7 * 1e6) % 7),
    getHours: [...field(({ hour }) => hour), whole(3_600_000_000_000n)],
    getMinutes: [...field(({ minute }) => minute), whole(60_000_000_000n)],
    getSeconds: [...field(({ second }) => second), whole(1_000_000_000n)],
    getMilliseconds: [...field(({ millisecond }) => millisecond), whole(1_000_000n)],
  },
};

interface Calendar {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** A part of an instant, in UTC or in the time zone that is given. */
function field(part: (calendar: Calendar) => number): readonly Overload[] {
  return [
    unary(timestamp, ({ epochMs }) => BigInt(part(calendarOf(epochMs)))),
    binary(timestamp, text, ({ epochMs }, zone) => BigInt(part(calendarIn(zone, epochMs)))),
  ];
}

/** A whole length of time in one unit. */
function whole(unit: bigint): Overload {
  return unary(duration, ({ nanos }) => nanos / unit);
}

function calendarOf(epochMs: number): Calendar {
  const date = new Date(epochMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

/** Zones are names such as `Europe/Vienna`, or offsets such as `+02:00`. */
function calendarIn(zone: string, epochMs: number): Calendar {
  const offset = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return calendarOf(epochMs + (offset[1] === "-" ? -minutes : minutes) * 60_000);
  }
  const parts = formatIn(zone).formatToParts(epochMs);
  const at = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const { millisecond } = calendarOf(epochMs);
  return {
    year: at("year"),
    month: at("month"),
    day: at("day"),
    hour: at("hour"),
    minute: at("minute"),
    second: at("second"),
    millisecond,
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "iso8601",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new CelError("there is no such time zone", { cause });
  }
}

function daysTo(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / 86_400_000);
}

function parseDuration(given: string): Duration {
  const parsed = Duration.parse(given);
  if (parsed === undefined) throw new CelError('the text is no duration, such as "1h30m"');
  return parsed;
}

function parseTimestamp(given: string): Timestamp {
  const parsed = Timestamp.parse(given);
  if (parsed === undefined) throw new CelError("the text is no instant in RFC 3339");
  return parsed;
}

function outside(): never {
  throw new CelError("the instant is outside the years 1 to 9999");
}
