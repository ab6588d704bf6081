import type { Expression } from "../../cel/expression.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { CompileContext } from "../compile_context.ts";

/** What is redacted wherever expressions show it. */
const SECRETS = ["apiKey.key", "jwt.rawToken"];

/** Compiles what tells the parts of a limit, or of a budget, from each other. */
export function partitionExpression(
  source: string,
  at: ProblemPath,
  context: CompileContext,
): Expression | undefined {
  const expression = context.expression(source, at);
  const secret = SECRETS.find((path) => expression?.paths.has(path));
  if (secret !== undefined && !source.includes("unredacted(")) {
    const message = `is the same for all clients, since ${secret} is redacted: ` +
      `use ${secret}.unredacted(), which is kept as a hash, or another name of the client`;
    context.warnings.push({ path: at, message });
  }
  return expression;
}
