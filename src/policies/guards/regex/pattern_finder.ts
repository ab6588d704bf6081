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
  let state: State = machine.atStart();
  /** Where each thread's match begins. */
  let starts = new Int32Array(8);
  let spare = new Int32Array(8);
  let position = 0;
  let matchStart = 0;
  let matchEnd = 0;
  let work = 0;

  function take(step: Step): void {
    const { sources, match } = step;
    if (match !== NOBODY) {
      matchStart = match === BEGINS ? position : starts[match] ?? position;
      matchEnd = position;
    }
    const count = sources.length;
    if (count > spare.length) spare = new Int32Array(2 * count);
    for (let index = 0; index < count; index++) {
      const source = sources[index] ?? BEGINS;
      spare[index] = source === BEGINS ? position : starts[source] ?? position;
    }
    [starts, spare] = [spare, starts];
    state = step.state;
  }

  function stepOver(characterClass: number): Step {
    const known = state.steps[characterClass];
    if (known !== undefined) {
      work += 1 + (known.sources.length >> 3);
      return known;
    }
    const step = machine.step(state, characterClass);
    work += 1 + step.work;
    return step;
  }

  /** Reports the match, and goes on after it. */
  function report({ text, base }: HeldText, found: Found): void {
    found(matchStart, matchEnd);
    position = matchEnd;
    if (matchStart === matchEnd) position += widthAt(text, matchEnd - base);
    state = machine.after(kindOf(text.charCodeAt(position - 1 - base)));
  }

  function checkWork(end: number): void {
    if (work <= WORK_MAX + WORK_PER_CHARACTER_MAX * end) return;
    throw new GuardFailure("a pattern takes too long on this text");
  }

  function run(held: HeldText, end: number, found: Found): void {
    const { text, base } = held;
    while (position < end) {
      const index = position - base;
      const rune = text.codePointAt(index) ?? 0;
      const step = stepOver(machine.program.classOf(rune));
      if (step.sources.length === 0 && step.match === NOBODY && !step.state.matched) {
        state = step.state;
        position += rune > 0xffff ? 2 : 1;
        continue;
      }
      take(step);
      if (isFinal(state)) {
        report(held, found);
      } else {
        position += rune > 0xffff ? 2 : 1;
        if (state.settled) {
          matchStart = starts[0] ?? position;
          matchEnd = position;
          report(held, found);
        }
      }
      checkWork(end);
    }
  }

  return {
    advance(held, found) {
      const whole = held.base + held.text.length;
      const end = held.isEnd || !endsWithin(held.text) ? whole : whole - 1;
      run(held, end, found);
      while (held.isEnd) {
        take(stepOver(machine.end));
        if (!state.matched) break;
        const isLast = matchEnd >= end;
        report(held, found);
        if (isLast) break;
        run(held, end, found);
      }
      if (held.isEnd) return whole;
      if (state.threads.length > 0) return starts[0] ?? position;
      return position;
    },
  };
}

function isFinal({ matched, threads }: State): boolean {
  return matched && threads.length === 0;
}

/** Whether a text ends in the first half of a character. */
function endsWithin(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}

function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
