import type { ProblemPath } from "../../config/normalised.ts";
import type { RequestRedirectConfig } from "../../config/schema/request_redirect.ts";
import type { Policy } from "../../policies/policy.ts";
import { requestRedirect } from "../../policies/request_redirect.ts";
import type { Subject } from "../../policies/subject.ts";
import type { CompileContext } from "../compile_context.ts";
import { authorityChange, pathChange } from "./authority_change.ts";

/** Compiles a redirect; the route tells by which prefix a request was found, `/` if by none. */
export function compileRequestRedirect(
  settings: RequestRedirectConfig,
  at: ProblemPath,
  context: CompileContext,
  matchedPrefixOf: (subject: Subject) => string,
): Policy | undefined {
  const { scheme, status } = settings;
  const authority = authorityChange(settings.authority);
  const path = pathChange(settings.path);
  const isElsewhere = scheme !== undefined || path !== undefined ||
    (authority !== undefined && authority.type !== "none");
  if (!isElsewhere) {
    const message = "leads back to where it comes from: set scheme, authority or path";
    context.problems.push({ path: at, message });
    return undefined;
  }
  if (settings.authority === "auto") {
    const message = "auto is the host that the client called: no backend is chosen for a redirect";
    context.warnings.push({ path: [...at, "authority"], message });
  }
  return requestRedirect({ scheme, authority, path, status }, matchedPrefixOf);
}
