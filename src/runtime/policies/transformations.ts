import type { ProblemPath } from "../../config/normalised.ts";
import type {
  TransformationsConfig,
  TransformConfig,
} from "../../config/schema/transformations.ts";
import type { Policy } from "../../policies/policy.ts";
import { transformations } from "../../policies/transformations/transformations.ts";
import type { Transform } from "../../policies/transformations/transform.ts";
import type { CompileContext } from "../compile_context.ts";
import { namedExpressions } from "./named_expressions.ts";

/** Compiles a transformation; `bodyBytesMax` is the configuration's limit of gathered bodies. */
export function compileTransformations(
  { request, response }: TransformationsConfig,
  at: ProblemPath,
  context: CompileContext,
  bodyBytesMax: number,
): Policy | undefined {
  const sides = {
    request: side(request, [...at, "request"], context),
    response: side(response, [...at, "response"], context),
  };
  if (sides.request === undefined && sides.response === undefined) return undefined;
  return transformations({ ...sides, bodyBytesMax });
}

function side(
  written: TransformConfig | undefined,
  at: ProblemPath,
  context: CompileContext,
): Transform | undefined {
  if (written === undefined || Object.keys(written).length === 0) return undefined;
  const { metadata, replace, add, set, remove = [], body } = written;
  const headers = (sources: TransformConfig["add"], key: string) =>
    namedExpressions(sources, [...at, key], context)
      .map(({ name, expression }) => ({ name: name.toLowerCase(), expression }));
  return {
    metadata: namedExpressions(metadata, [...at, "metadata"], context),
    replace: replace === undefined ? undefined : context.expression(replace, [...at, "replace"]),
    add: headers(add, "add"),
    set: headers(set, "set"),
    remove,
    body: body === undefined ? undefined : context.expression(body, [...at, "body"]),
  };
}
