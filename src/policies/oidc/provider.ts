import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  type TokenEndpointResponse,
  validateAuthResponse,
} from "oauth4webapi";
import { GatewayError } from "../../errors.ts";
import { DeadlinePassed, withDeadline } from "../../lib/deadline.ts";
import type { Mapping } from "../../lib/mapping.ts";
import type { TokenVerifier } from "../auth/verify_token.ts";
import type { Callout } from "../callout.ts";
import { oidcFailure, providerAway } from "./failure.ts";
import type { ProviderMetadata, TokenEndpointAuth } from "./metadata.ts";
import type { MetadataSource } from "./metadata_source.ts";
import { tokenFetch, Unreachable } from "./token_fetch.ts";

/** As whom the gateway is known to a provider, and how it is asked. */
export interface ProviderSettings {
  readonly metadata: MetadataSource;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  /** With `openid`. */
  readonly scopes: readonly string[];
  /** In place of what the provider says. */
  readonly tokenEndpointAuth: TokenEndpointAuth | undefined;
  /** What verifies ID tokens; by the keys at an address where the provider names them. */
  readonly verifier: (jwksUri: string | undefined) => TokenVerifier;
  readonly calloutTo: (origin: string) => Callout;
}

/** A provider of OpenID Connect. */
export interface OidcProvider {
  /** Where a browser logs in. */
  loginUrl(login: Login, challenge: string, signal: AbortSignal): Promise<string>;
  /** The tokens of a browser that has come back from there. */
  redeem(callback: URLSearchParams, login: Login, signal: AbortSignal): Promise<Tokens>;
  /** Newer tokens; undefined where the provider gives none any more. */
  refresh(refreshToken: string, signal: AbortSignal): Promise<RefreshedTokens | undefined>;
}

/** What only the browser knows that began a login. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier. */
  readonly verifier: string;
}

/** What a provider says of who logged in; the claims are verified. */
export interface Tokens {
  readonly idToken: string;
  readonly claims: Mapping;
  readonly refreshToken: string | undefined;
}

/** The same, of which a provider may leave out the ID token. */
export interface RefreshedTokens {
  readonly identity: Pick<Tokens, "idToken" | "claims"> | undefined;
  readonly refreshToken: string | undefined;
  readonly expiresInS: number | undefined;
}

/** How long a provider may take for tokens. */
const TIMEOUT_MS = 10_000;
/** How far its clock and ours may be apart. */
const CLOCK_SKEW_S = 60;

/** Logs people in at a provider. */
export function oidcProvider(settings: ProviderSettings): OidcProvider {
  return {
    loginUrl: (login, challenge, signal) => loginUrl(settings, login, challenge, signal),
    redeem: (callback, login, signal) => redeem(settings, callback, login, signal),
    refresh: (refreshToken, signal) => refresh(settings, refreshToken, signal),
  };
}

async function loginUrl(
  settings: ProviderSettings,
  { state, nonce }: Login,
  challenge: string,
  signal: AbortSignal,
): Promise<string> {
  const { authorizationEndpoint } = await known(settings, signal);
  const url = new URL(authorizationEndpoint);
  const parameters = {
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: settings.scopes.join(" "),
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

async function redeem(
  settings: ProviderSettings,
  callback: URLSearchParams,
  login: Login,
  signal: AbortSignal,
): Promise<Tokens> {
  const metadata = await known(settings, signal);
  const { server, client, auth, options } = partsOf(settings, metadata);
  return await attempt(signal, async (signal) => {
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      auth,
      validateAuthResponse(server, client, callback, login.state),
      settings.redirectUri,
      login.verifier,
      { ...options, signal },
    );
    const tokens = await processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: login.nonce,
      requireIdToken: true,
    });
    const identity = await verified(settings, tokens, metadata, signal);
    if (identity === undefined) throw new Error("no ID token");
    return { ...identity, refreshToken: tokens.refresh_token };
  });
}

async function refresh(
  settings: ProviderSettings,
  refreshToken: string,
  signal: AbortSignal,
): Promise<RefreshedTokens | undefined> {
  const metadata = await known(settings, signal);
  const { server, client, auth, options } = partsOf(settings, metadata);
  try {
    return await attempt(signal, async (signal) => {
      const response = await refreshTokenGrantRequest(server, client, auth, refreshToken, {
        ...options,
        signal,
      });
      const tokens = await processRefreshTokenResponse(server, client, response);
      return {
        identity: await verified(settings, tokens, metadata, signal),
        refreshToken: tokens.refresh_token,
        expiresInS: tokens.expires_in,
      };
    });
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "unauthenticated") return undefined;
    throw error;
  }
}

async function known(
  { metadata }: ProviderSettings,
  signal: AbortSignal,
): Promise<ProviderMetadata> {
  const found = await metadata(signal);
  if (found === undefined) throw providerAway();
  return found;
}

async function verified(
  { verifier }: ProviderSettings,
  { id_token: idToken }: TokenEndpointResponse,
  { jwksUri }: ProviderMetadata,
  signal: AbortSignal,
): Promise<Pick<Tokens, "idToken" | "claims"> | undefined> {
  if (idToken === undefined) return undefined;
  const found = await verifier(jwksUri).verify(idToken, signal);
  if ("claims" in found) return { idToken, claims: found.claims };
  throw oidcFailure("unauthenticated", `the ID token is refused: ${found.why}`, INVALID);
}

const INVALID = "invalid_login";

/** Runs what the library does; its errors hold tokens, of which nothing may be kept. */
async function attempt<Value>(
  outer: AbortSignal,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  try {
    return await withDeadline(outer, TIMEOUT_MS, run);
  } catch (error) {
    outer.throwIfAborted();
    if (error instanceof GatewayError) {
      throw error.kind === "unavailable" ? providerAway() : error;
    }
    throw failureOf(error);
  }
}

function failureOf(error: unknown): GatewayError {
  if (error instanceof AuthorizationResponseError) {
    const why = `the provider refused the login${codeOf(error.error)}`;
    return oidcFailure("unauthenticated", why, "login_refused");
  }
  if (error instanceof ResponseBodyError && error.status < 500) {
    const why = `the provider gave no tokens${codeOf(error.error)}`;
    return oidcFailure("unauthenticated", why, INVALID);
  }
  const isAway = error instanceof Unreachable || error instanceof ResponseBodyError ||
    error instanceof DeadlinePassed;
  if (isAway) return providerAway();
  return oidcFailure("unauthenticated", "the provider's answer is not as it must be", INVALID);
}

/** A word of OAuth's; anything else could be what somebody wants others to read. */
function codeOf(text: string): string {
  return /^[a-z_]{1,40}$/.test(text) ? `: ${text}` : "";
}

interface Parts {
  readonly server: AuthorizationServer;
  readonly client: Client;
  readonly auth: ClientAuth;
  readonly options: {
    readonly [customFetch]: ReturnType<typeof tokenFetch>;
    readonly [allowInsecureRequests]: boolean;
  };
}

function partsOf(settings: ProviderSettings, metadata: ProviderMetadata): Parts {
  const { clientId, clientSecret, calloutTo } = settings;
  const { issuer, tokenEndpoint } = metadata;
  const method = settings.tokenEndpointAuth ?? metadata.tokenEndpointAuth[0];
  if (method === undefined) {
    const why = "the provider takes the client's secret in no way that the gateway knows";
    throw oidcFailure("internal", why, "unsupported_provider");
  }
  return {
    server: {
      issuer,
      token_endpoint: tokenEndpoint,
      id_token_signing_alg_values_supported: ALGORITHMS,
      authorization_response_iss_parameter_supported: metadata.namesItself,
    },
    client: { client_id: clientId, [clockTolerance]: CLOCK_SKEW_S },
    auth: method === "clientSecretPost"
      ? ClientSecretPost(clientSecret)
      : ClientSecretBasic(clientSecret),
    options: {
      [customFetch]: tokenFetch(calloutTo(new URL(tokenEndpoint).origin)),
      [allowInsecureRequests]: issuer.startsWith("http:"),
    },
  };
}

/** All that the verifier of signatures takes; the library wants to be told of them. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];
