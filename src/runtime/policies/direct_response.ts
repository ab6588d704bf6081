import type { ProblemPath } from "../../config/normalised.ts";
import type { DirectResponseConfig } from "../../config/schema/direct_response.ts";
import { directResponse, type DirectResponseSettings } from "../../policies/direct_response.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";
import { namedExpressions } from "./named_expressions.ts";

/** Compiles a direct response. */
export function compileDirectResponse(
  settings: DirectResponseConfig,
  at: ProblemPath,
  context: CompileContext,
): Policy {
  return directResponse({
    status: settings.status,
    body: bodyOf(settings, at, context),
    headers: namedExpressions(settings.headers, [...at, "headers"], context),
  });
}

function bodyOf(
  { body, bodyExpression }: DirectResponseConfig,
  at: ProblemPath,
  context: CompileContext,
): DirectResponseSettings["body"] {
  if (bodyExpression !== undefined) {
    return context.expression(bodyExpression, [...at, "bodyExpression"]);
  }
  return typeof body === "object" ? Uint8Array.from(body) : body;
}
