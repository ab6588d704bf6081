/**
 * Why there is no answer, in no API's own words; `GatewayError` is one too.
 */
export interface Fault {
  /** HTTP status that the client sees; in a stream, that it would have seen. */
  readonly status: number;
  readonly message: string;
  /** A stable word for programs: `context_length_exceeded`. */
  readonly code?: string | undefined;
  /** The request field that is at fault. */
  readonly param?: string | undefined;
  /** The provider's id of the failed request. */
  readonly requestId?: string | undefined;
}
