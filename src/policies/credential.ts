import type { HeaderRecord } from "../lib/header_record.ts";

/** Where a credential stands in a request. */
export interface CredentialLocation {
  readonly header?: { readonly name: string; readonly prefix?: string | undefined } | undefined;
  readonly queryParameter?: { readonly name: string } | undefined;
  readonly cookie?: { readonly name: string } | undefined;
}

/** Puts a credential into an upstream request: into its headers, or as a query to append. */
export interface Credential {
  apply(headers: HeaderRecord): void;
  /** `name=value`, encoded, or empty. */
  readonly query: string;
  /** Whether it stands in for the client's own, which then must not go on beside it. */
  readonly replacesClients: boolean;
}

const BEARER: CredentialLocation = { header: { name: "authorization", prefix: "Bearer " } };

/** A credential with a fixed secret; a bearer token unless a location says otherwise. */
export function credential(secret: string, location?: CredentialLocation): Credential {
  const { header, queryParameter, cookie } = location ?? BEARER;
  const replacesClients = location === undefined;
  if (queryParameter !== undefined) {
    const query = `${encodeURIComponent(queryParameter.name)}=${encodeURIComponent(secret)}`;
    return { apply: () => {}, query, replacesClients };
  }
  if (cookie !== undefined) {
    const pair = `${cookie.name}=${secret}`;
    return {
      apply(headers) {
        headers.cookie = headers.cookie === undefined ? pair : `${headers.cookie}; ${pair}`;
      },
      query: "",
      replacesClients,
    };
  }
  const name = (header?.name ?? "authorization").toLowerCase();
  const value = (header?.prefix ?? "") + secret;
  return {
    apply(headers) {
      headers[name] = value;
    },
    query: "",
    replacesClients,
  };
}

/** Several credentials as one; none of none. */
export function allOf(credentials: readonly Credential[]): Credential | undefined {
  const [first, second] = credentials;
  if (second === undefined) return first;
  return {
    apply(headers) {
      for (const one of credentials) one.apply(headers);
    },
    query: credentials.map(({ query }) => query).filter((query) => query !== "").join("&"),
    replacesClients: credentials.some((one) => one.replacesClients),
  };
}
