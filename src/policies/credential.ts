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
}

const BEARER: CredentialLocation = { header: { name: "authorization", prefix: "Bearer " } };

/** A credential with a fixed secret; a bearer token unless a location says otherwise. */
export function credential(secret: string, location: CredentialLocation = BEARER): Credential {
  const { header, queryParameter, cookie } = location;
  if (queryParameter !== undefined) {
    const query = `${encodeURIComponent(queryParameter.name)}=${encodeURIComponent(secret)}`;
    return { apply: () => {}, query };
  }
  if (cookie !== undefined) {
    const pair = `${cookie.name}=${secret}`;
    return {
      apply(headers) {
        headers.cookie = headers.cookie === undefined ? pair : `${headers.cookie}; ${pair}`;
      },
      query: "",
    };
  }
  const name = (header?.name ?? "authorization").toLowerCase();
  const value = (header?.prefix ?? "") + secret;
  return {
    apply(headers) {
      headers[name] = value;
    },
    query: "",
  };
}
