import type { ProblemPath } from "../../config/normalised.ts";
import type { ReadLocationConfig } from "../../config/schema/read_location.ts";
import {
  type CredentialPlace,
  type CredentialSource,
  credentialSource,
} from "../../policies/auth/credential_source.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles where a client's credential stands; `usual` serves where nothing is said. */
export function compileReadLocation(
  location: ReadLocationConfig | undefined,
  usual: readonly CredentialPlace[],
  at: ProblemPath,
  context: CompileContext,
): CredentialSource | undefined {
  if (location === undefined) return credentialSource(usual);
  const place = compilePlace(location, at, context);
  return place === undefined ? undefined : credentialSource([place]);
}

function compilePlace(
  { header, queryParameter, cookie, expression }: ReadLocationConfig,
  at: ProblemPath,
  context: CompileContext,
): CredentialPlace | undefined {
  if (header !== undefined) {
    return { type: "header", name: header.name, prefix: header.prefix ?? "" };
  }
  if (queryParameter !== undefined) return { type: "query", name: queryParameter.name };
  if (cookie !== undefined) return { type: "cookie", name: cookie.name };
  const compiled = context.expression(expression ?? "", [...at, "expression"]);
  return compiled === undefined ? undefined : { type: "expression", expression: compiled };
}
