import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import { CelSyntaxError } from "../expression.ts";

/** Reads CEL; throws `CelSyntaxError` where the text is none. */
export function parse(source: string): ASTNode {
  try {
    return environment.parse(source).ast;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    const offset = Math.min(cause.range?.start ?? 0, source.length);
    const isLimit = cause.code === "limit_exceeded";
    const message = isLimit ? "the expression is too long or too deep" : readable(cause.summary);
    throw new CelSyntaxError(message, offset);
  }
}

/** Only the parser is used: the library's evaluation has no limit of work. */
const environment = new Environment({ limits: { maxAstNodes: 5_000, maxDepth: 100 } });

/** The parser's message, with its words for tokens replaced by what one would type. */
function readable(summary: string): string {
  const text = summary.replaceAll(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? token);
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const TOKENS: Readonly<Record<string, string>> = {
  EOF: "the end",
  NUMBER: "a number",
  STRING: "a string",
  BYTES: "bytes",
  BOOLEAN: "true or false",
  NULL: "null",
  IDENTIFIER: "a name",
  PLUS: "`+`",
  MINUS: "`-`",
  MULTIPLY: "`*`",
  DIVIDE: "`/`",
  MODULO: "`%`",
  EQ: "`==`",
  NE: "`!=`",
  LT: "`<`",
  LE: "`<=`",
  GT: "`>`",
  GE: "`>=`",
  AND: "`&&`",
  OR: "`||`",
  NOT: "`!`",
  IN: "`in`",
  LPAREN: "`(`",
  RPAREN: "`)`",
  LBRACKET: "`[`",
  RBRACKET: "`]`",
  LBRACE: "`{`",
  RBRACE: "`}`",
  DOT: "`.`",
  COMMA: "`,`",
  COLON: "`:`",
  QUESTION: "`?`",
};
