import { defined } from "../../lib/defined.ts";
import { Fields, type FieldTable } from "../values/fields.ts";
import { durationOfMs } from "./connection.ts";
import { wholeNumber } from "./whole_number.ts";

/** A call to a model as expressions may look at it; what is not known yet is undefined. */
export interface LlmView {
  readonly provider: string;
  readonly requestModel: string;
  readonly streaming: boolean;
  readonly params?: ParametersView | undefined;
  readonly prompt?: (() => readonly MessageView[] | undefined) | undefined;
  readonly responseModel?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly tokens?: TokensView | undefined;
  readonly timeToFirstTokenMs?: number | undefined;
  readonly timePerOutputTokenMs?: number | undefined;
  readonly completion?: (() => readonly string[] | undefined) | undefined;
  readonly toolCalls?: (() => readonly ToolCallView[] | undefined) | undefined;
  /** In USD; only the parts that have a price. */
  readonly cost?: Readonly<Record<string, number | undefined>> | undefined;
  /** In USD per million tokens. */
  readonly costRates?: Readonly<Record<string, number | undefined>> | undefined;
}

/** What a client asked for beside the prompt. */
export interface ParametersView {
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly frequency_penalty?: number | undefined;
  readonly presence_penalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly encoding_format?: string | undefined;
  readonly dimensions?: number | undefined;
}

/** One message of a prompt. */
export interface MessageView {
  readonly role: string;
  readonly content: string;
}

/** One call of a tool that a model asked for. */
export interface ToolCallView {
  readonly id: string;
  readonly name: string;
  /** As JSON text, or already read. */
  readonly arguments: unknown;
}

/** Tokens as far as they are known; input includes cache reads and cache writes. */
export interface TokensView {
  readonly input?: number | undefined;
  /** As the provider counts it, with or without the cache. */
  readonly providerInput?: number | undefined;
  readonly inputImage?: number | undefined;
  readonly inputText?: number | undefined;
  readonly inputAudio?: number | undefined;
  readonly cachedInput?: number | undefined;
  readonly cacheCreationInput?: number | undefined;
  readonly output?: number | undefined;
  readonly outputImage?: number | undefined;
  readonly outputText?: number | undefined;
  readonly outputAudio?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly total?: number | undefined;
  readonly providerTotal?: number | undefined;
  /** The answer to a request that only counts. */
  readonly count?: number | undefined;
}

/** What `llm` is in expressions. */
export function llmVariable(llm: LlmView): unknown {
  return new Fields(llmFields, llm);
}

const llmFields: FieldTable<LlmView> = {
  streaming: ({ streaming }) => streaming,
  requestModel: ({ requestModel }) => requestModel,
  responseModel: ({ responseModel }) => responseModel,
  provider: ({ provider }) => provider,
  prompt: ({ prompt }) => prompt?.(),
  params: ({ params }) => params === undefined ? undefined : parameters(params),
  inputTokens: ({ tokens }) => wholeNumber(tokens?.input),
  providerInputTokens: ({ tokens }) => wholeNumber(tokens?.providerInput),
  inputImageTokens: ({ tokens }) => wholeNumber(tokens?.inputImage),
  inputTextTokens: ({ tokens }) => wholeNumber(tokens?.inputText),
  inputAudioTokens: ({ tokens }) => wholeNumber(tokens?.inputAudio),
  cachedInputTokens: ({ tokens }) => wholeNumber(tokens?.cachedInput),
  cacheCreationInputTokens: ({ tokens }) => wholeNumber(tokens?.cacheCreationInput),
  outputTokens: ({ tokens }) => wholeNumber(tokens?.output),
  outputImageTokens: ({ tokens }) => wholeNumber(tokens?.outputImage),
  outputTextTokens: ({ tokens }) => wholeNumber(tokens?.outputText),
  outputAudioTokens: ({ tokens }) => wholeNumber(tokens?.outputAudio),
  reasoningTokens: ({ tokens }) => wholeNumber(tokens?.reasoning),
  totalTokens: ({ tokens }) => wholeNumber(tokens?.total ?? sum(tokens?.input, tokens?.output)),
  providerTotalTokens: ({ tokens }) => wholeNumber(tokens?.providerTotal),
  countTokens: ({ tokens }) => wholeNumber(tokens?.count),
  serviceTier: ({ serviceTier }) => serviceTier,
  timeToFirstToken: ({ timeToFirstTokenMs }) => durationOfMs(timeToFirstTokenMs),
  timePerOutputToken: ({ timePerOutputTokenMs }) => durationOfMs(timePerOutputTokenMs),
  completion: ({ completion }) => completion?.(),
  toolCalls: ({ toolCalls }) => toolCalls?.(),
  cost: ({ cost }) => cost,
  costRates: ({ costRates }) => costRates,
};

function parameters({ seed, max_tokens, dimensions, ...others }: ParametersView): unknown {
  return defined({
    ...others,
    seed: wholeNumber(seed),
    max_tokens: wholeNumber(max_tokens),
    dimensions: wholeNumber(dimensions),
  });
}

function sum(input: number | undefined, output: number | undefined): number | undefined {
  return input === undefined || output === undefined ? undefined : input + output;
}
