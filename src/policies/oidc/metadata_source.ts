import { withDeadline } from "../../lib/deadline.ts";
import { orAborted } from "../../lib/or_aborted.ts";
import { BodyTooLarge, declaredLength, readBody } from "../../lib/read_body.ts";
import type { Callout } from "../callout.ts";
import { type MetadataWish, type ProviderMetadata, readMetadata } from "./metadata.ts";

/** Gives what is known of a provider; undefined where nothing is. */
export type MetadataSource = (
  signal: AbortSignal,
) => ProviderMetadata | undefined | Promise<ProviderMetadata | undefined>;

interface RemoteMetadataOptions extends MetadataWish {
  readonly url: string;
  readonly callout: Callout;
  /** Monotonic, in milliseconds. */
  now(): number;
  /** Tells the operator why nothing newer is known. */
  warn(message: string): void;
}

/** After so long, the document is fetched anew while the old one serves. */
const REFRESH_MS = 60 * 60_000;
/** Between two attempts at least so long passes. */
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 5_000;
const BODY_BYTES_MAX = 256 * 1024;

/** Fetches a provider's description when it is first needed; the last good one is kept. */
export function remoteMetadata(options: RemoteMetadataOptions): MetadataSource {
  const { now, warn } = options;
  let known: ProviderMetadata | undefined;
  let fetchedAtMs = -Infinity;
  let attemptedAtMs = -Infinity;
  let pending: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    attemptedAtMs = now();
    try {
      known = await fetchMetadata(options);
      fetchedAtMs = now();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      warn(`cannot fetch the discovery document of ${options.issuer}: ${reason}`);
    } finally {
      pending = undefined;
    }
  }

  return (signal) => {
    const isFresh = now() - fetchedAtMs < REFRESH_MS;
    if (!isFresh && now() - attemptedAtMs >= PAUSE_MS) pending ??= refresh();
    if (known !== undefined || pending === undefined) return known;
    return orAborted(pending, signal).then(() => known);
  };
}

/** No client waits for it alone. */
const NEVER = new AbortController().signal;

function fetchMetadata(
  { url, callout, ...wish }: RemoteMetadataOptions,
): Promise<ProviderMetadata> {
  const { pathname, search } = new URL(url);
  return withDeadline(NEVER, TIMEOUT_MS, async (signal) => {
    const response = await callout({
      method: "GET",
      path: pathname + search,
      headers: { accept: "application/json" },
      body: null,
      signal,
    });
    try {
      if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
      const bytes = await readBody(response, declaredLength(response.headers), BODY_BYTES_MAX);
      const read = readMetadata(new TextDecoder().decode(bytes), wish);
      if ("problem" in read) throw new Error(`its answer is of no use: it ${read.problem}`);
      return read.metadata;
    } catch (error) {
      response.body?.cancel().catch(() => {});
      throw error instanceof BodyTooLarge
        ? new Error(`its answer is longer than ${BODY_BYTES_MAX} bytes`)
        : error;
    }
  });
}
