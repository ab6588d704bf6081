import { readFileSync } from "node:fs";
import { runRate } from "../load/rate.ts";
import { runWrk } from "../load/wrk.ts";
import { cpuMs, residentMb, type Running } from "../processes.ts";
import type { Settings } from "../settings.ts";
import { quantile } from "../statistics.ts";

/** Figures of buffered requests: `loop` from a closed loop, `rate` from a fixed arrival rate. */
export interface BufferedFigures {
  readonly cpuUsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly loopP50Ms: number;
  readonly loopP99Ms: number;
  readonly rateP50Ms: number;
  readonly rateP99Ms: number;
  readonly idleMb: number;
  readonly loadedMb: number;
  readonly failed: number;
}

/** Measures one server with requests that are answered at once and whole. */
export async function measureBuffered(
  running: Running,
  settings: Settings["buffered"],
  bodyFile: string,
): Promise<BufferedFigures> {
  const idleMb = residentMb(running.pid);
  const load = { port: running.port, bodyFile, connections: settings.connections };
  await runWrk({ ...load, seconds: settings.warmSeconds });
  const cpuBeforeMs = cpuMs(running.pid);
  const loop = await runWrk({ ...load, seconds: settings.seconds });
  const usedMs = cpuMs(running.pid) - cpuBeforeMs;
  const loadedMb = residentMb(running.pid);
  const rate = await runRate({
    port: running.port,
    body: readFileSync(bodyFile, "utf8"),
    perSecond: settings.ratePerSecond,
    seconds: settings.rateSeconds,
  });
  return {
    cpuUsPerRequest: usedMs * 1_000 / loop.requests,
    requestsPerSecond: loop.requestsPerSecond,
    loopP50Ms: loop.p50Ms,
    loopP99Ms: loop.p99Ms,
    rateP50Ms: quantile(rate.latenciesMs, 0.5),
    rateP99Ms: quantile(rate.latenciesMs, 0.99),
    idleMb,
    loadedMb,
    failed: loop.failed + rate.failed,
  };
}
