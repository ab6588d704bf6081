import { createHash } from "node:crypto";
import { reasonOf, type RedisClient, RedisConnection } from "./redis_connection.ts";

/** A script that the server runs as one step. */
export interface Script {
  readonly source: string;
  /** Its SHA-1, by which the server knows it. */
  readonly sha: string;
}

/** Makes a script known by its hash. */
export function script(source: string): Script {
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

/** There is no answer of the server to a command, or none in time. */
export class RedisAway extends Error {
  override readonly name = "RedisAway";
  /** Whether the server may have run the command all the same. */
  readonly wasSent: boolean;

  constructor(reason: string, wasSent: boolean, cause?: unknown) {
    super(reason, { cause });
    this.wasSent = wasSent;
  }
}

/** What a link is made with. */
export interface RedisLinkOptions {
  /** May hold a password. */
  readonly url: string;
  /** How long a command waits for its answer. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly epochMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** What the absence of the server means for requests, for the log. */
  readonly meanwhile: string;
  readonly warn: (message: string) => void;
}

/** How often, at most, the log tells of refused commands. */
const REFUSAL_INTERVAL_MS = 60_000;

/**
 * Owns the connection to one server. A command is answered within its time, or fails; while the
 * server is away commands fail at once, and it is looked for in the background.
 */
export class RedisLink {
  readonly #options: RedisLinkOptions;
  readonly #connection: RedisConnection;
  readonly #listeners: (() => void)[] = [];
  #awaySinceMs: number | undefined;
  #refusedMs = -Infinity;
  #aheadMs = 0;

  constructor(options: RedisLinkOptions) {
    this.#options = options;
    this.#connection = new RedisConnection({
      ...options,
      prepare: (client) => client.ping(),
      up: () => {
        this.#back();
        for (const listener of this.#listeners) listener();
      },
      down: (reason) => this.#gone(reason),
    });
  }

  /** Connects; resolves when that has come to an end, good or bad. */
  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Calls back after every connect. */
  onUp(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The server's time, as far as it is known. */
  epochMs(): number {
    return this.#options.epochMs() + this.#aheadMs;
  }

  /** Notes what time it is for the server. */
  setEpochMs(epochMs: number): void {
    this.#aheadMs = epochMs - this.#options.epochMs();
  }

  /** Runs a script that answers with numbers; throws `RedisAway`. */
  run(
    script: Script,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<readonly number[]> {
    return this.command(async (client) => {
      const options = { keys: [...keys], arguments: values.map(String) };
      return numbers(await evaluate(client, script, options));
    });
  }

  /** Has the server do something within the time of a command; throws `RedisAway`. */
  async command<Answer>(ask: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    const { client } = this.#connection;
    if (client === undefined) throw new RedisAway("there is no connection", false);
    try {
      const answer = await within(ask(client), this.#options.timeoutMs);
      return answer;
    } catch (cause) {
      const reason = reasonOf(cause);
      if (cause instanceof NoAnswer) this.#connection.drop(reason);
      else if (this.#connection.client === client) this.#refused(reason);
      throw new RedisAway(reason, true, cause);
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The server is there, but does not do what it is asked. */
  #refused(reason: string): void {
    const nowMs = this.#options.now();
    if (nowMs - this.#refusedMs < REFUSAL_INTERVAL_MS) return;
    this.#refusedMs = nowMs;
    this.#options.warn(`Redis refuses a command: ${reason}; ${this.#options.meanwhile}`);
  }

  #gone(reason: string): void {
    if (this.#awaySinceMs !== undefined) return;
    this.#awaySinceMs = this.#options.now();
    this.#options.warn(`Redis is away: ${reason}; ${this.#options.meanwhile}`);
  }

  #back(): void {
    if (this.#awaySinceMs === undefined) return;
    const seconds = Math.round((this.#options.now() - this.#awaySinceMs) / 1000);
    this.#awaySinceMs = undefined;
    this.#options.warn(`Redis is back after ${seconds} s`);
  }
}

interface EvalOptions {
  keys: string[];
  arguments: string[];
}

/** A server that was started anew does not know the script any more. */
async function evaluate(
  client: RedisClient,
  { source, sha }: Script,
  options: EvalOptions,
): Promise<unknown> {
  try {
    return await client.evalSha(sha, options);
  } catch (cause) {
    if (!(cause instanceof Error) || !cause.message.startsWith("NOSCRIPT")) throw cause;
    return await client.eval(source, options);
  }
}

function numbers(reply: unknown): readonly number[] {
  if (Array.isArray(reply) && reply.every((item) => typeof item === "number")) return reply;
  throw new Error("the answer is not a list of numbers");
}

class NoAnswer extends Error {}

/** How long an answer that is there already may take to be read, after a pause of this process. */
const GRACE_MS = 5;

/** Waits so long and no longer. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const fail = () => reject(new NoAnswer(`no answer within ${ms} ms`));
  let timer = setTimeout(() => timer = setTimeout(fail, GRACE_MS), Math.max(0, ms - GRACE_MS));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
