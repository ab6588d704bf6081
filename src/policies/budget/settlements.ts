import { RedisAway } from "../shared/redis_link.ts";
import type { Window } from "./calendar.ts";
import type { Want } from "./engine.ts";

/** What a request wants of an account in one of its periods. */
export interface Held {
  readonly want: Want;
  readonly window: Window;
  /** Where the server keeps the period. */
  readonly key: string;
}

/** What a request spent, to be told to the server; nothing where it failed. */
export interface Settlement {
  /** Of what was set aside, and for whom; empty where the server did not set anything aside. */
  readonly id: string;
  readonly gateway: string;
  readonly held: readonly Held[];
  readonly amounts: readonly number[];
  /** Whether the server may have been told before. */
  readonly isAgain: boolean;
  /** Learns what the accounts have spent in all. */
  readonly told?: (spent: readonly number[]) => void;
}

/** Most settlements that wait for the server to come back. */
const WAITING_MAX = 100_000;

/** How many that waited are sent at once. */
const BATCH = 100;

interface SettlementsOptions {
  /** Tells the server; throws `RedisAway`. */
  readonly send: (settlement: Settlement) => Promise<void>;
  readonly warn: (message: string) => void;
}

/** Owns the settlements that the server has not taken yet. */
export class Settlements {
  readonly #options: SettlementsOptions;
  readonly #sending = new Set<Promise<void>>();
  #waiting: Settlement[] = [];
  #lost = 0;
  #flushing: Promise<void> | undefined;

  constructor(options: SettlementsOptions) {
    this.#options = options;
  }

  /** Sends a settlement, now or as soon as the server is back. */
  add(settlement: Settlement): void {
    const sending = this.#try(settlement).then((left) => {
      this.#sending.delete(sending);
      if (left === undefined) return;
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(left);
      else this.#lost += 1;
    });
    this.#sending.add(sending);
  }

  /** Sends what waits, until that fails. */
  flush(): Promise<void> {
    return this.#flushing ??= this.#flush().finally(() => this.#flushing = undefined);
  }

  /** Sends what is left, and tells of what that was not possible for. */
  async close(): Promise<void> {
    await Promise.all(this.#sending);
    await this.flush();
    const count = this.#waiting.length + this.#lost;
    if (count > 0) this.#options.warn(`Redis is not told what ${count} requests have spent`);
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      const tried = await Promise.all(batch.map((settlement) => this.#try(settlement)));
      const left = tried.filter((settlement) => settlement !== undefined);
      this.#waiting.unshift(...left);
      if (left.length > 0) return;
    }
    if (this.#lost === 0) return;
    this.#options.warn(`Redis is not told what ${this.#lost} requests have spent: too many waited`);
    this.#lost = 0;
  }

  /** What is left to be sent: nothing, or the settlement as it has to be sent the next time. */
  async #try(settlement: Settlement): Promise<Settlement | undefined> {
    try {
      await this.#options.send(settlement);
      return undefined;
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause;
      return cause.wasSent ? { ...settlement, isAgain: true } : settlement;
    }
  }
}
