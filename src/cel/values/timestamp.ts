import { CelObject } from "./cel_object.ts";

const SECOND = 1_000_000_000n;

/** The years 1 to 9999, which is what CEL knows of time. */
const EPOCH_MS_MIN = -62_135_596_800_000;
const EPOCH_MS_MAX = 253_402_300_799_999;

/** An instant, to the nanosecond. */
export class Timestamp extends CelObject {
  override readonly type = "timestamp";
  readonly epochNanos: bigint;

  private constructor(epochNanos: bigint) {
    super();
    this.epochNanos = epochNanos;
  }

  /** Undefined outside the years 1 to 9999. */
  static ofNanos(epochNanos: bigint): Timestamp | undefined {
    const epochMs = Number(epochNanos / 1_000_000n);
    const isKnown = epochMs >= EPOCH_MS_MIN && epochMs <= EPOCH_MS_MAX;
    return isKnown ? new Timestamp(epochNanos) : undefined;
  }

  static ofMs(epochMs: number): Timestamp | undefined {
    return Number.isFinite(epochMs)
      ? Timestamp.ofNanos(BigInt(Math.round(epochMs * 1000)) * 1000n)
      : undefined;
  }

  /** Reads RFC 3339; undefined where the text is none. */
  static parse(text: string): Timestamp | undefined {
    const found = RFC_3339.exec(text);
    if (found === null) return undefined;
    const [, dateTime = "", part = "", zone = ""] = found;
    const epochMs = Date.parse(`${dateTime.toUpperCase().replace(" ", "T")}${zone.toUpperCase()}`);
    if (Number.isNaN(epochMs)) return undefined;
    return Timestamp.ofNanos(BigInt(epochMs) * 1_000_000n + BigInt(part.padEnd(9, "0")));
  }

  get epochMs(): number {
    return Number(floorDivide(this.epochNanos, 1_000_000n));
  }

  override plain(): string {
    return this.text();
  }

  override text(): string {
    const seconds = floorDivide(this.epochNanos, SECOND);
    const part = String(this.epochNanos - seconds * SECOND).padStart(9, "0").replace(/0+$/, "");
    const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
    return `${whole}${part === "" ? "" : `.${part}`}Z`;
  }

  override equals(other: CelObject): boolean {
    return other instanceof Timestamp && other.epochNanos === this.epochNanos;
  }
}

const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Whole units below an instant, before 1970 too. */
export function floorDivide(value: bigint, unit: bigint): bigint {
  const quotient = value / unit;
  return value < 0n && quotient * unit !== value ? quotient - 1n : quotient;
}
