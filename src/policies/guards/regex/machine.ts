import { type Closure, closureOf, follow, isNew } from "./closure.ts";
import {
  type CharKind,
  conditionsBetween,
  JUMP,
  MATCH,
  NONE,
  OTHER,
  type Program,
  SPLIT,
} from "./program.ts";

/**
 * Runs a program over a text, one character after the other, without ever going back: all the ways
 * in which a match may go on are threads, ordered as a backtracking search would try them.
 *
 * Which threads there are after a character depends on nothing but those before it, so that steps
 * are computed once and then looked up. The cache is dropped when it has grown too large.
 */
export interface Machine {
  /** Where a search begins at the beginning of a text. */
  atStart(): State;
  /** Where a search begins after a character of this kind. */
  after(kind: CharKind): State;
  /** Computes what a character of the class does, or the text's end, which is class `end`. */
  step(state: State, characterClass: number): Step;
  readonly end: number;
  readonly program: Program;
}

/** The threads between two characters. */
export interface State {
  /** Where in the program each is, those first that a backtracking search would try first. */
  readonly threads: Uint16Array;
  readonly before: CharKind;
  /** Whether a match was found, so that only the threads before it matter and none begins. */
  readonly matched: boolean;
  /** Whether the first thread has a match that ends here, whatever comes. */
  readonly settled: boolean;
  /** By class what has been computed so far. */
  readonly steps: (Step | undefined)[];
}

/** How one character leads from a state to the next. */
export interface Step {
  readonly state: State;
  /** For each thread of the next state the index of the one it goes on from, or `BEGINS`. */
  readonly sources: Int16Array;
  /** The thread that has a match that ends before the character, `BEGINS`, or `NOBODY`. */
  readonly match: number;
  /** How much work it was to find out. */
  readonly work: number;
}

/** A thread that begins at this character. */
export const BEGINS = -1;
/** No thread. */
export const NOBODY = -2;

/** Entries of the tables of all states together, and of their lists of threads. */
const CACHE_CELLS_MAX = 1 << 21;

/** Makes the machine of a program. */
export function machine(program: Program): Machine {
  const end = program.classes;
  const states = new Map<string, State>();
  const closure = closureOf(program);
  let cells = 0;

  function stateOf(threads: Uint16Array, before: CharKind, matched: boolean): State {
    const key = keyOf(threads, before, matched);
    const known = states.get(key);
    if (known !== undefined) return known;
    if (cells > CACHE_CELLS_MAX) {
      states.clear();
      cells = 0;
    }
    cells += end + STATE_CELLS + threads.length;
    const steps = new Array<Step | undefined>(end + 1).fill(undefined);
    const settled = hasMatch(program, threads[0]);
    const state = { threads, before, matched, settled, steps };
    states.set(key, state);
    return state;
  }

  function compute(state: State, characterClass: number): Step {
    const isEnd = characterClass === end;
    const kind = isEnd ? NONE : program.kinds[characterClass] ?? OTHER;
    follow(closure, program, state, conditionsBetween(state.before, kind));
    const sample = isEnd ? undefined : program.samples[characterClass];
    const { threads, sources, match } = moved(program, closure, sample);
    cells += sources.length;
    const next = stateOf(threads, kind, state.matched || match !== NOBODY);
    return { state: next, sources, match, work: STEP_WORK + 2 * closure.work };
  }

  return {
    program,
    end,
    atStart: () => stateOf(NO_THREADS, program.kindAtStart, false),
    after: (kind) => stateOf(NO_THREADS, program.kindAtStart === NONE ? kind : OTHER, false),
    step: (state, characterClass) => state.steps[characterClass] ??= compute(state, characterClass),
  };
}

const NO_THREADS = new Uint16Array(0);

/** What computing a step costs beside looking at instructions. */
const STEP_WORK = 64;

/** What a state costs beside its lists. */
const STATE_CELLS = 32;

/** The threads after a character, and the one that has a match before it. */
function moved(program: Program, closure: Closure, rune: number | undefined) {
  const { operations, outs } = program;
  const threads: number[] = [];
  const sources: number[] = [];
  let match = NOBODY;
  for (let index = 0; index < closure.count; index++) {
    const at = closure.reached[index] ?? 0;
    const source = closure.sources[index] ?? BEGINS;
    if (operations[at] === MATCH) {
      match = source;
      break;
    }
    if (rune === undefined || !program.accepts(at, rune)) continue;
    const out = outs[at] ?? 0;
    if (isNew(closure, out)) {
      threads.push(out);
      sources.push(source);
    }
  }
  return { threads: new Uint16Array(threads), sources: new Int16Array(sources), match };
}

/** Spelled in characters, of which each is an instruction. */
function keyOf(threads: Uint16Array, before: CharKind, matched: boolean): string {
  let key = String.fromCharCode(before, matched ? 1 : 0);
  for (let index = 0; index < threads.length; index++) {
    key += String.fromCharCode(threads[index] ?? 0);
  }
  return key;
}

/** Whether a thread's next move is a match, without a condition or another way before it. */
function hasMatch({ operations, outs, size }: Program, thread: number | undefined): boolean {
  let at = thread;
  for (let moves = 0; at !== undefined && moves < size; moves++) {
    if (operations[at] === MATCH) return true;
    if (operations[at] !== SPLIT && operations[at] !== JUMP) return false;
    at = outs[at];
  }
  return false;
}
