import { isMapping } from "../../lib/mapping.ts";
import type { HealthHints } from "./health_hints.ts";
import { RedisConnection } from "./redis_connection.ts";
import { RedisAway, type RedisLink } from "./redis_link.ts";

interface RedisHealthHintsOptions {
  readonly link: RedisLink;
  /** May hold a password. */
  readonly url: string;
  readonly keyPrefix: string;
  /** Tells this process from all others. */
  readonly gateway: string;
  /** In [0, 1). */
  readonly random: () => number;
}

type Handle = (member: string, evictedUntilEpochMs: number) => void;

/**
 * Hints by Redis' messages; owns the connection that hears them, as soon as it is open and there is
 * anybody to hear them.
 */
export class RedisHealthHints implements HealthHints {
  readonly #options: RedisHealthHintsOptions;
  readonly #channel: string;
  readonly #handles = new Set<Handle>();
  readonly #connection: RedisConnection;
  #isOpen = false;

  constructor(options: RedisHealthHintsOptions) {
    this.#options = options;
    this.#channel = `${options.keyPrefix}health`;
    this.#connection = new RedisConnection({
      ...options,
      prepare: (client) => client.subscribe(this.#channel, (message) => this.#hear(message)),
      up: () => {},
      // The other connection has the same troubles, and tells of them.
      down: () => {},
    });
  }

  /** A hint that nobody hears does no harm. */
  announce(member: string, evictedUntilEpochMs: number): void {
    const message = JSON.stringify({ from: this.#options.gateway, member, evictedUntilEpochMs });
    this.#options.link.command((client) => client.publish(this.#channel, message))
      .catch((cause) => {
        if (!(cause instanceof RedisAway)) throw cause;
      });
  }

  onAnnounced(handle: Handle): () => void {
    // The same function may be handed in twice.
    const own: Handle = (member, evictedUntilEpochMs) => handle(member, evictedUntilEpochMs);
    this.#handles.add(own);
    if (this.#isOpen) void this.#connection.open();
    return () => void this.#handles.delete(own);
  }

  /** Connects; resolves when that has come to an end, good or bad. */
  async open(): Promise<void> {
    this.#isOpen = true;
    if (this.#handles.size > 0) await this.#connection.open();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #hear(text: string): void {
    const message = parse(text);
    if (!isMapping(message)) return;
    const { from, member, evictedUntilEpochMs } = message;
    if (from === this.#options.gateway) return;
    if (typeof member !== "string" || typeof evictedUntilEpochMs !== "number") return;
    for (const handle of this.#handles) handle(member, evictedUntilEpochMs);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
