import { BodyTooLarge, declaredLength, readBody } from "../../lib/read_body.ts";
import type { Callout } from "../callout.ts";
import { type KeySet, parseKeySet } from "./key_set.ts";
import type { KeySource } from "./key_source.ts";

interface RemoteKeysOptions {
  readonly url: string;
  readonly callout: Callout;
  /** Monotonic, in milliseconds. */
  now(): number;
  /** Tells the operator why there are no newer keys. */
  warn(message: string): void;
}

/** After so long, keys are fetched anew while the old ones serve. */
const REFRESH_MS = 5 * 60_000;
/** After so long without an attempt, as at night, requests wait for the next one. */
const IDLE_MS = 60 * 60_000;
/** Between two attempts at least so long passes, whatever keys tokens name. */
const PAUSE_MS = 10_000;
/** The same while there are no keys at all. */
const FIRST_PAUSE_MS = 1_000;
/** So long may a server take. */
const TIMEOUT_MS = 5_000;
/** So large may a key set be. */
const BODY_BYTES_MAX = 1024 * 1024;

/** Keys that a server gives; fetched when they are first needed, the last good ones kept. */
export function remoteKeys({ url, callout, now, warn }: RemoteKeysOptions): KeySource {
  let keys: KeySet | undefined;
  let text: string | undefined;
  let fetchedAtMs = -Infinity;
  let attemptedAtMs = -Infinity;
  let pending: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    attemptedAtMs = now();
    try {
      const fetched = await fetchText(url, callout);
      // The same keys stay the same object, so that tokens known to be good stay known.
      if (fetched !== text) keys = usableKeys(fetched);
      text = fetched;
      fetchedAtMs = now();
    } catch (cause) {
      warn(`cannot fetch keys from ${withoutQuery(url)}: ${reasonOf(cause, url)}`);
    } finally {
      pending = undefined;
    }
  }

  /** The refresh that runs, or a new one, if it is time for one. */
  function refreshing(): Promise<void> | undefined {
    const pauseMs = keys === undefined ? FIRST_PAUSE_MS : PAUSE_MS;
    if (pending === undefined && now() - attemptedAtMs < pauseMs) return undefined;
    return pending ??= refresh();
  }

  /** Undefined also where nobody has looked after the keys for so long that they may be old. */
  function current(): KeySet | undefined {
    if (now() - attemptedAtMs >= IDLE_MS) return undefined;
    if (now() - fetchedAtMs >= REFRESH_MS) refreshing();
    return keys;
  }

  return {
    current,
    withKey(kid, signal) {
      const known = current();
      if (known?.kids.has(kid)) return known;
      const coming = refreshing();
      return coming === undefined ? keys : orAborted(coming, signal).then(() => keys);
    },
  };
}

async function fetchText(url: string, callout: Callout): Promise<string> {
  const { pathname, search } = new URL(url);
  const response = await callout({
    method: "GET",
    path: pathname + search,
    headers: { accept: "application/jwk-set+json, application/json" },
    body: null,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  try {
    if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
    const bytes = await readBody(response, declaredLength(response.headers), BODY_BYTES_MAX);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    response.body?.cancel().catch(() => {});
    throw error;
  }
}

/** A server may have keys that are of no use here beside others; only those count. */
function usableKeys(text: string): KeySet {
  const { keys, problems } = parseKeySet(text);
  if (keys === undefined) throw new Error(`its answer is of no use: ${problems.join("; ")}`);
  return keys;
}

/** A query may hold a secret, and the runtime's messages quote it. */
function reasonOf(cause: unknown, url: string): string {
  if (cause instanceof BodyTooLarge) return `its answer is longer than ${BODY_BYTES_MAX} bytes`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return reason.replaceAll(url, withoutQuery(url));
}

function withoutQuery(url: string): string {
  return url.replace(/\?.*/s, "");
}

/** Stops waiting when the signal aborts; others may go on waiting for the same promise. */
async function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
