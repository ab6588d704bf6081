import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { orAborted } from "../../lib/or_aborted.ts";
import { boundedCache } from "../auth/bounded_cache.ts";
import type { OidcProvider } from "./provider.ts";
import type { Session } from "./session.ts";

interface RenewalOptions {
  readonly provider: OidcProvider;
  epochMs(): number;
}

/** Gives a session that has ended a new end; undefined where the provider does not. */
export type Renew = (session: Session, signal: AbortSignal) => Promise<Session | undefined>;

/** A session lasts so long where the provider does not say. */
const LIFE_S = 300;
const RENEWALS_MAX = 1_024;
/** Requests that were sent with the old cookies get the same new session for so long. */
const SHARED_MS = 60_000;

/**
 * Renews sessions, each once: a browser sends several requests at a time, and a provider that sees
 * a refresh token again takes it for stolen.
 */
export function renewals({ provider, epochMs }: RenewalOptions): Renew {
  const running = boundedCache<{ readonly result: Promise<Session | undefined>; atMs: number }>(
    RENEWALS_MAX,
  );

  async function renew(session: Session, refreshToken: string): Promise<Session | undefined> {
    const tokens = await provider.refresh(refreshToken, NEVER);
    if (tokens === undefined) return undefined;
    const { identity, expiresInS = LIFE_S } = tokens;
    const kept = { refreshToken: tokens.refreshToken ?? refreshToken };
    if (identity === undefined) {
      const untilS = Math.floor(epochMs() / 1_000) + expiresInS;
      return { ...kept, idToken: session.idToken, untilS };
    }
    const { idToken, claims: { sub, exp } } = identity;
    // Nobody becomes somebody else on the way (OpenID Connect Core 1.0, section 12.2).
    if (sub !== decodeJwt(session.idToken).sub || typeof exp !== "number") return undefined;
    return { ...kept, idToken, untilS: exp };
  }

  return (session, signal) => {
    const { refreshToken } = session;
    if (refreshToken === undefined) return Promise.resolve(undefined);
    const key = createHash("sha256").update(refreshToken).digest("base64");
    const known = running.get(key);
    if (known !== undefined && epochMs() - known.atMs < SHARED_MS) {
      return orAborted(known.result, signal);
    }
    const result = renew(session, refreshToken);
    running.set(key, { result, atMs: epochMs() });
    // What failed for a reason that may pass is tried again by the next request.
    result.catch(() => running.delete(key));
    return orAborted(result, signal);
  };
}

/** Others may wait for the same renewal when a client leaves. */
const NEVER = new AbortController().signal;
