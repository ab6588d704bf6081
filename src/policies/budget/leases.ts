/** One connection's hold on what it has set aside. */
export interface Lease {
  /** Under this name amounts are set aside. */
  readonly gateway: string;
  /** Requests under way that have something set aside. */
  underWay: number;
}

/**
 * Owns the names under which this process sets amounts aside: a new one for every connection.
 *
 * What a lost connection may have set aside without anybody knowing is released, like all that a
 * dead gateway held, when nobody renews its name any more; that is as soon as the last request has
 * ended which is known to need it.
 */
export class Leases {
  readonly #process: string;
  readonly #old = new Set<Lease>();
  #count = 0;
  #current: Lease;

  constructor(process: string) {
    this.#process = process;
    this.#current = this.#make();
  }

  get current(): Lease {
    return this.#current;
  }

  /** Begins a new name. */
  renew(): void {
    this.#old.add(this.#current);
    this.#current = this.#make();
  }

  /** The names that are still needed. */
  alive(): readonly string[] {
    for (const lease of this.#old) if (lease.underWay === 0) this.#old.delete(lease);
    return [this.#current, ...this.#old].map(({ gateway }) => gateway);
  }

  #make(): Lease {
    return { gateway: `${this.#process}.${++this.#count}`, underWay: 0 };
  }
}
