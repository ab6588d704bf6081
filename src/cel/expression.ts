/** A CEL expression, compiled when the configuration is loaded. */
export interface Expression {
  readonly source: string;
  /** The variables that it looks at, by their first name: `request`, `llm`. */
  readonly roots: ReadonlySet<string>;
  /** The same, as far as it can be told, by dotted path: `request.body`. */
  readonly paths: ReadonlySet<string>;
  /** Its value as plain JSON-like data; throws `CelError` where it has none. */
  evaluate(variables: Variables): unknown;
  /** Whether it is true; where it has no value it is not. */
  test(variables: Variables): boolean;
}

/** What expressions see, by first name; members may be getters, which run when looked at. */
export type Variables = Readonly<Record<string, unknown>>;

/** Why an expression has no value; its message quotes no value of a variable. */
export class CelError extends Error {
  override readonly name = "CelError";
}

/** Why a text is no expression. */
export class CelSyntaxError extends Error {
  override readonly name = "CelSyntaxError";
  /** Where in the text, in UTF-16 units from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
