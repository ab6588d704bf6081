/** Remembers so many values, and forgets first what nobody has asked for the longest. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** An empty cache for at most `sizeMax` values. */
export function boundedCache<Value>(sizeMax: number): BoundedCache<Value> {
  const kept = new Map<string, Value>(); // in the order of their last use
  return {
    get(key) {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    set(key, value) {
      kept.delete(key);
      kept.set(key, value);
      if (kept.size <= sizeMax) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
    delete: (key) => void kept.delete(key),
  };
}
