import type { JsonObject } from "../json.ts";

/** How a tool loop is run. */
export interface LoopOptions {
  readonly stream: boolean;
  /** What the user asks; without it, for the weather in Paris and Rome. */
  readonly question?: string;
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The model of every answer but the first, where the conversation moves. */
  readonly movesTo?: string;
}

/** What came of a tool loop. */
export interface LoopRun {
  /** The text of the last answer. */
  readonly text: string;
  readonly toolCalls: readonly LoopCall[];
  /** The tokens of the last answer: input with its caches, output with its reasoning. */
  readonly usage: LoopUsage;
  /** The thoughts that the client could read, of all answers. */
  readonly reasoning: string;
  readonly reasoningSeen: boolean;
  /** How many answers it took. */
  readonly rounds: number;
}

/** A call as the client's SDK gave it. */
export interface LoopCall {
  readonly name: string;
  readonly args: unknown;
}

/** Tokens; what an API does not count is 0. */
export interface LoopUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

/**
 * Asks, calls the tools and brings their results and the answer's reasoning back, in the way the
 * client's own SDK has it, until an answer calls no tool any more.
 *
 * `baseUrl` is scheme and authority; the client adds its API's paths.
 */
export type ToolLoop = (
  baseUrl: string,
  model: string,
  options: LoopOptions,
) => Promise<LoopRun>;

/** One answer of a loop, read by the client's SDK. */
export interface Round {
  readonly text: string;
  readonly toolCalls: readonly LoopCall[];
  readonly usage: LoopUsage;
  readonly reasoning: string;
}

/**
 * Runs rounds until one calls no tool; `next` sends what is due, by how many rounds there were, and
 * says what came back.
 */
export async function loop(next: (roundsBefore: number) => Promise<Round>): Promise<LoopRun> {
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS_MAX) {
    const round = await next(rounds.length);
    rounds.push(round);
    if (round.toolCalls.length === 0) return runOf(rounds, round);
  }
  throw new Error(`the loop has not ended after ${ROUNDS_MAX} answers`);
}

function runOf(rounds: readonly Round[], { text, usage }: Round): LoopRun {
  const reasoning = rounds.map((round) => round.reasoning).join("\n").trim();
  return {
    ...{ text, usage, reasoning },
    toolCalls: rounds.flatMap(({ toolCalls }) => toolCalls),
    reasoningSeen: reasoning !== "",
    rounds: rounds.length,
  };
}

const ROUNDS_MAX = 6;

/** The weather, which is the same in all towns but for their names. */
export function weatherIn(args: unknown): string {
  return `18 C ${JSON.stringify(args)}`;
}

/** The question that calls two tools at once. */
export const twoCities = "Weather in Paris and Rome?";

/** The answer of the stand-ins' agent to what `weatherIn` says of both cities. */
export const toldOfTwoCities =
  'Results: get_weather: 18 C {"city":"Paris"}; get_weather: 18 C {"city":"Rome"}';

/** The one tool. */
export const weatherTool = {
  name: "get_weather",
  description: "The weather of a city.",
  schema: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
} as const satisfies JsonObject;
