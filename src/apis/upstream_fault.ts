import type { Fault } from "../chat/fault.ts";
import { defined } from "../lib/defined.ts";
import { isMapping, type Mapping } from "../lib/mapping.ts";

/**
 * Reads an upstream's error, whichever API's words it is in: OpenAI's and Anthropic's
 * `{error: {message, type, code, param}}`, Google's `{error: {code, message, status}}` (also in a
 * list), AWS's `{message}`, or any other text, which is then the message.
 */
export function readUpstreamFault(status: number, headers: Headers, text: string): Fault {
  return {
    status,
    ...readFaultText(text, status),
    ...defined({ requestId: requestIdIn(headers) }),
  };
}

/** Reads an error that came inside a stream; its type tells the status it would have had. */
export function readStreamFault(body: unknown): Fault {
  const found = errorIn(body) ?? {};
  const words = [found.type, found.status, found.code];
  return {
    status: typeof found.code === "number" ? found.code : statusOf(words),
    message: messageOf(found) ?? "the provider reported an error in its stream",
    ...codeAndParam(found),
  };
}

/** The headers in which providers give the id of a request. */
const REQUEST_ID_HEADERS = [
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "apim-request-id",
  "x-goog-request-id",
];

/** The provider's id of a request. */
export function requestIdIn(headers: Headers): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const value = headers.get(name);
    if (value !== null && value !== "") return value;
  }
  return undefined;
}

/**
 * Seconds that Google asks a client to wait, which it says in the body
 * (https://cloud.google.com/apis/design/errors, `RetryInfo`).
 */
export function retryDelayIn(text: string): number | undefined {
  const details = errorIn(parse(text))?.details;
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const delay = isMapping(detail) ? detail.retryDelay : undefined;
    const seconds = typeof delay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Math.ceil(Number(seconds));
  }
  return undefined;
}

function readFaultText(text: string, status: number): Omit<Fault, "status"> {
  const found = errorIn(parse(text));
  const message = found === undefined ? undefined : messageOf(found);
  if (found === undefined || message === undefined) {
    return { message: text.trim() === "" ? `the provider answered with status ${status}` : text };
  }
  return { message, ...codeAndParam(found) };
}

/** The object that tells what went wrong. */
function errorIn(body: unknown): Mapping | undefined {
  const [first] = Array.isArray(body) ? body : [body];
  if (!isMapping(first)) return undefined;
  if (typeof first.error === "string") return { message: first.error };
  if (isMapping(first.error)) return first.error;
  if (isMapping(first.response) && isMapping(first.response.error)) return first.response.error;
  return first;
}

function messageOf(found: Mapping): string | undefined {
  return [found.message, found.Message, found.detail].find((value) => typeof value === "string");
}

function codeAndParam({ code, param, status }: Mapping): Pick<Fault, "code" | "param"> {
  return defined({
    code: typeof code === "string" ? code : typeof status === "string" ? status : undefined,
    param: typeof param === "string" ? param : undefined,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first word that is known tells; a provider may put a word of its own in front of it. */
function statusOf(words: readonly unknown[]): number {
  for (const word of words) {
    const status = typeof word === "string" ? STATUSES[word] : undefined;
    if (status !== undefined) return status;
  }
  return 500;
}

/** The status that a provider's word for an error has outside of streams. */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  validationException: 400,
  authentication_error: 401,
  UNAUTHENTICATED: 401,
  permission_error: 403,
  PERMISSION_DENIED: 403,
  accessDeniedException: 403,
  not_found_error: 404,
  NOT_FOUND: 404,
  resourceNotFoundException: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  RESOURCE_EXHAUSTED: 429,
  throttlingException: 429,
  modelTimeoutException: 408,
  modelStreamErrorException: 424,
  api_error: 500,
  server_error: 500,
  INTERNAL: 500,
  internalServerException: 500,
  UNAVAILABLE: 503,
  serviceUnavailableException: 503,
  service_unavailable_error: 503,
  server_is_overloaded: 503,
  DEADLINE_EXCEEDED: 504,
  overloaded_error: 529,
};
