import type { Upstream } from "../routing/backend.ts";
import { hasOwnIdentity } from "./headers.ts";

/** What an upstream says of a credential: it is refused, unpaid, not enough, or used too often. */
const OF_CREDENTIALS: ReadonlySet<number | undefined> = new Set([401, 402, 403, 429]);

/**
 * Whether a refusal is of the client's own credential: it says nothing of the target, which must
 * not be left out for others by it.
 */
export function isClientsOwn(target: Upstream, status: number | undefined): boolean {
  return OF_CREDENTIALS.has(status) && !hasOwnIdentity(target);
}
