import { CelError, type Variables } from "../expression.ts";

/** What one evaluation works with. */
export interface Frame {
  readonly variables: Variables;
  /** The names that the expression itself binds, by their depth. */
  readonly locals: unknown[];
  readonly budget: Budget;
  /** What bytes were read as JSON: a body that is looked at in several places is read once. */
  readonly parsed: Map<Uint8Array, unknown>;
}

/** The work that an evaluation may still do. */
interface Budget {
  left: number;
}

/**
 * What one evaluation may do, in units of about a tenth of a microsecond.
 *
 * Without a limit a loop in a loop over a client's body could stop the gateway for minutes.
 */
export const WORK_MAX = 2_000_000;

/** A frame for one evaluation. */
export function openFrame(variables: Variables): Frame {
  return { variables, locals: [], budget: { left: WORK_MAX }, parsed: new Map() };
}

/** Pays for work before it is done; throws where there is nothing left to pay with. */
export function spend({ budget }: Frame, units: number): void {
  budget.left -= units;
  if (budget.left < 0) throw new CelError("the expression does more work than it may");
}

/** Pays for looking through a value once. */
export function spendOn(frame: Frame, value: unknown): void {
  spend(frame, 1 + unitsOf(value));
}

function unitsOf(value: unknown): number {
  if (typeof value === "string") return value.length >> 7;
  if (Array.isArray(value)) return value.length >> 3;
  if (value instanceof Uint8Array) return value.length >> 7;
  return value instanceof Map ? value.size >> 3 : 0;
}

/** Pays for a text that is made anew, before it is made. */
export function spendOnMaking(frame: Frame, length: number): void {
  // Not by a shift: what a replacement makes of a body may have more than 32 bits of length.
  spend(frame, length / 32);
}
