import type { AuthEnvironment, Authorizer } from "./authorizer.ts";
import { type EntraIdentity, entraToken } from "./entra_token.ts";
import { type Grant, renewed } from "./renewed.ts";

/** Which token of Microsoft Entra ID shows who calls. */
export interface AzureOptions {
  readonly identity: EntraIdentity;
  /** What the token is for: `https://cognitiveservices.azure.com/.default`. */
  readonly scope: string;
}

/** Fetches a token of an identity. */
export type EntraSource = (identity: EntraIdentity, scope: string) => Promise<Grant<string>>;

/** Brings a bearer token of Microsoft Entra ID along. */
export function azureAuthorizer(
  { identity, scope }: AzureOptions,
  environment: AuthEnvironment,
  source: EntraSource = entraToken,
): Authorizer {
  const token = renewed(() => source(identity, scope), environment);
  return {
    async authorize({ headers, signal }) {
      headers.authorization = `Bearer ${await token.get(signal)}`;
    },
  };
}
