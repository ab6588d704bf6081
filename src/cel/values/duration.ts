import { CelObject } from "./cel_object.ts";

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** About 290 years, as in Go. */
const NANOS_MAX = 2n ** 63n - 1n;

/** A length of time, to the nanosecond. */
export class Duration extends CelObject {
  override readonly type = "duration";
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }

  /** Reads Go's syntax: `1h30m`, `-1.5s`; undefined where the text is none. */
  static parse(text: string): Duration | undefined {
    const found = /^([+-]?)((?:\d{1,20}(?:\.\d{0,20})?(?:ns|us|µs|ms|s|m|h)){1,7})$/.exec(text);
    if (text === "0") return new Duration(0n);
    if (found === null) return undefined;
    let nanos = 0n;
    for (const [, whole, part, unit] of (found[2] ?? "").matchAll(/(\d+)(?:\.(\d*))?([a-zµ]+)/g)) {
      nanos += nanosOf(whole ?? "", part ?? "", UNIT_NANOS[unit ?? ""] ?? 0n);
    }
    return nanos > NANOS_MAX ? undefined : new Duration(found[1] === "-" ? -nanos : nanos);
  }

  override plain(): string {
    return this.text();
  }

  /** In seconds, as JSON writes durations: `90s`, `0.25s`. */
  override text(): string {
    const size = this.nanos < 0n ? -this.nanos : this.nanos;
    const part = String(size % UNIT_SECOND).padStart(9, "0").replace(/0+$/, "");
    const sign = this.nanos < 0n ? "-" : "";
    return `${sign}${size / UNIT_SECOND}${part === "" ? "" : `.${part}`}s`;
  }

  override equals(other: CelObject): boolean {
    return other instanceof Duration && other.nanos === this.nanos;
  }
}

const UNIT_SECOND = 1_000_000_000n;

function nanosOf(whole: string, part: string, unit: bigint): bigint {
  return BigInt(whole) * unit + (BigInt(`0${part}`) * unit) / 10n ** BigInt(part.length);
}
