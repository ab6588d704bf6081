import type { Guard, GuardContext, GuardedText, Judgement } from "./guard.ts";
import { GuardFailure } from "./guard_failure.ts";
import { guardFailed, GuardRejection } from "./guard_rejection.ts";
import { type Folded, folded } from "./json_fold.ts";

/** Texts as guards left them, in their order; undefined where none was changed. */
export type GuardedTexts = readonly string[] | undefined;

/**
 * Runs guards over the texts of a request or of a whole answer, each over what those before it
 * masked. Throws `GuardRejection`, or the error of a guard that has no judgement. Nothing is
 * awaited where no guard has to wait.
 */
export function guardTexts(
  guards: readonly Guard[],
  texts: readonly GuardedText[],
  context: GuardContext,
): GuardedTexts | Promise<GuardedTexts> {
  const unfolded = unfold(texts);
  const made = run(guards, 0, unfolded.texts, context);
  return made instanceof Promise ? made.then(unfolded.fold) : unfolded.fold(made);
}

type Texts = readonly GuardedText[];

function run(
  guards: readonly Guard[],
  first: number,
  texts: Texts,
  context: GuardContext,
): Texts | Promise<Texts> {
  const guard = guards[first];
  if (guard === undefined) return texts;
  const made = guarded(guard, texts, context);
  return made instanceof Promise
    ? made.then((next) => run(guards, first + 1, next, context))
    : run(guards, first + 1, made, context);
}

function guarded(guard: Guard, texts: Texts, context: GuardContext): Texts | Promise<Texts> {
  const { phase } = context;
  const seen = [...texts.keys()].filter((index) => {
    const scope = texts[index]?.scope;
    return phase === "response" || (scope !== undefined && guard.scopes.has(scope));
  });
  if (seen.length === 0) return texts;
  const apply = (judgement: Judgement) => applied(guard, judgement, seen, texts, context);
  try {
    const judgement = guard.check(seen.flatMap((index) => texts[index] ?? []), context);
    return judgement instanceof Promise ? judgement.then(apply, fail) : apply(judgement);
  } catch (error) {
    return fail(error);
  }
}

function applied(
  guard: Guard,
  judgement: Judgement,
  seen: readonly number[],
  texts: Texts,
  { phase }: GuardContext,
): Texts {
  switch (judgement.type) {
    case "pass":
      return texts;
    case "reject":
      throw new GuardRejection(guard.name, phase, judgement.rejection);
    case "mask": {
      const made = new Map(seen.map((index, at) => [index, judgement.texts[at]]));
      return texts.map((one, index) => ({ ...one, text: made.get(index) ?? one.text }));
    }
  }
}

function fail(error: unknown): never {
  throw error instanceof GuardFailure ? guardFailed(error) : error;
}

interface Unfolded {
  readonly texts: Texts;
  fold(made: Texts): GuardedTexts;
}

/** Inputs of tools are JSON text, and have to stay that: guards see the texts in it. */
function unfold(given: Texts): Unfolded {
  if (!given.some(isJsonText)) {
    const fold = (made: Texts) => changed(given, made.map(({ text }) => text));
    return { texts: given, fold };
  }
  const inputs = given.map((one): Folded | undefined =>
    isJsonText(one) ? folded(one.text) : undefined
  );
  const texts = given.flatMap((one, index) =>
    inputs[index]?.texts.map((text) => ({ ...one, text })) ?? [one]
  );
  function fold(made: Texts): GuardedTexts {
    let at = 0;
    const whole = inputs.map((input) => {
      const count = input?.texts.length ?? 1;
      const own = made.slice(at, at + count).map(({ text }) => text);
      at += count;
      return input === undefined ? own[0] ?? "" : input.with(own);
    });
    return changed(given, whole);
  }
  return { texts, fold };
}

function isJsonText({ scope, text }: GuardedText): boolean {
  return scope === "toolInput" && /^[ \t\r\n]*[{[]/.test(text);
}

function changed(given: Texts, made: readonly string[]): GuardedTexts {
  return made.some((text, index) => text !== given[index]?.text) ? made : undefined;
}
