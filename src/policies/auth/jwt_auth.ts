import { Redacted } from "../../cel/values/redacted.ts";
import { GatewayError } from "../../errors.ts";
import type { Policy } from "../policy.ts";
import type { Subject } from "../subject.ts";
import type { CredentialSource } from "./credential_source.ts";
import { admit, type AuthFault, type AuthMode } from "./mode.ts";
import type { TokenVerifier, Verified } from "./verify_token.ts";

interface JwtAuthSettings {
  readonly verifier: TokenVerifier;
  readonly mode: AuthMode;
  readonly source: CredentialSource;
}

/** Finds out who the client is by its token. */
export function jwtAuth({ verifier, mode, source }: JwtAuthSettings): Policy {
  function conclude(subject: Subject, token: string, verified: Verified): undefined {
    if ("why" in verified) return admit(mode, { ...verified, isAbsent: false }, refusal);
    subject.identity.jwt = { ...verified.claims, rawToken: new Redacted(token) };
    source.remove(subject, token);
  }

  async function verify(subject: Subject, token: string): Promise<undefined> {
    try {
      conclude(subject, token, await verifier.verify(token, subject.signal));
    } catch (error) {
      const areKeysAway = error instanceof GatewayError && error.kind === "unavailable";
      if (mode !== "permissive" || !areKeysAway) throw error;
    }
  }

  return {
    name: "jwtAuth",
    apply(subject) {
      const token = source.read(subject);
      if (token === undefined) return admit(mode, ABSENT, refusal);
      const recalled = verifier.recall(token);
      return recalled === undefined ? verify(subject, token) : conclude(subject, token, recalled);
    },
  };
}

const ABSENT = { isAbsent: true, why: "no bearer token found", code: "missing_token" };

function refusal({ why, code, isAbsent }: AuthFault): GatewayError {
  // RFC 6750, section 3.1: a request without a token gets no error code.
  const challenge = isAbsent ? "Bearer" : 'Bearer error="invalid_token"';
  return new GatewayError("unauthenticated", `authentication failure: ${why}`, {
    code,
    reason: "JwtAuth",
    headers: { "www-authenticate": challenge },
  });
}
