import type { GatewayError } from "../errors.ts";

/** How a client API words an error. */
export type ErrorShape = (error: GatewayError) => unknown;

/** OpenAI's (https://platform.openai.com/docs/guides/error-codes), also for unknown clients. */
export const defaultErrorShape: ErrorShape = (error) => ({
  error: {
    message: error.message,
    type: error.status < 500 ? "invalid_request_error" : "api_error",
    param: error.param ?? null,
    code: error.code ?? error.kind.replaceAll("-", "_"),
  },
});

/** Anthropic's (https://docs.anthropic.com/en/api/errors). */
export const messagesErrorShape: ErrorShape = (error) => ({
  type: "error",
  error: { type: ANTHROPIC_TYPES[error.status] ?? "api_error", message: error.message },
});

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  415: "invalid_request_error",
  429: "rate_limit_error",
};

/** Google's (https://cloud.google.com/apis/design/errors). */
export const generateContentErrorShape: ErrorShape = (error) => ({
  error: {
    code: error.status,
    message: error.message,
    status: GOOGLE_STATUSES[error.status] ?? "INTERNAL",
  },
});

const GOOGLE_STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  415: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};
