import { MapObject } from "./cel_object.ts";

/** How each member of a variable is read from what it is made of. */
export type FieldTable<Source> = Readonly<Record<string, (source: Source) => unknown>>;

/**
 * A variable whose members are read when they are looked at.
 *
 * The table is made once, so that a request pays only for what its expressions look at.
 */
export class Fields<Source> extends MapObject {
  readonly #table: FieldTable<Source>;
  readonly #source: Source;

  constructor(table: FieldTable<Source>, source: Source) {
    super();
    this.#table = table;
    this.#source = source;
  }

  override get(key: string): unknown {
    return Object.hasOwn(this.#table, key) ? this.#table[key]?.(this.#source) : undefined;
  }

  override keys(): string[] {
    return Object.keys(this.#table).filter((key) => this.get(key) !== undefined);
  }
}
