import type { Pair, Talk } from "./talk.ts";
import { calledApi } from "./talk.ts";

/** Something that a pair cannot do, and why. */
export interface Exception {
  readonly facet: Facet;
  readonly holds: (pair: Pair) => boolean;
  /** One sentence for the page. */
  readonly reason: string;
}

/** What of a case an exception is about. */
export type Facet =
  | "thoughts"
  | "replay"
  | "refusal text"
  | "request id"
  | "request id of refusals"
  | "cache writes"
  | "cache writes told"
  | "reasoning tokens";

const isGoogle = ({ provider }: Pair) => provider.speaks[0] === "gemini";

const isOpenAiChat = (pair: Pair) =>
  ["openai", "azure"].includes(pair.provider.name) && calledApi(pair) === "completions";

/** Every exception; there is none that is not here. */
export const exceptions: readonly Exception[] = [
  {
    facet: "thoughts",
    holds: isOpenAiChat,
    reason: "OpenAI's chat completions do not show what a model thought; they only count it.",
  },
  {
    facet: "thoughts",
    holds: (pair) => pair.client.name === "completions" && calledApi(pair) === "responses",
    reason: "A client of chat completions cannot ask for thoughts, which OpenAI shows on request.",
  },
  {
    facet: "replay",
    holds: isOpenAiChat,
    reason: "OpenAI's chat completions take no thoughts of earlier turns.",
  },
  {
    facet: "refusal text",
    holds: isGoogle,
    reason: "Google blocks a prompt without a word of explanation.",
  },
  {
    facet: "request id",
    holds: isGoogle,
    reason: "Google's answers carry no id of the request.",
  },
  {
    facet: "request id of refusals",
    holds: ({ provider }) => provider.name === "vertex-claude",
    reason: "Where Vertex AI refuses before Claude is asked, there is no id of the request.",
  },
  {
    facet: "cache writes",
    holds: isGoogle,
    reason: "Google does not count what it writes to its cache.",
  },
  {
    facet: "cache writes told",
    holds: ({ client }) => client.name === "gemini",
    reason: "Google's API has no member for cache writes; the log and the metrics have them.",
  },
  {
    facet: "reasoning tokens",
    holds: ({ provider }) => provider.name === "bedrock",
    reason: "Converse counts reasoning as output and does not say how much it was.",
  },
];

/** What must be the case: the second value where an exception holds, which the talk notes. */
export function expected<Value>(talk: Talk, facet: Facet, usual: Value, excepted: Value): Value {
  const exception = exceptions.find((one) => one.facet === facet && one.holds(talk));
  if (exception === undefined) return usual;
  talk.noted.add(exception);
  return excepted;
}
