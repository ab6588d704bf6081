import type { Guard } from "./guard.ts";

/** The guards of a route or a model, compiled. */
export interface Guards {
  readonly request: readonly Guard[];
  readonly response: readonly Guard[];
  /** Whether streamed answers are guarded too. */
  readonly streaming: boolean;
}

/** Several guards in a row, those of a section before those of its models. */
export function allGuards(several: readonly (Guards | undefined)[]): Guards | undefined {
  const given = several.filter((guards) => guards !== undefined);
  if (given.length < 2) return given[0];
  return {
    request: given.flatMap(({ request }) => request),
    response: given.flatMap(({ response }) => response),
    streaming: given.some(({ streaming }) => streaming),
  };
}
