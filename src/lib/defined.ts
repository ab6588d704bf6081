/** Members that may be missing, but are never undefined. */
type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** An object's members without those that are undefined. */
export function defined<T extends object>(object: T): Defined<T>;
export function defined(object: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key in object) if (object[key] !== undefined) kept[key] = object[key];
  return kept;
}
