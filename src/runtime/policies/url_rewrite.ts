import type { ProblemPath } from "../../config/normalised.ts";
import type { UrlRewriteConfig } from "../../config/schema/url_rewrite.ts";
import type { Policy } from "../../policies/policy.ts";
import type { Subject } from "../../policies/subject.ts";
import { urlRewrite } from "../../policies/url_rewrite.ts";
import type { CompileContext } from "../compile_context.ts";
import { authorityChange, pathChange } from "./authority_change.ts";

/** Compiles a rewrite; the route tells by which prefix a request was found, `/` if by none. */
export function compileUrlRewrite(
  settings: UrlRewriteConfig,
  _at: ProblemPath,
  _context: CompileContext,
  matchedPrefixOf: (subject: Subject) => string,
): Policy | undefined {
  const authority = authorityChange(settings.authority);
  const path = pathChange(settings.path);
  if (authority === undefined && path === undefined) return undefined;
  return urlRewrite({ authority, path }, matchedPrefixOf);
}
