/** What outlives a reload: counters, health, caches; each under the key that asks for it. */
export interface KeptState {
  /** Begins a new configuration; what it does not ask for is forgotten once it is in force. */
  begin(): KeptGeneration;
}

/** The state of one configuration. */
export interface KeptGeneration {
  keep: Keep;
  /** The configuration is in force. */
  commit(): void;
}

/** State under a key, made where there is none; the key has to say what kind of state it is. */
export type Keep = <State>(key: string, make: () => State) => State;

/** Owns the state. */
export function keptState(): KeptState {
  // What stands under a key was made by those who ask for the key, so its type is theirs.
  let current = new Map<string, ReturnType<typeof JSON.parse>>();
  return {
    begin() {
      const next: typeof current = new Map();
      return {
        keep(key, make) {
          if (!next.has(key)) next.set(key, current.has(key) ? current.get(key) : make());
          return next.get(key);
        },
        commit() {
          current = next;
        },
      };
    },
  };
}
