import type { ClientName } from "./chat_client.ts";
import { calledApi, type Pair } from "./talk.ts";

/** Something that a translation cannot carry, and why; every other answer is without a loss. */
export interface ExpectedLoss {
  readonly cases: readonly string[];
  readonly holds: (pair: Pair) => boolean;
  readonly kind: "dropped" | "changed";
  /** The client's names for it; no other clients have the loss. */
  readonly fields: Readonly<Partial<Record<ClientName, string>>>;
  readonly reason: string;
}

/** Every loss in the matrix. */
export const expectedLosses: readonly ExpectedLoss[] = [
  {
    cases: ["reasoning", "reasoning replay"],
    holds: (pair) =>
      ["completions", "responses"].includes(calledApi(pair)) || pair.provider.name === "gemini",
    kind: "changed",
    fields: { messages: "thinking", gemini: "generationConfig.thinkingConfig" },
    reason: "A budget of thoughts becomes one of a few efforts.",
  },
  {
    cases: ["reasoning", "reasoning replay"],
    holds: (pair) => calledApi(pair) === "completions",
    kind: "changed",
    fields: { responses: "reasoning" },
    reason: "Chat completions cannot be asked for a summary of the thoughts.",
  },
];

/** What the header of losses says in every answer of a talk. */
export function lossesOf(pair: Pair, name: string): string {
  const found = expectedFor(pair, name);
  const parts = (["dropped", "changed"] as const).flatMap((kind) => {
    const fields = found.filter((loss) => loss.kind === kind)
      .flatMap(({ fields }) => fields[pair.client.name] ?? []);
    return fields.length === 0 ? [] : [`${kind}=${fields.join(",")}`];
  });
  return parts.join("; ");
}

/** What is lost in a cell. */
export function expectedFor(pair: Pair, name: string): readonly ExpectedLoss[] {
  if (calledApi(pair) === pair.client.name) return [];
  return expectedLosses.filter(({ cases, holds, fields }) =>
    cases.includes(name) && holds(pair) && fields[pair.client.name] !== undefined
  );
}
