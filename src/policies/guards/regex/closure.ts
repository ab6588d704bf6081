import { ASSERT, CHARACTER, JUMP, MATCH, type Program, SPLIT } from "./program.ts";

/**
 * What threads reach without a character, in their order. One object serves all computations of a
 * machine, one after the other: they are the only part of it that is not looked up.
 */
export interface Closure {
  /** The instructions for characters and for matches that were reached: the first `count` of it. */
  readonly reached: Uint16Array;
  /** For each of them the index of its thread, -1 for the one that begins here. */
  readonly sources: Int16Array;
  count: number;
  /** How many instructions were looked at. */
  work: number;
  /** Instructions that are yet to be followed. */
  readonly stack: Uint16Array;
  /** The round in which an instruction was last followed, and last noted as a next thread. */
  readonly followed: Uint32Array;
  readonly noted: Uint32Array;
  round: number;
}

/** The arrays that the computations of a program use. */
export function closureOf({ size }: Program): Closure {
  return {
    reached: new Uint16Array(size),
    sources: new Int16Array(size),
    count: 0,
    work: 0,
    stack: new Uint16Array(2 * size + 2),
    followed: new Uint32Array(size),
    noted: new Uint32Array(size),
    round: 0,
  };
}

/** Follows threads, and one that begins here after them unless there was a match. */
export function follow(
  closure: Closure,
  program: Program,
  { threads, matched }: { readonly threads: Uint16Array; readonly matched: boolean },
  conditions: number,
): void {
  closure.round++;
  closure.count = 0;
  closure.work = 0;
  for (let index = 0; index < threads.length; index++) {
    followOne(closure, program, threads[index] ?? 0, index, conditions);
  }
  if (!matched) followOne(closure, program, program.start, -1, conditions);
}

/** Notes an instruction of the next threads; false where it has been noted before. */
export function isNew({ noted, round }: Closure, out: number): boolean {
  if (noted[out] === round) return false;
  noted[out] = round;
  return true;
}

function followOne(
  closure: Closure,
  { operations, outs, seconds }: Program,
  thread: number,
  source: number,
  conditions: number,
): void {
  const { stack, followed, round } = closure;
  let depth = 0;
  stack[depth++] = thread;
  while (depth > 0) {
    const at = stack[--depth] ?? 0;
    if (followed[at] === round) continue;
    followed[at] = round;
    closure.work++;
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
        if (((seconds[at] ?? 0) & ~conditions) === 0) stack[depth++] = out;
        break;
      case CHARACTER:
      case MATCH:
        closure.reached[closure.count] = at;
        closure.sources[closure.count++] = source;
    }
  }
}
