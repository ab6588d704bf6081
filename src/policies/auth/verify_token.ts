import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import { GatewayError } from "../../errors.ts";
import { quote } from "../../lib/quote.ts";
import { boundedCache } from "./bounded_cache.ts";
import type { KeySet } from "./key_set.ts";
import type { KeySource } from "./key_source.ts";

/** Whose tokens are trusted, and what they have to say. */
export interface TokenIssuer {
  /** The claim `iss`. */
  readonly issuer: string;
  /** One of them has to be in the claim `aud`; none means any. */
  readonly audiences: readonly string[];
  readonly requiredClaims: readonly string[];
  readonly keys: KeySource;
}

/** What a token turned out to be. */
export type Verified =
  | { readonly claims: Readonly<Record<string, unknown>> }
  | { readonly why: string; readonly code: string };

/** Verifies tokens, and remembers those that are good until they expire. */
export interface TokenVerifier {
  /** What is remembered of a token, without waiting. */
  recall(token: string): Verified | undefined;
  /** Throws the 503 where the keys of the issuer cannot be fetched. */
  verify(token: string, signal: AbortSignal): Promise<Verified>;
}

/** How far the issuer's clock and ours may be apart. */
const CLOCK_SKEW_S = 60;
const REMEMBERED_MAX = 4096;
/** Secrets that are shared, and no signature at all, are out: public keys are all that is given. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** Verifies tokens of some issuers. */
export function tokenVerifier(
  issuers: readonly TokenIssuer[],
  epochMs: () => number,
): TokenVerifier {
  const byName = Map.groupBy(issuers, ({ issuer }) => issuer);
  const remembered = boundedCache<Remembered>(REMEMBERED_MAX);
  return {
    recall(token) {
      const key = hashOf(token);
      const known = remembered.get(key);
      if (known === undefined) return undefined;
      const { issuer, keys, untilMs, claims } = known;
      // Keys that are withdrawn take their tokens with them.
      if (epochMs() < untilMs && issuer.keys.current() === keys) return { claims };
      remembered.delete(key);
      return undefined;
    },
    async verify(token, signal) {
      const read = readToken(token);
      if ("why" in read) return read;
      const trusted = byName.get(read.issuer) ?? [];
      let verified: Verified = invalid("its issuer is not trusted");
      for (const issuer of trusted) {
        const keys = await issuer.keys.withKey(read.kid, signal);
        if (keys === undefined) throw noKeys();
        verified = await verifyWith(keys, issuer, token, read.kid, epochMs());
        if ("why" in verified) continue;
        const { claims } = verified;
        remembered.set(hashOf(token), { claims, issuer, keys, untilMs: endOf(claims) });
        return verified;
      }
      return verified;
    },
  };
}

interface Remembered {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuer: TokenIssuer;
  readonly keys: KeySet;
  readonly untilMs: number;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}

function endOf({ exp }: Readonly<Record<string, unknown>>): number {
  return typeof exp === "number" ? (exp + CLOCK_SKEW_S) * 1000 : Infinity;
}

type Read = { readonly kid: string; readonly issuer: string };

/** What a token says of itself, which nothing has shown to be true yet. */
function readToken(token: string): Read | Exclude<Verified, { readonly claims: unknown }> {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    if (alg === undefined || !ALGORITHMS.includes(alg)) {
      return invalid("its algorithm is not one of those with public keys");
    }
    if (typeof kid !== "string") {
      return { why: "the token header does not specify a kid", code: "invalid_token" };
    }
    return { kid, issuer: decodeJwt(token).iss ?? "" };
  } catch {
    return invalid("it is no JSON Web Token");
  }
}

async function verifyWith(
  keys: KeySet,
  { issuer, audiences, requiredClaims }: TokenIssuer,
  token: string,
  kid: string,
  nowMs: number,
): Promise<Verified> {
  if (!keys.kids.has(kid)) {
    return { why: `token uses the unknown key ${quote(kid)}`, code: "invalid_token" };
  }
  try {
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms: ALGORITHMS,
      issuer,
      ...(audiences.length > 0 ? { audience: [...audiences] } : {}),
      requiredClaims: [...requiredClaims],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
    });
    return { claims: payload };
  } catch (error) {
    return refused(error);
  }
}

/** Says what is wrong without a word of the token. */
function refused(error: unknown): Verified {
  if (error instanceof errors.JWTExpired) {
    return { ...invalid("it has expired"), code: "expired_token" };
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === "missing") return invalid(`its claim ${quote(claim)} is missing`);
    if (claim === "nbf") return invalid("it is not valid yet");
    return invalid(`its claim ${quote(claim)} is not as it must be`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return invalid("its signature does not fit");
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return invalid("its algorithm does not fit its key");
  }
  return invalid("it cannot be verified");
}

function invalid(what: string) {
  return { why: `the token is invalid or malformed: ${what}`, code: "invalid_token" };
}

function noKeys(): GatewayError {
  const message = "the token cannot be verified: the keys of its issuer cannot be fetched";
  return new GatewayError("unavailable", message, { code: "keys_unavailable", reason: "JwtAuth" });
}
