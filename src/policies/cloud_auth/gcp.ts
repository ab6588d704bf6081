import type { AuthEnvironment, Authorizer } from "./authorizer.ts";
import { googleHeaders, type GoogleRequest, type TokenHeaders } from "./google_headers.ts";
import { type Grant, type Renewed, renewed } from "./renewed.ts";

/** Which token of Google Cloud shows who calls. */
export interface GcpOptions {
  /** An access token for Google's own APIs, or an id token for services behind its proxies. */
  readonly token: "access" | "id";
  /** Whom an id token is for; the origin that is called where it is undefined. */
  readonly audience?: string | undefined;
  /** The JSON text of a key file; where it is undefined, the default credentials. */
  readonly credential?: string | undefined;
}

/** Fetches a token. */
export type GoogleSource = (request: GoogleRequest) => Promise<Grant<TokenHeaders>>;

/** Brings a token of Google Cloud along; one for each audience is kept. */
export function gcpAuthorizer(
  { token, audience, credential }: GcpOptions,
  environment: AuthEnvironment,
  source: GoogleSource = googleHeaders,
): Authorizer {
  const tokens = new Map<string | undefined, Renewed<TokenHeaders>>();
  function tokenFor(url: string): Renewed<TokenHeaders> {
    const wanted = token === "access" ? undefined : audience ?? new URL(url).origin;
    const known = tokens.get(wanted);
    if (known !== undefined) return known;
    const fresh = renewed(() => source({ credential, audience: wanted }), environment);
    tokens.set(wanted, fresh);
    return fresh;
  }
  return {
    async authorize({ url, headers, signal }) {
      Object.assign(headers, await tokenFor(url).get(signal));
    },
  };
}
