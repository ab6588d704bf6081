import type { ProblemPath } from "../../config/normalised.ts";
import type { JwtAuthConfig, JwtIssuerConfig } from "../../config/schema/jwt_auth.ts";
import { defined } from "../../lib/defined.ts";
import { BEARER } from "../../policies/auth/credential_source.ts";
import { jwtAuth } from "../../policies/auth/jwt_auth.ts";
import { parseKeySet } from "../../policies/auth/key_set.ts";
import { fixedKeys, type KeySource } from "../../policies/auth/key_source.ts";
import { remoteKeys } from "../../policies/auth/remote_keys.ts";
import { type TokenIssuer, tokenVerifier } from "../../policies/auth/verify_token.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";
import { compileAuthMode } from "./auth_mode.ts";
import { compileReadLocation } from "./read_location.ts";

/** Compiles the policy. */
export function compileJwtAuth(
  settings: JwtAuthConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const issuers = issuersOf(settings, at).map(([issuer, path]) =>
    compileIssuer(issuer, path, context)
  );
  const source = compileReadLocation(settings.location, [BEARER], [...at, "location"], context);
  const mode = compileAuthMode(settings.mode, "a token", at, context);
  const complete = issuers.filter((issuer) => issuer !== undefined);
  if (source === undefined || complete.length < issuers.length) return undefined;
  const { epochMs } = context.environment;
  return jwtAuth({ verifier: tokenVerifier(complete, epochMs), mode, source });
}

function issuersOf(
  { providers, issuer, jwks, audiences, jwtValidationOptions }: JwtAuthConfig,
  at: ProblemPath,
): readonly (readonly [JwtIssuerConfig, ProblemPath])[] {
  if (providers !== undefined) {
    return providers.map((provider, index) => [provider, [...at, "providers", index]]);
  }
  if (issuer === undefined || jwks === undefined) return [];
  return [[{ issuer, jwks, ...defined({ audiences, jwtValidationOptions }) }, at]];
}

function compileIssuer(
  { issuer, jwks, audiences, jwtValidationOptions }: JwtIssuerConfig,
  at: ProblemPath,
  context: CompileContext,
): TokenIssuer | undefined {
  const keys = compileKeys(jwks, [...at, "jwks"], context);
  if (keys === undefined) return undefined;
  const requiredClaims = jwtValidationOptions?.requiredClaims ?? ["exp"];
  return { issuer, audiences: audiences ?? [], requiredClaims, keys };
}

/** Compiles where the keys of an issuer come from. */
export function compileKeys(
  jwks: JwtIssuerConfig["jwks"],
  at: ProblemPath,
  context: CompileContext,
): KeySource | undefined {
  if (typeof jwks === "string") return compileFixed(jwks, at, context);
  if (jwks.file !== undefined) {
    const path = [...at, "file"];
    const text = context.readFile(jwks.file, path);
    return text === undefined ? undefined : compileFixed(text, path, context);
  }
  return jwks.url === undefined ? undefined : compileRemote(jwks.url, context);
}

function compileFixed(
  text: string,
  at: ProblemPath,
  { problems }: CompileContext,
): KeySource | undefined {
  const parsed = parseKeySet(text);
  problems.push(...parsed.problems.map((message) => ({ path: at, message })));
  const isGood = parsed.keys !== undefined && parsed.problems.length === 0;
  return isGood ? fixedKeys(parsed.keys) : undefined;
}

/** Keys outlive a reload, for nothing of them depends on the rest of the configuration. */
function compileRemote(url: string, context: CompileContext): KeySource {
  const { now, warn } = context.environment;
  return context.keep(`jwks ${url}`, () =>
    remoteKeys({
      url,
      callout: context.calloutTo(new URL(url).origin),
      now,
      warn: (message) => warn("jwtAuth", message),
    }));
}
