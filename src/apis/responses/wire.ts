import type { TokenLogprob } from "../../chat/block.ts";
import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { countOf } from "../numbers.ts";
import { readStreamFault } from "../upstream_fault.ts";

/**
 * Reads the `usage` object of a response: cache reads and writes are inside `input_tokens`,
 * reasoning inside `output_tokens`
 * (https://platform.openai.com/docs/api-reference/responses/object).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const inputTokens = countOf(value.input_tokens), outputTokens = countOf(value.output_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const input = isMapping(value.input_tokens_details) ? value.input_tokens_details : {};
  const output = isMapping(value.output_tokens_details) ? value.output_tokens_details : {};
  return defined({
    inputTokens,
    outputTokens,
    cacheReadTokens: countOf(input.cached_tokens),
    cacheWriteTokens: countOf(input.cache_write_tokens),
    reasoningTokens: countOf(output.reasoning_tokens),
  });
}

/** The same the other way round; the API requires every number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens ?? 0,
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  };
}

/** The `logprobs` of an output text; none where there are none. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] {
  return listOf(value).filter(isLogprob).map((entry) => ({
    ...readToken(entry),
    top: listOf(entry.top_logprobs).filter(isLogprob).map(readToken),
  }));
}

/** The same the other way round; bytes that are not known are those of the token's text. */
export function writeLogprobs(logprobs: readonly TokenLogprob[] = []): readonly JsonObject[] {
  return logprobs.map(({ top, ...token }) => ({
    ...writeToken(token),
    top_logprobs: top.map(writeToken),
  }));
}

/**
 * An error as an event of a stream
 * (https://platform.openai.com/docs/api-reference/responses-streaming/error). OpenAI's own SDK
 * throws at this event, but takes `response.failed` for an answer.
 */
export function writeError(fault: Fault, sequenceNumber: number): string {
  return writeFrame({
    type: "error",
    sequence_number: sequenceNumber,
    code: ownCode(fault.code) ?? codeOf(fault.status),
    message: fault.message,
    param: fault.param ?? null,
  });
}

/** The fault that `error` or `response.failed` tells; `error` is no word for a kind of fault. */
export function readFault(event: JsonObject | undefined): Fault {
  const { type: _, ...rest } = event ?? {};
  return readStreamFault(rest);
}

/** An event with its text; its name is the type of the payload. */
export function writeFrame(payload: { readonly type: string } & JsonObject): string {
  return `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
}

/** A list, or an empty one where there is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or an empty one where there is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of a list of `{text}`, such as the summary of a reasoning item. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((part) => isMapping(part) ? [textOf(part.text)] : [])
    .filter((text) => text !== "");
}

type LogprobEntry = Mapping & { readonly token: string; readonly logprob: number };

function isLogprob(value: unknown): value is LogprobEntry {
  return isMapping(value) && typeof value.token === "string" && typeof value.logprob === "number";
}

function readToken({ token, logprob, bytes }: LogprobEntry): Omit<TokenLogprob, "top"> {
  const known = Array.isArray(bytes) ? bytes.filter((byte) => typeof byte === "number") : undefined;
  return { token, logprob, ...defined({ bytes: known }) };
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, "top">): JsonObject {
  return { token, bytes: bytes ?? [...new TextEncoder().encode(token)], logprob };
}

/** A word for programs where the fault has none. */
/** OpenAI's codes look like this; AWS's and Google's words do not, and mean nothing to SDKs. */
function ownCode(code: string | undefined): string | undefined {
  return code !== undefined && /^[a-z][a-z_]*$/.test(code) ? code : undefined;
}

function codeOf(status: number): string {
  if (status === 429) return "rate_limit_exceeded";
  return status < 500 ? "invalid_request_error" : "server_error";
}
