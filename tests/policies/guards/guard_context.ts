import type { Variables } from "../../../src/cel/expression.ts";
import type {
  Guard,
  GuardContext,
  GuardedText,
  Judgement,
  TextScope,
} from "../../../src/policies/guards/guard.ts";

/** What a guard may know; by default of a request without headers. */
export function guardContext(
  given: Partial<GuardContext> & { readonly variables?: Variables } = {},
): GuardContext {
  return {
    phase: "request",
    signal: new AbortController().signal,
    variables: {},
    headers: new Headers(),
    ...given,
  };
}

/** A text of a user, unless it says otherwise. */
export function textOf(text: string, given: Partial<GuardedText> = {}): GuardedText {
  return { scope: "messages", role: "user", text, ...given };
}

/** Every scope there is. */
export const ALL_SCOPES: ReadonlySet<TextScope> = new Set<TextScope>([
  "systemPrompt",
  "messages",
  "toolOutput",
  "toolInput",
]);

/** A guard that judges as it is told, and notes what it was asked about. */
export interface TestGuard extends Guard {
  readonly asked: (readonly string[])[];
}

/** A guard that has to be waited for; texts with `bad` are rejected, `secret` is masked. */
export function slowGuard(
  judge: (texts: readonly string[]) => Judgement | Promise<Judgement> = judgeWords,
  scopes: ReadonlySet<TextScope> = ALL_SCOPES,
): TestGuard {
  const asked: (readonly string[])[] = [];
  return {
    name: "slow",
    scopes,
    asked,
    check: async (texts) => {
      const words = texts.map(({ text }) => text);
      asked.push(words);
      return await judge(words);
    },
  };
}

function judgeWords(texts: readonly string[]): Judgement {
  if (texts.some((text) => text.includes("bad"))) {
    return { type: "reject", rejection: { status: 451, body: "no bad words" } };
  }
  const made = texts.map((text) => text.replaceAll("secret", "******"));
  return made.every((text, at) => text === texts[at])
    ? { type: "pass" }
    : { type: "mask", texts: made };
}
