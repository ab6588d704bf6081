import { limitsUnavailable } from "../shared/limits_unavailable.ts";
import { RedisAway, type RedisLink } from "../shared/redis_link.ts";
import type { Standing } from "./account.ts";
import type { BudgetEngine, Reservation, Reserved, Want } from "./engine.ts";
import { type Lease, Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import { RESERVE, SETTLE } from "./redis_scripts.ts";
import { type Held, type Settlement, Settlements } from "./settlements.ts";

/** How long what a gateway has set aside counts after it was last heard of. */
const LEASE_MS = 30_000;

/** How often a gateway is heard of, at the least. */
const HEARTBEAT_MS = 10_000;

/** A period may end on the way to the server, and its clock may not be known yet. */
const TRIES_MAX = 3;

interface RedisBudgetsOptions {
  readonly link: RedisLink;
  readonly keyPrefix: string;
  /** Tells this process from all others. */
  readonly gateway: string;
  /** Keeps accounts while the server is away; undefined where requests are refused then. */
  readonly fallback: Ledger | undefined;
  readonly warn: (message: string) => void;
}

/** The budgets of all gateways that use one Redis; owns what is still to be told to it. */
export class RedisBudgets implements BudgetEngine {
  readonly #options: RedisBudgetsOptions;
  readonly #settlements: Settlements;
  readonly #leases: Leases;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(options: RedisBudgetsOptions) {
    this.#options = options;
    this.#leases = new Leases(options.gateway);
    this.#settlements = new Settlements({
      send: (settlement) => this.#send(settlement),
      warn: options.warn,
    });
    options.link.onUp(() => {
      this.#leases.renew();
      void this.#beat();
    });
  }

  async reserve(wants: readonly Want[]): Promise<Reserved> {
    this.#heartbeat ??= setInterval(() => void this.#beat(), HEARTBEAT_MS);
    try {
      for (let tries = 0; tries < TRIES_MAX; tries++) {
        const reserved = await this.#try(wants);
        if (reserved !== undefined) return reserved;
      }
      throw new RedisAway("it cannot be told what time it is there", false);
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause;
      const { fallback } = this.#options;
      if (fallback === undefined) throw limitsUnavailable(cause);
      return this.#alone(fallback, wants);
    }
  }

  /** Tells the server what it has not been told yet, if it is there. */
  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#settlements.close();
  }

  /** Undefined where the periods were not those of the server's clock, which is known then. */
  async #try(wants: readonly Want[]): Promise<Reserved | undefined> {
    const { link, keyPrefix } = this.#options;
    const held = this.#held(wants);
    const lease = this.#leases.current;
    const { gateway } = lease;
    const id = String(++this.#count);
    const values = [gateway, id, `${keyPrefix}gateway:`, LEASE_MS];
    for (const { want: { account, amount }, window } of held) {
      values.push(account.budget.limit, amount, window.startMs, window.endMs);
    }
    const reply = await link.run(RESERVE, keysOf(held, gateway), values).catch((cause) => {
      // The server may have set it aside all the same.
      if (cause instanceof RedisAway && cause.wasSent) {
        const amounts = held.map(() => 0);
        this.#settlements.add({ id, gateway, held, amounts, isAgain: true });
      }
      throw cause;
    });
    const [status, nowMs = 0, refusing = 0, ...numbers] = reply;
    link.setEpochMs(nowMs);
    if (status === STATUS.otherPeriod) return undefined;
    const standings = held.map((one, index) => this.#standing(one, numbers.slice(3 * index)));
    const refusedBy = status === STATUS.refused ? standings[refusing - 1] : undefined;
    return refusedBy === undefined ? this.#reservation(id, lease, held) : { refusedBy };
  }

  #held(wants: readonly Want[]): readonly Held[] {
    const nowMs = this.#options.link.epochMs();
    return wants.map((want) => {
      const window = want.account.budget.calendar(nowMs);
      const key = `${this.#options.keyPrefix}budget:${want.account.id}:${window.startMs}`;
      return { want, window, key };
    });
  }

  #standing({ want: { account }, window }: Held, numbers: readonly number[]): Standing {
    const [spent = 0, held = 0, underWay = 0] = numbers;
    this.#options.fallback?.mirror(account, window, spent);
    return { account, window, spent, held, underWay };
  }

  #reservation(id: string, lease: Lease, held: readonly Held[]): Reservation {
    lease.underWay += 1;
    let isOpen = true;
    return {
      settle: (given, told) => {
        if (!isOpen) return;
        isOpen = false;
        lease.underWay -= 1;
        const amounts = held.map((_, index) => given[index] ?? 0);
        this.#settlements.add({
          id,
          gateway: lease.gateway,
          held,
          amounts,
          isAgain: false,
          told: (spent) => {
            for (const [index, { want: { account }, window }] of held.entries()) {
              const standing = { account, window, spent: spent[index] ?? 0, held: 0, underWay: 0 };
              told?.(standing, amounts[index] ?? 0);
            }
          },
        });
      },
    };
  }

  /** What is spent without the server is told to it when it is back. */
  #alone(fallback: Ledger, wants: readonly Want[]): Reserved {
    const held = this.#held(wants);
    const reserved = fallback.reserve(wants);
    if ("refusedBy" in reserved) return reserved;
    return {
      settle: (amounts, told) => {
        reserved.settle(amounts, told);
        if (amounts.every((amount) => amount === 0)) return;
        this.#settlements.add({ id: "", gateway: "", held, amounts, isAgain: false });
      },
    };
  }

  async #send({ id, gateway, held, amounts, isAgain, told }: Settlement): Promise<void> {
    const values = [gateway, id, isAgain ? 1 : 0];
    for (const [index, { window }] of held.entries()) {
      values.push(amounts[index] ?? 0, window.endMs);
    }
    const spent = await this.#options.link.run(SETTLE, keysOf(held, gateway), values);
    told?.(spent);
  }

  /** Missing a beat does no harm, and of an absent server the log tells elsewhere. */
  async #beat(): Promise<void> {
    const { link, keyPrefix } = this.#options;
    try {
      await Promise.all(
        this.#leases.alive().map((gateway) =>
          link.command((client) =>
            client.set(`${keyPrefix}gateway:${gateway}`, "1", {
              expiration: { type: "PX", value: LEASE_MS },
            })
          )
        ),
      );
    } catch (cause) {
      if (!(cause instanceof RedisAway)) throw cause;
      return;
    }
    await this.#settlements.flush();
  }
}

const STATUS = { refused: 1, otherPeriod: 2 } as const;

/** Of every account the key of its period, and of what a gateway has set aside there. */
function keysOf(held: readonly Held[], gateway: string): readonly string[] {
  return held.flatMap(({ key }) => [key, `${key}:${gateway}`]);
}
