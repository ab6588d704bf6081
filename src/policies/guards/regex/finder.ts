/** Finds what one rule is about in a text that comes piece by piece. */
export interface Finder {
  /**
   * Looks on, and reports matches in ascending order, none overlapping another. Gives the position
   * before which everything is decided: no match that is reported later begins there.
   */
  advance(held: HeldText, found: Found): number;
}

/** Is told where a match begins and ends. */
export type Found = (start: number, end: number) => void;

/** The part of a text that is not decided yet, and what has come since. */
export interface HeldText {
  readonly text: string;
  /** Where in the whole text it begins; all positions count from the beginning of that. */
  readonly base: number;
  /** The character code before it, -1 at the beginning. */
  readonly before: number;
  /** Whether nothing comes after it. */
  readonly isEnd: boolean;
}

/** One rule of a guard. */
export interface Rule {
  /** What stands in place of what it finds. */
  readonly mask: string;
  /** Whether a whole text holds a match; where it cannot tell cheaply, it says yes. */
  mayFind(text: string): boolean;
  /** Begins a search through one text. */
  open(): Finder;
}
