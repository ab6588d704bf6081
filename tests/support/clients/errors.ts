import Anthropic from "@anthropic-ai/sdk";
import { ApiError } from "@google/genai";
import { APICallError } from "ai";
import OpenAI from "openai";
import { at } from "../json.ts";

/** An error as the user of an SDK has it. */
export interface SeenError {
  /** The name of its class. */
  readonly type: string;
  /** Undefined where the SDK tells none, as it does of errors inside streams. */
  readonly status: number | undefined;
  readonly message: string;
  readonly retryAfter: string | undefined;
  readonly requestId: string | undefined;
}

/** What was thrown by the SDK; fails for what is none of its own errors. */
export async function seenError(failing: Promise<unknown>): Promise<SeenError> {
  const error: unknown = await failing.then(
    (value) => new Error(`nothing was thrown, but there was ${JSON.stringify(value)}`),
    (error) => error,
  );
  const seen = openaiOrAnthropic(error) ?? google(error) ?? aiSdk(error);
  if (seen === undefined) throw error;
  return seen;
}

function openaiOrAnthropic(error: unknown): SeenError | undefined {
  if (!(error instanceof OpenAI.APIError) && !(error instanceof Anthropic.APIError)) {
    return undefined;
  }
  const { status, message, headers, requestID } = error;
  return {
    type: error.constructor.name,
    status: typeof status === "number" ? status : undefined,
    message,
    retryAfter: headerIn(headers, "retry-after"),
    requestId: requestID ?? undefined,
  };
}

function headerIn(headers: unknown, name: string): string | undefined {
  return headers instanceof Headers ? headers.get(name) ?? undefined : undefined;
}

/** Its errors tell no headers. */
function google(error: unknown): SeenError | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { status, message } = error;
  return { type: "ApiError", status, message, retryAfter: undefined, requestId: undefined };
}

/** The error inside a stream has no class that the SDK exports. */
function aiSdk(error: unknown): SeenError | undefined {
  if (!(error instanceof Error)) return undefined;
  const isOfCall = APICallError.isInstance(error);
  if (!isOfCall && error.constructor.name !== "StreamProviderError") return undefined;
  const headers = isOfCall ? error.responseHeaders : undefined;
  const status = at({ ...error }, "statusCode");
  return {
    type: isOfCall ? "APICallError" : "StreamProviderError",
    status: typeof status === "number" ? status : undefined,
    message: error.message,
    retryAfter: headers?.["retry-after"],
    requestId: headers?.["x-request-id"] ?? headers?.["request-id"],
  };
}
