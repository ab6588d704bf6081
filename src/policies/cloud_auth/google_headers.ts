import { Buffer } from "node:buffer";
import type {
  AuthClient,
  IdentityPoolClientOptions,
  IdTokenProvider,
  JWTInput,
  JWTOptions,
} from "google-auth-library";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { credentialStep } from "./credential_step.ts";
import type { Grant } from "./renewed.ts";

/** What is asked of Google. */
export interface GoogleRequest {
  readonly credential: string | undefined;
  /** Of an id token; undefined for an access token. */
  readonly audience: string | undefined;
}

/** The headers that carry a token, and for a user's token who pays. */
export type TokenHeaders = Readonly<Record<string, string>>;

/** How clients reach Google; tests bring their own. */
export type GoogleTransport = Pick<JWTOptions, "transporterOptions">;

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Fetches a token for a key file, or for the default credentials: the file that
 * `GOOGLE_APPLICATION_CREDENTIALS` names, that of the command line tool, or the metadata server
 * (https://cloud.google.com/docs/authentication/application-default-credentials).
 *
 * Each token has a new client: they would keep tokens by a clock of their own.
 */
export async function googleHeaders(
  { credential, audience }: GoogleRequest,
  transport: GoogleTransport = {},
): Promise<Grant<TokenHeaders>> {
  const client = credential === undefined
    ? await credentialStep("finding Google's default credentials", defaultClient)
    : await credentialStep(
      "reading the Google credential",
      () => clientOf(credential, transport),
      [credential],
    );
  return audience === undefined
    ? await credentialStep("getting a Google access token", () => accessToken(client))
    : await credentialStep("getting a Google id token", () => idToken(client, audience));
}

async function defaultClient(): Promise<AuthClient> {
  const { GoogleAuth } = await import("google-auth-library");
  // Without a project id it would run `gcloud` and ask the metadata server for one.
  return await new GoogleAuth({ scopes: SCOPE, projectId: "none" }).getClient();
}

/** The library's own reading of any JSON is deprecated, and says so on the console. */
async function clientOf(credential: string, transport: GoogleTransport): Promise<AuthClient> {
  const { IdentityPoolClient, JWT, UserRefreshClient } = await import("google-auth-library");
  const json = readJson(credential);
  if (isOfType<JWTInput>(json, "service_account")) {
    const client = new JWT({ ...transport, scopes: SCOPE });
    client.fromJSON(json);
    return client;
  }
  if (isOfType<JWTInput>(json, "authorized_user")) {
    const client = new UserRefreshClient(transport);
    client.fromJSON(json);
    return client;
  }
  if (isOfType<IdentityPoolClientOptions>(json, "external_account")) {
    return new IdentityPoolClient({ ...json, ...transport, scopes: [SCOPE] });
  }
  throw new Error("its type is none of service_account, authorized_user, external_account");
}

/** What else such a file must have, the library checks. */
function isOfType<Content>(json: Mapping, type: string): json is Mapping & Content {
  return json.type === type;
}

/** An error of the parser would quote the secret. */
function readJson(credential: string): Mapping {
  const json = parse(credential);
  if (!isMapping(json)) throw new Error("it is no JSON object");
  return json;
}

async function accessToken(client: AuthClient): Promise<Grant<TokenHeaders>> {
  const headers = await client.getRequestHeaders();
  return {
    value: Object.fromEntries(headers),
    expiresAtMs: client.credentials.expiry_date ?? END_UNKNOWN,
  };
}

async function idToken(client: AuthClient, audience: string): Promise<Grant<TokenHeaders>> {
  if (!makesIdTokens(client)) throw new Error("this kind of credential has no id tokens");
  const token = await client.fetchIdToken(audience);
  return { value: { authorization: `Bearer ${token}` }, expiresAtMs: endOf(token) };
}

function makesIdTokens(client: AuthClient): client is AuthClient & IdTokenProvider {
  return "fetchIdToken" in client;
}

/** A token whose end is not told is used once. */
const END_UNKNOWN = 0;

/** The end that a JWT tells (https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4). */
function endOf(token: string): number {
  const [, payload = ""] = token.split(".");
  const claims = parse(Buffer.from(payload, "base64url").toString());
  return isMapping(claims) && typeof claims.exp === "number" ? claims.exp * 1000 : END_UNKNOWN;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
