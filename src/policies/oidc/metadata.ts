import { isMapping } from "../../lib/mapping.ts";
import { quote } from "../../lib/quote.ts";

/** What is known of a provider. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  /** Undefined where its keys are configured. */
  readonly jwksUri: string | undefined;
  /** How the gateway may show its secret; empty where no way that we know will do. */
  readonly tokenEndpointAuth: readonly TokenEndpointAuth[];
  /** Whether it says who it is when it sends a browser back. */
  readonly namesItself: boolean;
}

/** A way to show a client's secret. */
export type TokenEndpointAuth = "clientSecretBasic" | "clientSecretPost";

/** Whose document it has to be, and whether it has to say where the keys are. */
export interface MetadataWish {
  readonly issuer: string;
  readonly needsKeys: boolean;
}

/** A provider's description of itself (OpenID Connect Discovery 1.0), or what is wrong with it. */
export function readMetadata(
  text: string,
  { issuer, needsKeys }: MetadataWish,
): { readonly metadata: ProviderMetadata } | { readonly problem: string } {
  const value = parsed(text);
  if (!isMapping(value)) return { problem: "must be the JSON of a discovery document" };
  if (value["issuer"] !== issuer) {
    return { problem: `must be of the issuer ${quote(issuer)}: its member issuer is another one` };
  }
  const needed = ["authorization_endpoint", "token_endpoint", ...needsKeys ? ["jwks_uri"] : []];
  for (const name of needed) {
    if (!isEndpoint(value[name], issuer)) {
      const scheme = issuer.startsWith("https:") ? "an https" : "a";
      return { problem: `must have ${scheme} URL as its member ${name}` };
    }
  }
  return {
    metadata: {
      issuer,
      authorizationEndpoint: String(value["authorization_endpoint"]),
      tokenEndpoint: String(value["token_endpoint"]),
      jwksUri: needsKeys ? String(value["jwks_uri"]) : undefined,
      tokenEndpointAuth: authOf(value["token_endpoint_auth_methods_supported"]),
      namesItself: value["authorization_response_iss_parameter_supported"] === true,
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an issuer says over TLS is not to be undone by an endpoint without. */
function isEndpoint(value: unknown, issuer: string): boolean {
  if (typeof value !== "string" || !URL.canParse(value) || value.includes("#")) return false;
  const { protocol } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && issuer.startsWith("http:"));
}

const METHODS: ReadonlyMap<unknown, TokenEndpointAuth> = new Map([
  ["client_secret_basic", "clientSecretBasic"],
  ["client_secret_post", "clientSecretPost"],
]);

/** Without a word on it, a provider takes the first. */
function authOf(value: unknown): readonly TokenEndpointAuth[] {
  if (!Array.isArray(value)) return ["clientSecretBasic"];
  return [...METHODS].flatMap(([name, method]) => value.includes(name) ? [method] : []);
}
