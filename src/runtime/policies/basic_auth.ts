import type { ProblemPath } from "../../config/normalised.ts";
import type { BasicAuthConfig } from "../../config/schema/basic_auth.ts";
import { basicAuth } from "../../policies/auth/basic_auth.ts";
import { passwordChecker } from "../../policies/auth/check_password.ts";
import type { CredentialPlace } from "../../policies/auth/credential_source.ts";
import { type ParsedHtpasswd, parseHtpasswd } from "../../policies/auth/htpasswd.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";
import { compileAuthMode } from "./auth_mode.ts";
import { compileReadLocation } from "./read_location.ts";

const BASIC: CredentialPlace = { type: "header", name: "authorization", prefix: "Basic " };
const REALM = "Restricted";
/** Above this, the first check of a password holds up all other requests for long. */
const QUICK_COST_MAX = 12;

/** Compiles the policy. */
export function compileBasicAuth(
  { htpasswd, realm = REALM, mode, authorizationLocation: location }: BasicAuthConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy | undefined {
  const users = compileUsers(htpasswd, [...at, "htpasswd"], context);
  const locationAt = [...at, "authorizationLocation"];
  const source = compileReadLocation(location, [BASIC], locationAt, context);
  const compiledMode = compileAuthMode(mode, "a password", at, context);
  if (users === undefined || source === undefined) return undefined;
  return basicAuth({
    isRight: passwordChecker(users),
    realm,
    mode: compiledMode,
    source,
    asProxy: location?.header?.name.toLowerCase() === "proxy-authorization",
  });
}

function compileUsers(
  htpasswd: BasicAuthConfig["htpasswd"],
  at: ProblemPath,
  context: CompileContext,
): ParsedHtpasswd["users"] | undefined {
  const text = context.secret(htpasswd, at);
  if (text === undefined) return undefined;
  const { users, problems } = parseHtpasswd(text);
  context.problems.push(...problems.map((message) => ({ path: at, message })));
  if (problems.length > 0) return undefined;
  const costs = [...users.values()].map((hash) => hash.type === "bcrypt" ? hash.cost : 0);
  const dearest = Math.max(0, ...costs);
  if (dearest > QUICK_COST_MAX) {
    context.warnings.push({
      path: at,
      message: `a bcrypt cost of ${dearest} holds up all requests while a new password is ` +
        `checked; at most ${QUICK_COST_MAX} is advised`,
    });
  }
  return users;
}
