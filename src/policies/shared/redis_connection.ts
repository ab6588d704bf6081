import type { createClient } from "redis";
import { sleep } from "../../lib/sleep.ts";

/** A connected client of the library. */
export type RedisClient = ReturnType<typeof createClient>;

interface RedisConnectionOptions {
  /** May hold a password. */
  readonly url: string;
  /** In [0, 1). */
  readonly random: () => number;
  /** Makes a fresh connection ready; where this fails the connection does, too. */
  readonly prepare: (client: RedisClient) => Promise<unknown>;
  readonly up: () => void;
  /** Is told why there is no connection, after each try. */
  readonly down: (reason: string) => void;
}

/** How long a connection may take to become ready. */
const CONNECT_MS_MAX = 2_000;

/** The pauses between tries: the first, and what they grow to. */
const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 2_000;

/** Most commands that wait in one connection; more are refused at once. */
const COMMANDS_MAX = 10_000;

/**
 * Owns one connection, and makes it anew whenever it is lost, or found hanging.
 *
 * The library's own reconnecting is off: it sees a connection that was closed, but keeps one whose
 * other end has stopped answering.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #closing = new AbortController();
  readonly #tried = Promise.withResolvers<void>();
  #client: RedisClient | undefined;
  #drop: (reason: string) => void = () => {};
  #running: Promise<void> | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
  }

  /** The connection, while there is one. */
  get client(): RedisClient | undefined {
    return this.#client;
  }

  /** Begins; resolves when there is a connection, or when the first try has failed. */
  open(): Promise<void> {
    this.#running ??= this.#run();
    return this.#tried.promise;
  }

  /** Gives up a connection that hangs, for a new one. */
  drop(reason: string): void {
    this.#drop(reason);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#drop("closed");
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      const { wasUp, reason } = await this.#session();
      if (signal.aborted) break;
      failures = wasUp ? 0 : failures + 1;
      this.#options.down(reason);
      this.#tried.resolve();
      await sleep(this.#pauseMs(failures), signal).catch(() => {});
    }
    this.#tried.resolve();
  }

  /** Gateways that lost the same server do not all come back in the same moment. */
  #pauseMs(failures: number): number {
    const longestMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures);
    return longestMs * (0.5 + this.#options.random() / 2);
  }

  /** The life of one connection; tells why it ended. */
  async #session(): Promise<{ readonly wasUp: boolean; readonly reason: string }> {
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    this.#drop = end;
    const late = setTimeout(() => end(`no connection within ${CONNECT_MS_MAX} ms`), CONNECT_MS_MAX);
    let client: RedisClient | undefined;
    try {
      const fresh = await this.#create();
      client = fresh;
      fresh.on("error", (cause: unknown) => end(reasonOf(cause)));
      fresh.on("end", () => end("the connection was closed"));
      const ready = fresh.connect().then(() => this.#options.prepare(fresh));
      ready.catch((cause: unknown) => end(reasonOf(cause)));
      const early = await Promise.race([ready.then(() => undefined, reasonOf), ended]);
      if (early !== undefined) return { wasUp: false, reason: early };
      clearTimeout(late);
      this.#client = fresh;
      this.#options.up();
      this.#tried.resolve();
      return { wasUp: true, reason: await ended };
    } catch (cause) {
      return { wasUp: false, reason: reasonOf(cause) };
    } finally {
      clearTimeout(late);
      this.#client = undefined;
      if (client?.isOpen === true) client.destroy();
    }
  }

  async #create(): Promise<RedisClient> {
    const { createClient } = await import("redis");
    return createClient({
      url: this.#options.url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: COMMANDS_MAX,
      socket: { connectTimeout: CONNECT_MS_MAX, reconnectStrategy: false },
    });
  }
}

/** What an error says; those of sockets may say it in their code only. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== "") return cause.message;
  return "code" in cause ? String(cause.code) : cause.name;
}
