import { runStreams } from "../load/streams.ts";
import { cpuMs, residentMb, type Running } from "../processes.ts";
import type { Settings } from "../settings.ts";
import { quantile } from "../statistics.ts";

/** Figures of paced streams, taken while all of them are open. */
export interface StreamingFigures {
  readonly cpuUsPerChunk: number;
  readonly chunksPerSecond: number;
  /** CPU time by wall time, in percent of one core. */
  readonly busyPercent: number;
  /** Events that came with one arrival: above 1 the server joined events, for it was late. */
  readonly chunksPerArrival: number;
  readonly firstByteP50Ms: number;
  readonly firstByteP99Ms: number;
  readonly gapP50Ms: number;
  readonly gapP99Ms: number;
  readonly loadedMb: number;
  readonly failed: number;
}

/** Measures one server with many streams at once, all at the pace of the mock upstream. */
export async function measureStreams(
  running: Running,
  settings: Settings["streams"],
): Promise<StreamingFigures> {
  const edges: { readonly cpu: number; readonly at: number }[] = [];
  let loadedMb = 0;
  const figures = await runStreams({ port: running.port, ...settings }, () => {
    edges.push({ cpu: cpuMs(running.pid), at: performance.now() });
    loadedMb = residentMb(running.pid);
  });
  const [from, to] = edges;
  if (!from || !to) throw new Error("the window of the streams has no two edges");
  const [usedMs, wallMs] = [to.cpu - from.cpu, to.at - from.at];
  return {
    cpuUsPerChunk: usedMs * 1_000 / figures.events,
    chunksPerSecond: figures.events * 1_000 / wallMs,
    busyPercent: 100 * usedMs / wallMs,
    chunksPerArrival: figures.events / figures.arrivals,
    firstByteP50Ms: quantile(figures.firstByteMs, 0.5),
    firstByteP99Ms: quantile(figures.firstByteMs, 0.99),
    gapP50Ms: quantile(figures.gapsMs, 0.5),
    gapP99Ms: quantile(figures.gapsMs, 0.99),
    loadedMb,
    failed: figures.failed,
  };
}
