/**
 * A value of a type that JSON has no form for, such as a duration.
 *
 * These are classes so that no data of a client can pass for one.
 */
export abstract class CelObject {
  /** As messages name it. */
  abstract readonly type: string;
  /** What stands for it in plain data. */
  abstract plain(): unknown;

  /** What `string()` makes of it; undefined where it has no text form. */
  text(): string | undefined {
    return undefined;
  }

  equals(other: CelObject): boolean {
    return this === other;
  }

  toJSON(): unknown {
    return this.plain();
  }
}

/** A map that looks its keys up in a way of its own. */
export abstract class MapObject extends CelObject {
  override readonly type = "map";
  /** Undefined where there is no such key. */
  abstract get(key: string): unknown;
  abstract keys(): string[];

  override plain(): Record<string, unknown> {
    return Object.fromEntries(this.keys().map((key) => [key, this.get(key)]));
  }
}
