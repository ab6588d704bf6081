import { CelObject } from "./cel_object.ts";

/** What a secret looks like wherever it is shown. */
export const REDACTED = "<redacted>";

/** A secret in an expression: text of its own only by `unredacted()`. */
export class Redacted extends CelObject {
  override readonly type = "redacted text";
  readonly #secret: string;

  constructor(secret: string) {
    super();
    this.#secret = secret;
  }

  unredacted(): string {
    return this.#secret;
  }

  override plain(): string {
    return REDACTED;
  }

  override text(): string {
    return REDACTED;
  }

  override toString(): string {
    return REDACTED;
  }
}
