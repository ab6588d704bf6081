/**
 * Money is counted in billionths of a US dollar, as whole numbers: sums of them are exact up to
 * this amount.
 */
export const USD_MAX = "9000000";

const NANOS_PER_USD = 1_000_000_000;

/** Reads a decimal amount of dollars; undefined if it is none, or has more than nine decimals. */
export function parseUsd(amount: number | string): number | undefined {
  const parts = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(String(amount));
  if (parts === null) return undefined;
  const [, dollars = "", decimals = ""] = parts;
  return Number(dollars) * NANOS_PER_USD + Number(decimals.padEnd(9, "0"));
}

/** A computed price as a whole number of billionths. */
export function nanosOf(usd: number): number {
  return Math.round(usd * NANOS_PER_USD);
}

/** `$1.50`, with as many decimals as there are, but two at least. */
export function formatUsd(nanos: number): string {
  const dollars = Math.trunc(nanos / NANOS_PER_USD);
  const decimals = String(nanos % NANOS_PER_USD).padStart(9, "0").replace(/0{1,7}$/, "");
  return `$${dollars}.${decimals}`;
}
