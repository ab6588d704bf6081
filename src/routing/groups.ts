import type { Health } from "./health/health.ts";
import { rendezvousHash } from "./affinity.ts";

export type { Health } from "./health/health.ts";
export type { Outcome } from "./health/outcome.ts";

/** Members in groups of falling priority, each member with its health. */
export interface Groups<Target> {
  readonly members: readonly Member<Target>[];
  /**
   * The member for the next attempt of a request: of the best group that has an active one not yet
   * tried, the better of two drawn; when all active ones are tried the evicted untried ones, best
   * group first; undefined when every member has been tried. `affinity` pins within the group by
   * rendezvous hashing.
   */
  pick(tried: ReadonlySet<Member<Target>>, affinity?: string): Member<Target> | undefined;
}

/** A target that a request may go to. */
export interface Member<Target> {
  /** As the configuration names it; the access log shows it. */
  readonly name: string;
  readonly target: Target;
  readonly health: Health;
}

/** Builds the groups, the first of which is the best; `random` gives numbers in [0, 1). */
export function groups<Target>(
  ranked: readonly (readonly Member<Target>[])[],
  random: () => number,
): Groups<Target> {
  const members = ranked.flat();
  return {
    members,
    pick(tried, affinity) {
      const untried = tried.size === 0
        ? ranked
        : ranked.map((group) => group.filter((member) => !tried.has(member)));
      const candidates = firstFilled(untried.map((group) => group.filter(isActive))) ??
        firstFilled(untried);
      if (candidates === undefined) return undefined;
      return affinity === undefined
        ? betterOfTwo(candidates, random)
        : pinned(candidates, affinity);
    },
  };
}

/** At least one. */
type Candidates<Target> = readonly [Member<Target>, ...Member<Target>[]];

function isActive({ health }: Member<unknown>): boolean {
  return !health.isEvicted;
}

function firstFilled<Target>(
  ranked: readonly (readonly Member<Target>[])[],
): Candidates<Target> | undefined {
  for (const [first, ...rest] of ranked) if (first !== undefined) return [first, ...rest];
  return undefined;
}

/** Both draws may give the same one, so that even the worst keeps some of the requests. */
function betterOfTwo<Target>(candidates: Candidates<Target>, random: () => number) {
  const [only, ...others] = candidates;
  if (others.length === 0) return only;
  const draw = () => candidates[Math.floor(random() * candidates.length)] ?? only;
  const [first, second] = [draw(), draw()];
  return second.health.score > first.health.score ? second : first;
}

function pinned<Target>(candidates: Candidates<Target>, affinity: string): Member<Target> {
  let [best] = candidates;
  let highest = -1;
  for (const candidate of candidates) {
    const hash = rendezvousHash(affinity, candidate.name);
    if (hash > highest) [best, highest] = [candidate, hash];
  }
  return best;
}
