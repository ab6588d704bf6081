/** Finds entries by host name, most specific level first: exact, longest wildcard, any. */
export interface HostTable<Entry> {
  levels(hostname: string): readonly (readonly Entry[])[];
}

interface Named<Entry> {
  /** Exact names and `*.suffix` patterns; empty or `*` for any host. */
  readonly hostnames: readonly string[];
  readonly entry: Entry;
}

/** Builds the table; entries of one level keep their order. */
export function hostTable<Entry>(named: readonly Named<Entry>[]): HostTable<Entry> {
  const exact = new Map<string, Entry[]>();
  const wildcards = new Map<string, Entry[]>();
  const any: Entry[] = [];
  for (const { hostnames, entry } of named) {
    if (hostnames.length === 0) any.push(entry);
    for (const name of new Set(hostnames.map((hostname) => hostname.toLowerCase()))) {
      if (name === "*") any.push(entry);
      else if (name.startsWith("*")) append(wildcards, name.slice(1), entry);
      else append(exact, name, entry);
    }
  }
  if (exact.size === 0 && wildcards.size === 0) {
    const only = [any];
    return { levels: () => only };
  }
  const suffixes = [...wildcards].sort(([left], [right]) => right.length - left.length);
  return {
    levels(hostname) {
      const levels: Entry[][] = [];
      const named = exact.get(hostname);
      if (named !== undefined) levels.push(named);
      for (const [suffix, entries] of suffixes) {
        if (hostname.length > suffix.length && hostname.endsWith(suffix)) levels.push(entries);
      }
      levels.push(any);
      return levels;
    },
  };
}

function append<Entry>(table: Map<string, Entry[]>, key: string, entry: Entry): void {
  const entries = table.get(key);
  if (entries === undefined) table.set(key, [entry]);
  else entries.push(entry);
}
