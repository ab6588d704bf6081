/** Why the gateway refused or failed a request; every kind has one status and one log reason. */
export type ErrorKind = keyof typeof KINDS;

/** The `reason` label of the request metrics and the `reason` field of the access log. */
export type Reason =
  | "Upstream"
  | "DirectResponse"
  | "NotFound"
  | "NoHealthyBackend"
  | "Internal"
  | "InvalidRequest"
  | "Timeout"
  | "UpstreamFailure"
  | "JwtAuth"
  | "Oidc"
  | "BasicAuth"
  | "APIKeyAuth"
  | "ExtAuth"
  | "Authorization"
  | "RateLimit"
  | "Guardrail";

const KINDS = {
  "invalid-request": { status: 400, reason: "InvalidRequest" },
  "unauthenticated": { status: 401, reason: "APIKeyAuth" },
  "forbidden": { status: 403, reason: "Authorization" },
  "rate-limited": { status: 429, reason: "RateLimit" },
  "not-found": { status: 404, reason: "NotFound" },
  "method-not-allowed": { status: 405, reason: "InvalidRequest" },
  "too-large": { status: 413, reason: "InvalidRequest" },
  "unsupported-encoding": { status: 415, reason: "InvalidRequest" },
  "not-supported-yet": { status: 400, reason: "InvalidRequest" },
  "not-implemented": { status: 501, reason: "DirectResponse" },
  "no-backend": { status: 500, reason: "NoHealthyBackend" },
  "upstream-unreachable": { status: 503, reason: "UpstreamFailure" },
  "upstream-invalid": { status: 502, reason: "UpstreamFailure" },
  "upstream-timeout": { status: 504, reason: "Timeout" },
  "upstream-refused": { status: 502, reason: "UpstreamFailure" },
  "client-gone": { status: 499, reason: "Upstream" },
  "unavailable": { status: 503, reason: "Internal" },
  "internal": { status: 500, reason: "Internal" },
} as const satisfies Record<string, { status: number; reason: Reason }>;

/** What is known of an error beside its kind and its words. */
export interface ErrorDetails {
  /** A stable word for programs, such as `model_not_found`. */
  readonly code?: string | undefined;
  /** The request field that is at fault. */
  readonly param?: string | undefined;
  /** Overrides the kind's reason, for answers that the reference logs in another way. */
  readonly reason?: Reason;
  /** Overrides the kind's status, where a provider chose it. */
  readonly status?: number;
  /** The provider's id of the failed request. */
  readonly requestId?: string | undefined;
  /** What logs say in place of a message that is for the client alone. */
  readonly summary?: string;
  /** Headers of the answer, by lower-case name: `www-authenticate`, `retry-after`, `allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The one error of the gateway: thrown where the fact is known, rendered for the client's API. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly kind: ErrorKind;
  readonly status: number;
  readonly reason: Reason;
  readonly code: string | undefined;
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly requestId: string | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.kind = kind;
    this.status = details.status ?? KINDS[kind].status;
    this.reason = details.reason ?? KINDS[kind].reason;
    this.code = details.code;
    this.param = details.param;
    this.headers = details.headers ?? {};
    this.summary = details.summary ?? message;
    this.requestId = details.requestId;
  }
}
