import { didYouMean } from "../lib/did_you_mean.ts";
import type { Problem } from "./diagnostic.ts";

/** Gathers what is wrong, so that all of it can be told at once. */
export class Problems {
  readonly #found: Problem[] = [];
  readonly #warnings: Problem[] = [];

  get found(): readonly Problem[] {
    return this.#found;
  }

  /** What holds, but may not be what was meant. */
  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  add(path: Problem["path"], message: string): void {
    this.#found.push({ path, message });
  }

  warn(path: Problem["path"], message: string): void {
    this.#warnings.push({ path, message });
  }

  /** A reference to something that is not there; names the nearest that is. */
  addDangling(
    path: Problem["path"],
    kind: string,
    name: string,
    known: readonly string[],
  ): void {
    this.add(path, `no ${kind} named ${JSON.stringify(name)}${didYouMean(name, known)}`);
  }
}
