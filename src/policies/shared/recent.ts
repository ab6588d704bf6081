/**
 * A map that keeps to a bound by forgetting what has not been asked for in a long time: owns two
 * generations, of which the older is dropped whole when the younger has filled half of the bound.
 */
export class Recent<Value> {
  readonly #halfMax: number;
  readonly #forgot: () => void;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** `forgot` is called whenever values are dropped. */
  constructor(sizeMax: number, forgot: () => void = () => {}) {
    this.#halfMax = Math.max(1, Math.floor(sizeMax / 2));
    this.#forgot = forgot;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    if (this.#young.size >= this.#halfMax && !this.#young.has(key)) this.#age();
    this.#young.set(key, value);
  }

  #age(): void {
    const dropped = this.#old;
    this.#old = this.#young;
    this.#young = new Map();
    for (const key of dropped.keys()) {
      if (this.#old.has(key)) continue;
      this.#forgot();
      return;
    }
  }
}
