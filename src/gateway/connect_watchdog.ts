import { GatewayError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

/** Whether an upstream accepts a connection within a time. */
export type Probe = (origin: string, timeoutMs: number) => Promise<boolean>;

interface WatchdogOptions {
  readonly inFlight: ReadonlySet<Exchange>;
  readonly connectTimeoutMs: number;
  readonly now: () => number;
  readonly probe: Probe;
  /** Is told of a probe that failed by itself, which says nothing of the upstream. */
  readonly failed: (error: unknown) => void;
}

/**
 * Ends exchanges whose upstream cannot even be connected to in time; returns a stop function.
 *
 * `fetch` has no connect timeout on either runtime, and an answer may rightly take minutes. So when
 * an upstream has been silent for half of the time, a connection of our own finds out within the
 * other half. One timer looks after all requests, which costs a request nothing.
 */
export function watchConnects(options: WatchdogOptions): () => void {
  const probing = new Set<string>();
  const reachable = new Map<string, number>();
  const halfMs = options.connectTimeoutMs / 2;

  function begin(origin: string): void {
    probing.add(origin);
    look(origin).catch(options.failed).finally(() => probing.delete(origin));
  }

  async function look(origin: string): Promise<void> {
    const askedMs = options.now();
    if (await options.probe(origin, halfMs)) {
      reachable.set(origin, options.now());
      return;
    }
    for (const exchange of [...options.inFlight]) {
      const waiting = exchange.waitingFor;
      if (waiting?.origin !== origin || waiting.sinceMs > askedMs) continue;
      (exchange.attempt ?? exchange).abort(timedOut());
    }
  }

  function sweep(): void {
    const nowMs = options.now();
    for (const { waitingFor } of options.inFlight) {
      if (waitingFor === undefined || nowMs - waitingFor.sinceMs < halfMs) continue;
      const knownMs = reachable.get(waitingFor.origin);
      if (probing.has(waitingFor.origin)) continue;
      if (knownMs !== undefined && knownMs >= waitingFor.sinceMs) continue;
      begin(waitingFor.origin);
    }
  }

  const timer = setInterval(sweep, Math.max(10, halfMs / 5));
  return () => clearInterval(timer);
}

function timedOut(): GatewayError {
  return new GatewayError("upstream-timeout", "upstream call timeout", {
    code: "upstream_connect_timeout",
  });
}
