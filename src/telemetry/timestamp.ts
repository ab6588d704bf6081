/** Writes instants as log lines carry them. */
export type Timestamps = (epochMs: number) => string;

const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * RFC 3339 in UTC with microseconds, which are not padded with zeros: 59.908 ms after the second
 * is `.59908Z`. It is wrong by the letter, and is what readers of the reference's logs are used to.
 */
export function createTimestamps(): Timestamps {
  let second = NaN;
  let prefix = "";
  return (epochMs) => {
    const microseconds = Math.round(epochMs * 1000);
    const now = Math.floor(microseconds / MICROSECONDS_PER_SECOND);
    if (now !== second) {
      second = now;
      prefix = new Date(now * 1000).toISOString().slice(0, -"000Z".length);
    }
    return `${prefix}${microseconds - now * MICROSECONDS_PER_SECOND}Z`;
  };
}
