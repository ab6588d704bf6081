import { ASSERT, CHARACTER, JUMP, MATCH, type Program, SPLIT } from "./program.ts";

/**
 * What threads reach without a character, in their order. One object serves all computations of a
 * machine, one after the other: they are the only part of it that is not looked up.
 */
export interface Closure {
  /** Follows threads, and one that begins here after them, unless there was a match. */
  follow(from: { readonly threads: Uint16Array; readonly matched: boolean }, holds: number): void;
  /** The instructions for characters and for matches that were reached: so many of the array. */
  readonly reached: Uint16Array;
  /** For each of them the index of its thread, -1 for the one that begins here. */
  readonly sources: Int16Array;
  count(): number;
  /** Notes an instruction of the next threads; false where it has been noted before. */
  takes(out: number): boolean;
  /** How many instructions were looked at. */
  work(): number;
}

/** Makes the arrays that computations use. */
export function closureOf({ operations, outs, seconds, size, start }: Program): Closure {
  const reached = new Uint16Array(size);
  const sources = new Int16Array(size);
  const stack = new Uint16Array(2 * size + 2);
  const seen = new Uint32Array(size);
  const taken = new Uint32Array(size);
  let round = 0;
  let count = 0;
  let work = 0;

  function followOne(thread: number, source: number, holds: number): void {
    let depth = 0;
    stack[depth++] = thread;
    while (depth > 0) {
      const at = stack[--depth] ?? 0;
      if (seen[at] === round) continue;
      seen[at] = round;
      work++;
      const out = outs[at] ?? 0;
      switch (operations[at]) {
        case SPLIT:
          stack[depth++] = seconds[at] ?? 0;
          stack[depth++] = out;
          break;
        case JUMP:
          stack[depth++] = out;
          break;
        case ASSERT:
          if (((seconds[at] ?? 0) & ~holds) === 0) stack[depth++] = out;
          break;
        case CHARACTER:
        case MATCH:
          reached[count] = at;
          sources[count++] = source;
      }
    }
  }

  return {
    reached,
    sources,
    count: () => count,
    work: () => work,
    follow({ threads, matched }, holds) {
      round++;
      count = 0;
      work = 0;
      for (let index = 0; index < threads.length; index++) {
        followOne(threads[index] ?? 0, index, holds);
      }
      if (!matched) followOne(start, -1, holds);
    },
    takes(out) {
      if (taken[out] === round) return false;
      taken[out] = round;
      return true;
    },
  };
}
