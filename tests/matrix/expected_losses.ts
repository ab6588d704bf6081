import type { ClientName } from "./chat_client.ts";
import { calledApi, type Pair } from "./talk.ts";

/** Something that a translation cannot carry, and why; every other answer is without a loss. */
export interface ExpectedLoss {
  readonly cases: readonly string[];
  /** Whether it shows in the first request of a talk, or only when there is something to replay. */
  readonly from: "the first request" | "the second request";
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
    from: "the first request",
    holds: (pair) =>
      ["completions", "responses"].includes(calledApi(pair)) || pair.provider.name === "gemini",
    kind: "changed",
    fields: { messages: "thinking", gemini: "generationConfig.thinkingConfig" },
    reason: "A budget of thoughts becomes one of a few efforts.",
  },
  {
    cases: ["reasoning", "reasoning replay"],
    from: "the first request",
    holds: (pair) => calledApi(pair) === "completions",
    kind: "changed",
    fields: { responses: "reasoning" },
    reason: "Chat completions cannot be asked for a summary of the thoughts.",
  },
  {
    cases: ["reasoning replay"],
    from: "the second request",
    holds: (pair) => calledApi(pair) === "gemini",
    kind: "dropped",
    fields: {
      completions: "messages[].reasoning_details",
      messages: "messages.thinking",
      responses: "input.reasoning",
    },
    reason: "Google signs calls and texts, not the summary of the thoughts behind them.",
  },
];

/** What the header of losses says in the answer to a request of a talk, counted from 0. */
export function lossesOf(pair: Pair, name: string, request: number): string {
  const found = expectedFor(pair, name)
    .filter(({ from }) => from === "the first request" || request > 0);
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
