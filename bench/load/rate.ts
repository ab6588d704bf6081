import { setTimeout as sleep } from "node:timers/promises";

export interface RateLoad {
  readonly port: number;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly perSecond: number;
  readonly seconds: number;
}

export interface RateFigures {
  /** From the moment a request was due, so a late start counts as waiting. */
  readonly latenciesMs: readonly number[];
  readonly failed: number;
}

/** Sends requests at a fixed rate whether or not answers come, unlike a closed loop. */
export async function runRate(load: RateLoad): Promise<RateFigures> {
  const url = `http://127.0.0.1:${load.port}/v1/chat/completions`;
  const headers = { "content-type": "application/json", authorization: "Bearer sk-bench" };
  const latenciesMs: number[] = [];
  let failed = 0;
  const send = async (dueAt: number) => {
    try {
      const response = await fetch(url, { method: "POST", headers, body: load.body });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`status ${response.status}`);
      latenciesMs.push(performance.now() - dueAt);
    } catch {
      failed++;
    }
  };
  const startedAt = performance.now();
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < load.perSecond * load.seconds; sent++) {
    const dueAt = startedAt + sent * 1_000 / load.perSecond;
    while (performance.now() < dueAt) await sleep(1);
    pending.push(send(dueAt));
  }
  await Promise.all(pending);
  return { latenciesMs, failed };
}
