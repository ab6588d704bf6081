/** An error to answer with; what it leaves out is filled in as the real API words that status. */
export interface ErrorAnswer {
  readonly status: number;
  readonly type?: string | undefined;
  readonly code?: string | null | undefined;
  readonly param?: string | undefined;
  readonly message?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** An error of the request itself: the client has to change it. */
export function invalid(message: string, param?: string, code?: string): ErrorAnswer {
  return { status: 400, message, param, code };
}

/** Renders an error in OpenAI's shape: https://platform.openai.com/docs/guides/error-codes */
export function errorResponse(error: ErrorAnswer, model: string, requestId: string): Response {
  const retryAfterMs = error.retryAfterMs ?? (error.status === 429 ? 1000 : undefined);
  const usual = usualError(error.status, model, retryAfterMs);
  const body = {
    error: {
      message: error.message ?? usual.message,
      type: error.type ?? usual.type,
      param: error.param ?? null,
      code: error.code === undefined ? usual.code : error.code,
    },
  };
  const headers = new Headers({ "content-type": "application/json", "x-request-id": requestId });
  if (retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.ceil(retryAfterMs / 1000)));
    headers.set("retry-after-ms", String(retryAfterMs));
  }
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

interface UsualError {
  readonly message: string;
  readonly type: string;
  readonly code: string | null;
}

function usualError(status: number, model: string, retryAfterMs = 0): UsualError {
  switch (status) {
    case 401:
      return {
        message: "Incorrect API key provided: mock.",
        type: "invalid_request_error",
        code: "invalid_api_key",
      };
    case 403:
      return {
        message: "Country, region, or territory not supported",
        type: "request_forbidden",
        code: "unsupported_country_region_territory",
      };
    case 404:
      return {
        message: `The model \`${model}\` does not exist or you do not have access to it.`,
        type: "invalid_request_error",
        code: "model_not_found",
      };
    case 429:
      return {
        message: `Rate limit reached for ${model} in organization org-mock on requests per min ` +
          `(RPM): Limit 1, Used 1, Requested 1. Please try again in ${retryAfterMs}ms.`,
        type: "requests",
        code: "rate_limit_exceeded",
      };
    case 503:
      return {
        message: "The engine is currently overloaded, please try again later",
        type: "server_error",
        code: null,
      };
    default:
      return status < 500
        ? { message: "The request was refused.", type: "invalid_request_error", code: null }
        : {
          message: "The server had an error while processing your request. Sorry about that!",
          type: "server_error",
          code: null,
        };
  }
}
