/**
 * Sends a request of a policy's own to a server beside the upstream: an authorizer, a guard, a
 * server of keys. The configured identity and TLS are put on it; redirects are answers like any
 * other; the signal ends it.
 */
export interface Callout {
  (request: CalloutRequest): Promise<Response>;
}

/** One request to such a server. */
export interface CalloutRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly signal: AbortSignal;
}
