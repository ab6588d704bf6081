import { GatewayError } from "../errors.ts";
import type { AnswerSummary, JsonObject } from "../apis/api.ts";
import { acceptsCoding, contentCoding, encodeBody } from "../lib/content_coding.ts";
import { isMapping } from "../lib/mapping.ts";
import { BodyTooLarge, declaredLength, readBody } from "../lib/read_body.ts";
import { readUpstreamFault, retryDelayIn } from "../apis/upstream_fault.ts";
import type { WholeAnswer } from "./passage.ts";
import { guardedAnswer } from "./guarded_call.ts";
import { bringRequestId, type Relay } from "./relay.ts";
import { clientResponseHeaders, untouchedResponseHeaders } from "./headers.ts";
import { closeAccount } from "./meter.ts";
import { wholeReply } from "./reply.ts";

/** The least that an answer may have, in bytes, whatever is configured for requests. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

const NOTHING: AnswerSummary = { textLength: 0 };

/** Passes on an answer that is not a stream, byte for byte or translated, and reads its usage. */
export async function relayWhole(relay: Relay, response: Response): Promise<Response> {
  const { exchange, api, target, llm, request } = relay;
  const coding = contentCoding(response.headers.get("content-encoding"));
  let summary = NOTHING, complete = false;
  try {
    if (coding === null && response.ok) throw await unknownCoding(response);
    const received = await readAnswer(relay, response, coding);
    const whole = response.ok ? wholeAnswer(relay, response, received) : undefined;
    if (whole !== undefined) {
      summary = whole.summary;
      closeAccount(llm, api, request, summary, true);
    }
    complete = true;
    const written = whole === undefined
      ? coding === null ? undefined : errorBody(relay, response, received)
      : await guardedAnswer(relay, whole.body ?? whole.answer, response.headers) ?? whole.body;
    const headers = coding === null
      ? untouchedResponseHeaders(response.headers)
      : clientResponseHeaders(response.headers);
    bringRequestId(relay, headers);
    if (!response.ok) bringRetryDelay(headers, received);
    if (written !== undefined) headers.set("content-type", "application/json");
    target.editResponseHeaders?.(headers);
    const bytes = written === undefined ? received : encoder.encode(JSON.stringify(written));
    const body = await encodeAgain(relay, coding, headers, bytes);
    const sent = NULL_BODY_STATUSES.has(response.status) ? null : body;
    return wholeReply(exchange, response.status, headers, sent, "finished");
  } finally {
    if (response.ok && !complete) closeAccount(llm, api, request, summary, false);
  }
}

const encoder = new TextEncoder();

/** An answer in the client's API; one that is no answer of the provider's API is its failure. */
function wholeAnswer(
  { passage }: Relay,
  { headers }: Response,
  bytes: Uint8Array,
): WholeAnswer & { readonly answer: JsonObject } {
  const answer = parseAnswer(bytes);
  try {
    return { ...passage.readWhole(answer, headers), answer };
  } catch (cause) {
    if (cause instanceof GatewayError && cause.kind !== "invalid-request") throw cause;
    throw invalid("the answer is not what its API says", "invalid_response", cause);
  }
}

/** An error in the client's own words; undefined where the upstream's may go on as they are. */
function errorBody(
  { api, passage }: Relay,
  { status, headers }: Response,
  bytes: Uint8Array,
): unknown {
  if (status < 400) return undefined;
  const text = decoder.decode(bytes);
  if (passage.isVerbatim && api.isOwnError(parsed(text))) return undefined;
  return api.errorShape(readUpstreamFault(status, headers, text));
}

/** Puts the provider's wish to be left alone where the client's SDK looks for it. */
function bringRetryDelay(headers: Headers, bytes: Uint8Array): void {
  if (headers.has("retry-after")) return;
  const seconds = retryDelayIn(decoder.decode(bytes));
  if (seconds !== undefined) headers.set("retry-after", String(seconds));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Statuses whose answers must not have a body (fetch standard, "null body status"). */
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

type Coding = ReturnType<typeof contentCoding>;

async function unknownCoding({ headers, body }: Response): Promise<GatewayError> {
  await body?.cancel().catch(() => {});
  const named = headers.get("content-encoding");
  return invalid(`unsupported content encoding: ${named}`, "unsupported_content_encoding");
}

async function readAnswer({ exchange, attempt }: Relay, response: Response, coding: Coding) {
  const bytesMax = Math.max(ANSWER_BYTES_MAX, exchange.plan.bodyBytesMax);
  const declared = coding === "identity" ? declaredLength(response.headers) : undefined;
  try {
    return await readBody(response, declared, bytesMax);
  } catch (cause) {
    if (attempt.signal.aborted) throw attempt.signal.reason;
    if (cause instanceof BodyTooLarge) {
      if (response.body?.locked === false) await response.body.cancel().catch(() => {});
      throw invalid(
        `response was too large: more than ${bytesMax} bytes ` +
          `(raise it with frontendPolicies.http.maxBufferSize)`,
        "response_too_large",
      );
    }
    throw invalid("response was cut off before its end", "upstream_cut", cause);
  }
}

const decoder = new TextDecoder();

function parseAnswer(bytes: Uint8Array): JsonObject {
  let answer: unknown;
  try {
    answer = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw invalid("failed to parse response", "invalid_response", cause);
  }
  if (isMapping(answer)) return answer;
  // A list says nothing of usage, but is for the client to judge.
  if (Array.isArray(answer)) return {};
  throw invalid("failed to parse response", "invalid_response");
}

/** A body that came compressed goes on compressed, where the client takes that. */
async function encodeAgain(
  { exchange }: Relay,
  coding: Coding,
  headers: Headers,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (coding === "identity" || coding === null) return bytes;
  if (!acceptsCoding(exchange.head.headers.get("accept-encoding"), coding)) return bytes;
  headers.set("content-encoding", coding);
  return await encodeBody(bytes, coding);
}

function invalid(tail: string, code: string, cause?: unknown): GatewayError {
  return new GatewayError("upstream-invalid", `failed to process LLM response: ${tail}`, {
    code,
    cause,
  });
}
