import { readFileSync } from "node:fs";
import { runRate } from "../load/rate.ts";
import { runWrk, type WrkLoad } from "../load/wrk.ts";
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
  await warmUp(load, settings);
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

/**
 * Both runtimes compile a function in stages, the hotter it is, which takes a proxy tens of
 * thousands of requests: what they cost before says nothing about a gateway that runs for days.
 */
async function warmUp(
  load: Omit<WrkLoad, "seconds">,
  { warmRequests, warmSecondsMax }: Settings["buffered"],
): Promise<void> {
  const endsAt = performance.now() + warmSecondsMax * 1_000;
  for (let requests = 0; requests < warmRequests && performance.now() < endsAt;) {
    requests += (await runWrk({ ...load, seconds: 1 })).requests;
  }
}
