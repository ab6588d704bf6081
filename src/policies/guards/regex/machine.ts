import {
  type CharKind,
  conditionsBetween,
  type Instruction,
  NONE,
  OTHER,
  type Program,
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
  /** What a character of the class does, or the text's end, which is class `end`. */
  step(state: State, characterClass: number): Step;
  readonly end: number;
  readonly program: Program;
}

/** The threads between two characters. */
export interface State {
  /** Where in the program each is, those first that a backtracking search would try first. */
  readonly threads: readonly number[];
  readonly before: CharKind;
  /** Whether a match was found, so that only the threads before it matter and none begins. */
  readonly matched: boolean;
  /** Whether the first thread has a match that ends here, whatever comes. */
  readonly settled: boolean;
  readonly steps: (Step | undefined)[];
}

/** How one character leads from a state to the next. */
export interface Step {
  readonly state: State;
  /** For each thread of the next state the index of the one it goes on from, or `BEGINS`. */
  readonly sources: readonly number[];
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
const CACHE_CELLS_MAX = 1 << 19;

/** Makes the machine of a program. */
export function machine(program: Program): Machine {
  const end = program.classes;
  const states = new Map<string, State>();
  let cells = 0;

  function stateOf(threads: readonly number[], before: CharKind, matched: boolean): State {
    const key = `${before}${matched ? "m" : ""}:${threads.join()}`;
    const known = states.get(key);
    if (known !== undefined) return known;
    if (cells > CACHE_CELLS_MAX) {
      states.clear();
      cells = 0;
    }
    cells += end + 1 + threads.length;
    const steps = new Array<Step | undefined>(end + 1).fill(undefined);
    const settled = hasMatch(program, threads[0]);
    const state = { threads, before, matched, settled, steps };
    states.set(key, state);
    return state;
  }

  function compute(state: State, characterClass: number): Step {
    const isEnd = characterClass === end;
    const kind = isEnd ? NONE : program.kinds[characterClass] ?? OTHER;
    const queue = closure(program, state, conditionsBetween(state.before, kind));
    const sample = program.samples[characterClass] ?? 0;
    const threads: number[] = [];
    const sources: number[] = [];
    const taken = new Set<number>();
    let match = NOBODY;
    for (const { instruction, source } of queue.found) {
      if (instruction.type === "match") {
        match = source;
        break;
      }
      if (isEnd || taken.has(instruction.out) || !instruction.accepts(sample)) continue;
      taken.add(instruction.out);
      threads.push(instruction.out);
      sources.push(source);
    }
    cells += sources.length;
    const next = stateOf(threads, kind, state.matched || match !== NOBODY);
    return { state: next, sources, match, work: queue.work };
  }

  return {
    program,
    end,
    atStart: () => stateOf([], program.kindAtStart, false),
    after: (kind) => stateOf([], program.kindAtStart === NONE ? kind : OTHER, false),
    step: (state, characterClass) => state.steps[characterClass] ??= compute(state, characterClass),
  };
}

/** Whether a thread's next move is a match, without a condition or another way before it. */
function hasMatch(program: Program, thread: number | undefined): boolean {
  const seen = new Set<number>();
  for (let at = thread; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const instruction = program.instructions[at];
    if (instruction?.type === "match") return true;
    at = instruction?.type === "split" || instruction?.type === "jump"
      ? instruction.out
      : undefined;
  }
  return false;
}

interface Reached {
  readonly instruction: Extract<Instruction, { readonly type: "character" | "match" }>;
  readonly source: number;
}

/** What the threads reach without a character, in their order, and one that begins here last. */
function closure(program: Program, { threads, matched }: State, conditions: number) {
  const found: Reached[] = [];
  const seen = new Set<number>();
  function follow(from: number, source: number): void {
    const stack = [from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = program.instructions[at];
      switch (instruction?.type) {
        case "split":
          stack.push(instruction.second, instruction.out);
          break;
        case "jump":
          stack.push(instruction.out);
          break;
        case "assert":
          if ((instruction.conditions & ~conditions) === 0) stack.push(instruction.out);
          break;
        case "character":
        case "match":
          found.push({ instruction, source });
      }
    }
  }
  threads.forEach(follow);
  if (!matched) follow(program.start, BEGINS);
  return { found, work: seen.size };
}
