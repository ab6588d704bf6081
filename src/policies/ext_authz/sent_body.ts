import { GatewayError } from "../../errors.ts";
import type { Subject } from "../subject.ts";
import type { BodyOptions } from "./check.ts";

/** As much of a request's body as a service gets. */
export interface SentBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isPartial: boolean;
}

/** Says of a body whether it is a part, by Envoy's name. */
export const PARTIAL_HEADER = "x-envoy-auth-partial-body";

/** The body that a service gets; throws the 413 where it is longer than may be. */
export async function sentBody(
  subject: Subject,
  { bytesMax, mayBePartial }: BodyOptions,
): Promise<SentBody> {
  const bytes = await (mayBePartial ? subject.body() : subject.body(bytesMax));
  if (bytes.length <= bytesMax) return { bytes, isPartial: false };
  if (mayBePartial) return { bytes: bytes.slice(0, bytesMax), isPartial: true };
  // Another policy has read it already, within a higher limit.
  const message = `the request body is larger than ${bytesMax} bytes ` +
    "(setting extAuthz.includeRequestBody.maxRequestBytes)";
  throw new GatewayError("too-large", message, { code: "request_body_too_large" });
}
