import type { Guard, GuardContext, GuardedText, Judgement } from "./guard.ts";
import { GuardFailure } from "./guard_failure.ts";
import { guardFailed, GuardRejection } from "./guard_rejection.ts";
import { type Folded, folded } from "./json_fold.ts";

/** Texts as guards left them, in their order; undefined where none was changed. */
export type GuardedOutcome = readonly string[] | undefined;

/**
 * Runs guards over the texts of a request or of a whole answer, each over what those before it
 * masked. Throws `GuardRejection`, or the error of a guard that has no judgement. Nothing is
 * awaited where no guard has to.
 */
export function guardTexts(
  guards: readonly Guard[],
  texts: readonly GuardedText[],
  context: GuardContext,
): GuardedOutcome | Promise<GuardedOutcome> {
  const unfolded = unfold(texts);
  let current = unfolded.texts;
  for (const [at, guard] of guards.entries()) {
    const seen = selected(guard, current, context);
    if (seen.length === 0) continue;
    const judgement = judged(guard, seen, context);
    if (judgement instanceof Promise) {
      return resume(guards, at, judgement, seen, current, context).then(unfolded.fold);
    }
    current = applied(guard, judgement, seen, current, context);
  }
  return unfolded.fold(current);
}

/** The rest of the way, from a guard on that has to be waited for. */
async function resume(
  guards: readonly Guard[],
  from: number,
  first: Promise<Judgement>,
  firstSeen: readonly number[],
  texts: readonly GuardedText[],
  context: GuardContext,
): Promise<readonly GuardedText[]> {
  let current = texts;
  for (const [index, guard] of guards.slice(from).entries()) {
    const seen = index === 0 ? firstSeen : selected(guard, current, context);
    if (seen.length === 0) continue;
    const judgement = await (index === 0 ? first : judged(guard, seen, context));
    current = applied(guard, judgement, seen, current, context);
  }
  return current;
}

/** The indexes of the texts that a guard looks at. */
function selected(
  { scopes }: Guard,
  texts: readonly GuardedText[],
  { phase }: GuardContext,
): readonly number[] {
  return [...texts.keys()].filter((index) => {
    const scope = texts[index]?.scope;
    return phase === "response" || (scope !== undefined && scopes.has(scope));
  });
}
