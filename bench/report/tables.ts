import type { BufferedFigures } from "../measure/buffered.ts";
import type { ImageFigures } from "../measure/images.ts";
import type { MemoryFigures } from "../measure/memory.ts";
import type { StartFigures } from "../measure/start.ts";
import type { StreamingFigures } from "../measure/streams.ts";
import type { MicroFigures } from "../micro/cases.ts";
import type { Column } from "./table.ts";

export const bufferedColumns: readonly Column<BufferedFigures>[] = [
  { title: "CPU us/request", value: (f) => f.cpuUsPerRequest, digits: 0 },
  { title: "requests/s", value: (f) => f.requestsPerSecond, digits: 0 },
  { title: "loop p50 ms", value: (f) => f.loopP50Ms, digits: 1 },
  { title: "loop p99 ms", value: (f) => f.loopP99Ms, digits: 1 },
  { title: "rate p50 ms", value: (f) => f.rateP50Ms, digits: 2 },
  { title: "rate p99 ms", value: (f) => f.rateP99Ms, digits: 2 },
  { title: "idle MB", value: (f) => f.idleMb, digits: 0 },
  { title: "loaded MB", value: (f) => f.loadedMb, digits: 0 },
  { title: "failed", value: (f) => f.failed, digits: 0 },
];

export const streamColumns: readonly Column<StreamingFigures>[] = [
  { title: "CPU us/chunk", value: (f) => f.cpuUsPerChunk, digits: 1 },
  { title: "busy %", value: (f) => f.busyPercent, digits: 0 },
  { title: "chunks/s", value: (f) => f.chunksPerSecond, digits: 0 },
  { title: "chunks/arrival", value: (f) => f.chunksPerArrival, digits: 2 },
  { title: "first p50 ms", value: (f) => f.firstByteP50Ms, digits: 1 },
  { title: "first p99 ms", value: (f) => f.firstByteP99Ms, digits: 1 },
  { title: "gap p50 ms", value: (f) => f.gapP50Ms, digits: 1 },
  { title: "gap p99 ms", value: (f) => f.gapP99Ms, digits: 1 },
  { title: "loaded MB", value: (f) => f.loadedMb, digits: 0 },
  { title: "failed", value: (f) => f.failed, digits: 0 },
];

export const imageColumns: readonly Column<ImageFigures>[] = [
  { title: "p50 ms", value: (f) => f.p50Ms, digits: 1 },
  { title: "p99 ms", value: (f) => f.p99Ms, digits: 1 },
  { title: "CPU ms/request", value: (f) => f.cpuMsPerRequest, digits: 1 },
  { title: "loaded MB", value: (f) => f.loadedMb, digits: 0 },
  { title: "failed", value: (f) => f.failed, digits: 0 },
];

export const startColumns: readonly Column<StartFigures>[] = [
  { title: "ready ms", value: (f) => f.readyMs, digits: 0 },
];

export const memoryColumns: readonly Column<MemoryFigures>[] = [
  { title: "idle MB", value: (f) => f.idleMb, digits: 0 },
  { title: "first third MB", value: (f) => f.firstThirdMb, digits: 0 },
  { title: "last third MB", value: (f) => f.lastThirdMb, digits: 0 },
  { title: "highest MB", value: (f) => f.highestMb, digits: 0 },
  { title: "slope MB/min", value: (f) => f.slopeMbPerMinute, digits: 1 },
];

export const microColumns: readonly Column<MicroFigures>[] = [
  { title: "us", value: (f) => f.us, digits: 2 },
];
