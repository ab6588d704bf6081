import type { HeaderRecord } from "../../lib/header_record.ts";

/** Makes requests acceptable to a cloud by an identity that the cloud knows. */
export interface Authorizer {
  /**
   * Puts the identity into the headers, which must be as they will be sent; throws
   * `upstream-unreachable` naming the step where no credential could be got, and the signal's
   * reason when it aborts.
   */
  authorize(request: OutgoingRequest): Promise<void>;
}

/** A request on its way upstream, whole but for its authorization. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** Edited in place. */
  readonly headers: HeaderRecord;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly signal: AbortSignal;
}

/** What authorizers may take from their surroundings. */
export interface AuthEnvironment {
  /** Wall clock, in milliseconds since 1970. */
  epochMs(): number;
}
