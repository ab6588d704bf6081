import type { Fault } from "../chat/fault.ts";

/** How a client API words an error; `kind` is the code of a gateway's own error without one. */
export type ErrorShape = (fault: Fault & { readonly kind?: string }) => unknown;

/** OpenAI's (https://platform.openai.com/docs/guides/error-codes), also for unknown clients. */
export const defaultErrorShape: ErrorShape = (error) => ({
  error: {
    message: error.message,
    type: OPENAI_TYPES[error.status] ??
      (error.status < 500 ? "invalid_request_error" : "api_error"),
    param: error.param ?? null,
    code: error.code ?? error.kind?.replaceAll("-", "_") ?? null,
  },
});

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "authentication_error",
  429: "rate_limit_error",
};

/** Anthropic's (https://docs.anthropic.com/en/api/errors). */
export const messagesErrorShape: ErrorShape = (error) => ({
  type: "error",
  error: { type: anthropicType(error.status), message: error.message },
  ...(error.requestId === undefined ? {} : { request_id: error.requestId }),
});

function anthropicType(status: number): string {
  return ANTHROPIC_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** Google's (https://cloud.google.com/apis/design/errors). */
export const geminiErrorShape: ErrorShape = (error) => ({
  error: {
    code: error.status,
    message: error.message,
    status: GOOGLE_STATUSES[error.status] ?? (error.status < 500 ? "INVALID_ARGUMENT" : "INTERNAL"),
  },
});

const GOOGLE_STATUSES: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
};
