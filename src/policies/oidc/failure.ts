import { type ErrorDetails, type ErrorKind, GatewayError } from "../../errors.ts";

/** Why a login or a session is not accepted; it holds nothing that a provider or a client said. */
export function oidcFailure(
  kind: ErrorKind,
  why: string,
  code: string,
  details: ErrorDetails = {},
): GatewayError {
  return new GatewayError(kind, `oidc failure: ${why}`, { ...details, code, reason: "Oidc" });
}

/** The provider cannot be asked. */
export function providerAway(): GatewayError {
  return oidcFailure("unavailable", "the provider cannot be reached", "provider_unavailable", {
    headers: { "retry-after": "1" },
  });
}
