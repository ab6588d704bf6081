import { GuardFailure } from "../guard_failure.ts";
import type { Finder, Found, HeldText } from "./finder.ts";
import { BEGINS, type Machine, NOBODY, type State, type Step } from "./machine.ts";
import { kindOf } from "./program.ts";

/**
 * Work that a text may cost whatever its length, and for each of its characters beside; one step of
 * the machine is one. Looking for all matches of some expressions takes time that grows with the
 * square of the text, whatever the engine: what would take longer fails.
 */
const WORK_MAX = 2_000_000;
const WORK_PER_CHARACTER_MAX = 64;

/** Finds the matches of a pattern, leftmost first, as replacing all of them would. */
export function patternFinder(machine: Machine): Finder {
  const search: Search = {
    machine,
    state: machine.atStart(),
    starts: new Int32Array(8),
    spare: new Int32Array(8),
    position: 0,
    matchStart: 0,
    matchEnd: 0,
    work: 0,
  };
  return {
    advance(held, found) {
      const whole = held.base + held.text.length;
      const end = held.isEnd || !endsWithin(held.text) ? whole : whole - 1;
      run(search, held, end, found);
      if (held.isEnd) {
        finish(search, held, found);
        return whole;
      }
      const { state, starts, position } = search;
      return state.threads.length > 0 ? starts[0] ?? position : position;
    },
  };
}

/** A machine on its way through one text. */
interface Search {
  readonly machine: Machine;
  state: State;
  /** Where each thread's match begins. */
  starts: Int32Array;
  spare: Int32Array;
  position: number;
  matchStart: number;
  matchEnd: number;
  work: number;
}

function run(search: Search, held: HeldText, end: number, found: Found): void {
  const { text, base } = held;
  const { program } = search.machine;
  while (search.position < end) {
    const rune = text.codePointAt(search.position - base) ?? 0;
    const step = stepOver(search, program.classOf(rune));
    const width = rune > 0xffff ? 2 : 1;
    if (step.sources.length === 0 && step.match === NOBODY && !step.state.matched) {
      search.state = step.state;
      search.position += width;
      continue;
    }
    take(search, step);
    if (isOver(search.state)) {
      report(search, held, found);
    } else {
      search.position += width;
      if (search.state.settled) settle(search, held, found);
    }
    checkWork(search, end);
  }
}

/** The end of the text is a step too, after which there may be more to find before it. */
function finish(search: Search, held: HeldText, found: Found): void {
  const end = held.base + held.text.length;
  for (;;) {
    take(search, stepOver(search, search.machine.end));
    if (!search.state.matched) return;
    const isLast = search.matchEnd >= end;
    report(search, held, found);
    if (isLast) return;
    run(search, held, end, found);
  }
}

function stepOver(search: Search, characterClass: number): Step {
  const known = search.state.steps[characterClass];
  if (known !== undefined) {
    search.work += 1 + (known.sources.length >> 3);
    return known;
  }
  const step = search.machine.step(search.state, characterClass);
  search.work += step.work;
  return step;
}

function take(search: Search, { state, sources, match }: Step): void {
  const { starts, position } = search;
  if (match !== NOBODY) {
    search.matchStart = match === BEGINS ? position : starts[match] ?? position;
    search.matchEnd = position;
  }
  const count = sources.length;
  const next = count > search.spare.length ? new Int32Array(2 * count) : search.spare;
  for (let index = 0; index < count; index++) {
    const source = sources[index] ?? BEGINS;
    next[index] = source === BEGINS ? position : starts[source] ?? position;
  }
  search.starts = next;
  search.spare = starts;
  search.state = state;
}

/** The first thread's match ends here, and nothing that comes can change that. */
function settle(search: Search, held: HeldText, found: Found): void {
  search.matchStart = search.starts[0] ?? search.position;
  search.matchEnd = search.position;
  report(search, held, found);
}

/** Reports the match, and goes on after it. */
function report(search: Search, { text, base }: HeldText, found: Found): void {
  const { matchStart, matchEnd } = search;
  found(matchStart, matchEnd);
  search.position = matchEnd;
  if (matchStart === matchEnd) search.position += widthAt(text, matchEnd - base);
  search.state = search.machine.after(kindOf(text.charCodeAt(search.position - 1 - base)));
}

function isOver({ matched, threads }: State): boolean {
  return matched && threads.length === 0;
}

function checkWork({ work }: Search, end: number): void {
  if (work <= WORK_MAX + WORK_PER_CHARACTER_MAX * end) return;
  throw new GuardFailure("a pattern takes too long on this text");
}

/** Whether a text ends in the first half of a character. */
function endsWithin(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}

function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
