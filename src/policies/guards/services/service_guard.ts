import type {
  Guard,
  GuardContext,
  GuardedText,
  Judgement,
  Rejection,
  TextScope,
} from "../guard.ts";
import { GuardFailure } from "../guard_failure.ts";

/** What guards have in common that ask a server. */
export interface ServiceSettings {
  /** Its key in the configuration. */
  readonly name: string;
  readonly scopes: ReadonlySet<TextScope>;
  readonly rejection: Rejection;
  /** Is told why the guard could not judge, and lets the texts pass; without it they do not. */
  readonly failOpen?: ((failure: GuardFailure) => void) | undefined;
}

/** A judgement without the answer of a rejection, which is the configuration's. */
export type ServiceJudgement = Judgement | { readonly type: "reject-as-configured" };

/** A guard that asks a server, unless there is nothing to ask about. */
export function serviceGuard(
  { name, scopes, rejection, failOpen }: ServiceSettings,
  judge: (texts: readonly GuardedText[], context: GuardContext) => Promise<ServiceJudgement>,
): Guard {
  async function judged(
    texts: readonly GuardedText[],
    context: GuardContext,
  ): Promise<Judgement> {
    try {
      const judgement = await judge(texts, context);
      return judgement.type === "reject-as-configured" ? { type: "reject", rejection } : judgement;
    } catch (error) {
      if (failOpen === undefined || !(error instanceof GuardFailure)) throw error;
      failOpen(error);
      return PASS;
    }
  }
  return {
    name,
    scopes,
    check: (texts, context) =>
      texts.every(({ text }) => text.trim() === "") ? PASS : judged(texts, context),
  };
}

/** The judgement that there is nothing wrong. */
export const PASS = { type: "pass" } as const;

/** The judgement that a text is not to go on. */
export const REJECT = { type: "reject-as-configured" } as const;
