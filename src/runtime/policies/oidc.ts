import type { ProblemPath } from "../../config/normalised.ts";
import type { OidcConfig, SessionConfig } from "../../config/schema/oidc.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles the policy; without a key for sessions, one is made that lasts as long as the process. */
export function compileOidc(
  _settings: OidcConfig,
  _at: ProblemPath,
  _context: CompileContext,
  _sessionKey: Uint8Array | undefined,
): Policy | undefined {
  return undefined;
}

/** The key that `config.session` has for sessions. */
export function compileSessionKey(
  _settings: SessionConfig,
  _at: ProblemPath,
  _context: CompileContext,
): Uint8Array | undefined {
  return undefined;
}
