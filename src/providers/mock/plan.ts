import { parseDurationMs } from "../../lib/duration.ts";
import type { ErrorAnswer } from "./error_answer.ts";
import { scriptMatcher } from "./match.ts";
import type { ChatRequest } from "./request.ts";
import type { ErrorSettings, FaultSettings, MockSettings, ResponseSettings } from "./settings.ts";

/** The settings of one mock provider, made ready for requests. */
export interface Plan {
  readonly strict: boolean;
  readonly answerTokens: number;
  readonly scripts: readonly Script[];
  /** Holds where no script matches. */
  readonly otherwise: Conduct;
}

/** A scripted answer and the requests it is for. */
export interface Script {
  matches(request: ChatRequest): boolean;
  readonly conduct: Conduct;
}

/** What is answered and how. */
export interface Conduct {
  readonly reply: Reply;
  readonly usage: UsageSettings;
  readonly firstTokenMs: number;
  readonly perTokenMs: number;
  readonly tokensPerChunk: number;
  readonly bytesPerWrite: number;
  /** The faults of the next request; counts it. */
  takeFaults(): Faults;
}

/** What a script says; nothing is said of the default answer. */
export interface Reply {
  readonly text?: string | undefined;
  readonly toolCalls?: readonly ToolCallPlan[] | undefined;
  readonly refusal?: string | undefined;
  readonly error?: ErrorAnswer | undefined;
  readonly finishReason?: FinishReason | undefined;
}

/** Why an answer ends. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** A tool call to make. */
export interface ToolCallPlan {
  readonly name: string;
  /** The arguments as they are sent; undefined: made from the tool's schema. */
  readonly input: string | undefined;
}

/** What the settings say of the usage. */
export type UsageSettings = NonNullable<MockSettings["usage"]>;

/** What goes wrong with one request; counts that are never reached are infinite. */
export interface Faults {
  readonly error: ErrorAnswer | undefined;
  readonly resetAfter: number;
  readonly stallAfter: number;
  readonly malformedAfter: number;
  readonly omitUsage: boolean;
  readonly omitDone: boolean;
}

/** Compiles settings; the only state is the count of requests for `faults.every`. */
export function compilePlan(settings: MockSettings): Plan {
  const takeFaults = faultTaker(settings.faults);
  return {
    strict: settings.strict ?? false,
    answerTokens: settings.answerTokens ?? ANSWER_TOKENS,
    scripts: (settings.responses ?? []).map((script) => ({
      matches: scriptMatcher(script.match ?? {}, script.toolCalls !== undefined),
      conduct: conduct(settings, script, takeFaults),
    })),
    otherwise: conduct(settings, {}, takeFaults),
  };
}

const ANSWER_TOKENS = 80;

function conduct(
  settings: MockSettings,
  script: ResponseSettings,
  takeFaults: () => Faults,
): Conduct {
  const pace = { ...settings.pace, ...script.pace };
  const chunking = { ...settings.chunking, ...script.chunking };
  return {
    reply: {
      text: script.text,
      toolCalls: script.toolCalls?.map((call) => ({
        name: call.name,
        input: inputText(call.arguments),
      })),
      refusal: script.refusal,
      error: script.error && errorAnswer(script.error),
      finishReason: script.finishReason,
    },
    usage: { ...settings.usage, ...script.usage },
    firstTokenMs: durationMs(pace.firstToken) ?? 0,
    perTokenMs: durationMs(pace.perToken) ?? 0,
    tokensPerChunk: chunking.tokensPerChunk ?? 1,
    bytesPerWrite: chunking.bytesPerWrite ?? Infinity,
    takeFaults: script.faults ? faultTaker(script.faults) : takeFaults,
  };
}

function inputText(input: unknown): string | undefined {
  return input === undefined || typeof input === "string" ? input : JSON.stringify(input);
}

function errorAnswer({ retryAfter, ...error }: ErrorSettings): ErrorAnswer {
  return { ...error, retryAfterMs: durationMs(retryAfter) };
}

function faultTaker(settings: FaultSettings = {}): () => Faults {
  const faults: Faults = {
    error: settings.error && errorAnswer(settings.error),
    resetAfter: settings.resetAfter ?? Infinity,
    stallAfter: settings.stallAfter ?? Infinity,
    malformedAfter: settings.malformedAfter ?? Infinity,
    omitUsage: settings.omitUsage ?? false,
    omitDone: settings.omitDone ?? false,
  };
  const every = settings.every ?? 1;
  let requests = 0;
  return () => {
    requests = (requests + 1) % every;
    return requests === 0 ? faults : NO_FAULTS;
  };
}

const NO_FAULTS: Faults = {
  error: undefined,
  resetAfter: Infinity,
  stallAfter: Infinity,
  malformedAfter: Infinity,
  omitUsage: false,
  omitDone: false,
};

function durationMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}
