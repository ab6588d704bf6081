import { randomBytes } from "node:crypto";
import type { ProblemPath } from "../../config/normalised.ts";
import type { OidcConfig, SessionConfig } from "../../config/schema/oidc.ts";
import type { KeySource } from "../../policies/auth/key_source.ts";
import { remoteKeys } from "../../policies/auth/remote_keys.ts";
import { type TokenVerifier, tokenVerifier } from "../../policies/auth/verify_token.ts";
import { readMetadata } from "../../policies/oidc/metadata.ts";
import { type MetadataSource, remoteMetadata } from "../../policies/oidc/metadata_source.ts";
import { oidc } from "../../policies/oidc/oidc.ts";
import { oidcProvider } from "../../policies/oidc/provider.ts";
import type { Policy } from "../../policies/policy.ts";
import { shortHash } from "../../policies/shared/partition.ts";
import type { CompileContext } from "../compile_context.ts";
import { compileKeys } from "./jwt_auth.ts";

const KEY_BYTES = 32;

/** Compiles the policy; without a key for sessions, one is made for the life of the process. */
export function compileOidc(
  settings: OidcConfig,
  at: ProblemPath,
  context: CompileContext,
  sessionKey: Uint8Array | undefined,
): Policy | undefined {
  const { issuer, clientId, redirectURI, scopes, tokenEndpointAuth, jwks } = settings;
  const { environment: { epochMs }, calloutTo } = context;
  warnOf(settings, at, sessionKey, context);
  const clientSecret = context.secret(settings.clientSecret, [...at, "clientSecret"]);
  const keys = jwks === undefined ? undefined : compileKeys(jwks, [...at, "jwks"], context);
  const metadata = compileMetadata(settings, at, context);
  const isWhole = jwks === undefined || keys !== undefined;
  if (clientSecret === undefined || metadata === undefined || !isWhole) return undefined;
  return oidc({
    provider: oidcProvider({
      metadata,
      clientId,
      clientSecret,
      redirectUri: redirectURI,
      scopes: [...new Set(["openid", ...scopes])],
      tokenEndpointAuth,
      verifier: verifiers({ issuer, clientId }, keys, context),
      calloutTo,
    }),
    policyId: shortHash(JSON.stringify([issuer, clientId, redirectURI])).slice(0, ID_LENGTH),
    redirectUri: redirectURI,
    sessionKey: sessionKey ?? context.keep("oidc session key", () => randomBytes(KEY_BYTES)),
    epochMs,
    randomBytes,
  });
}

/** Long enough to tell the policies of one host apart in the names of their cookies. */
const ID_LENGTH = 8;

/** The key that `config.session` has for sessions. */
export function compileSessionKey(
  { key }: SessionConfig,
  at: ProblemPath,
  context: CompileContext,
): Uint8Array | undefined {
  const text = context.secret(key, [...at, "key"]);
  if (text === undefined) return undefined;
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.fromHex(text);
  const message = "must be 64 hexadecimal digits, as `openssl rand -hex 32` makes them";
  context.problems.push({ path: [...at, "key"], message });
  return undefined;
}

function warnOf(
  { issuer, redirectURI }: OidcConfig,
  at: ProblemPath,
  sessionKey: Uint8Array | undefined,
  { warnings }: CompileContext,
): void {
  if (isExposed(issuer)) {
    const message = "without TLS, whoever is in between can log in as anybody: use https";
    warnings.push({ path: [...at, "issuer"], message });
  }
  if (isExposed(redirectURI)) {
    const message = "without TLS, whoever is in between can take over sessions: use https";
    warnings.push({ path: [...at, "redirectURI"], message });
  }
  if (sessionKey === undefined) {
    const message = "config.session.key is not set: sessions end when the gateway restarts, and " +
      "no other gateway knows them";
    warnings.push({ path: at, message });
  }
}

function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost") ||
    hostname.startsWith("127.") || hostname === "[::1]";
  return protocol === "http:" && !isLocal;
}

function compileMetadata(
  settings: OidcConfig,
  at: ProblemPath,
  context: CompileContext,
): MetadataSource | undefined {
  const { issuer, discovery, authorizationEndpoint, tokenEndpoint, jwks } = settings;
  if (authorizationEndpoint !== undefined && tokenEndpoint !== undefined) {
    const explicit = {
      ...{ issuer, authorizationEndpoint, tokenEndpoint, jwksUri: undefined },
      tokenEndpointAuth: ["clientSecretBasic"] as const,
      namesItself: false,
    };
    return () => explicit;
  }
  const wish = { issuer, needsKeys: jwks === undefined };
  const path = [...at, "discovery"];
  if (typeof discovery === "string") return fixed(discovery, wish, path, context);
  if (discovery?.file !== undefined) {
    const text = context.readFile(discovery.file, [...path, "file"]);
    return text === undefined ? undefined : fixed(text, wish, [...path, "file"], context);
  }
  const url = discovery?.url ?? `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { environment: { now, warn }, calloutTo } = context;
  return context.keep(`oidc metadata ${JSON.stringify([url, wish])}`, () =>
    remoteMetadata({
      ...wish,
      url,
      callout: calloutTo(new URL(url).origin),
      now,
      warn: (message) => warn("oidc", message),
    }));
}

function fixed(
  text: string,
  wish: { readonly issuer: string; readonly needsKeys: boolean },
  at: ProblemPath,
  { problems }: CompileContext,
): MetadataSource | undefined {
  const read = readMetadata(text, wish);
  if ("metadata" in read) return () => read.metadata;
  problems.push({ path: at, message: read.problem });
  return undefined;
}

/** What verifies ID tokens: by the configured keys, or by those that the provider names. */
function verifiers(
  { issuer, clientId }: Pick<OidcConfig, "issuer" | "clientId">,
  configured: KeySource | undefined,
  { environment: { now, epochMs, warn }, calloutTo }: CompileContext,
): (jwksUri: string | undefined) => TokenVerifier {
  const made = new Map<string | undefined, TokenVerifier>();
  const keysAt = (url: string) =>
    remoteKeys({
      url,
      callout: calloutTo(new URL(url).origin),
      now,
      warn: (message) => warn("oidc", message),
    });
  const make = (keys: KeySource) =>
    tokenVerifier([{ issuer, audiences: [clientId], requiredClaims: CLAIMS, keys }], epochMs);
  if (configured !== undefined) {
    const verifier = make(configured);
    return () => verifier;
  }
  return (jwksUri = "") => {
    const known = made.get(jwksUri);
    if (known !== undefined) return known;
    // A provider that moves its keys leaves the old ones behind.
    made.clear();
    const verifier = make(keysAt(jwksUri));
    made.set(jwksUri, verifier);
    return verifier;
  };
}

/** What every ID token has (OpenID Connect Core 1.0, section 2). */
const CLAIMS = ["iss", "sub", "aud", "exp", "iat"];
