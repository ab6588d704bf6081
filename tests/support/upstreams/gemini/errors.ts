import type { Fault } from "../scripts.ts";
import type { Call, Reply } from "../stand_in.ts";
import { jsonReply } from "../wire.ts";

/** Who serves Google's models. */
export type Flavour = "gemini" | "vertex";

/** The headers that Google puts on every answer. */
export function standardHeaders(call: Call): Record<string, string> {
  return {
    "vary": "Origin, X-Origin, Referer",
    "server": "scaffolding on HTTPServer2",
    "x-xss-protection": "0",
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "server-timing": `gfet4t7; dur=${400 + call.serial}`,
  };
}

/**
 * The error of a status, in the words of Google.
 *
 * See https://ai.google.dev/gemini-api/docs/troubleshooting and
 * https://cloud.google.com/apis/design/errors.
 */
export function googleError(
  fault: Fault & { readonly details?: readonly unknown[] },
  call: Call,
  flavour: Flavour,
): Reply {
  const { status: code, retryAfterS = code === 429 || code === 503 ? 3 : undefined } = fault;
  const headers = {
    ...standardHeaders(call),
    "content-type": "application/json; charset=UTF-8",
    ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }),
  };
  return jsonReply(code, headers, googleErrorBody(fault, flavour));
}

/** The body of such an error, which a stream carries as an event. */
export function googleErrorBody(
  fault: Fault & { readonly details?: readonly unknown[] },
  flavour: Flavour,
) {
  const { status: code, retryAfterS = code === 429 ? 3 : undefined } = fault;
  const [status, message] = known[code] ?? ["INTERNAL", "Internal error encountered."];
  const retry = retryAfterS === undefined || flavour === "vertex" ? [] : [{
    "@type": "type.googleapis.com/google.rpc.RetryInfo",
    retryDelay: `${retryAfterS}s`,
  }];
  const details = [...(fault.details ?? []), ...retry];
  return {
    error: {
      code,
      message: fault.message ?? message,
      status: fault.type ?? status,
      ...(details.length > 0 && { details }),
    },
  };
}

const known: Readonly<Record<number, readonly [status: string, message: string]>> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: [
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login " +
    "cookie or other valid authentication credential. See " +
    "https://developers.google.com/identity/sign-in/web/devconsole-project.",
  ],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "Requested entity was not found."],
  413: ["INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."],
  429: [
    "RESOURCE_EXHAUSTED",
    "Resource has been exhausted (e.g. check quota).",
  ],
  500: ["INTERNAL", "An internal error has occurred. Please retry or report in the forum."],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "Deadline expired before operation could complete."],
  529: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
};
