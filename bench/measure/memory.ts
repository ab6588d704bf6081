import { setTimeout as sleep } from "node:timers/promises";
import { runStream } from "../load/streams.ts";
import { runWrk } from "../load/wrk.ts";
import { residentMb, type Running } from "../processes.ts";
import type { Settings } from "../settings.ts";
import { median, type Point, slope } from "../statistics.ts";

/** Figures of memory under steady load, after a warm-up. */
export interface MemoryFigures {
  readonly idleMb: number;
  readonly firstThirdMb: number;
  readonly lastThirdMb: number;
  readonly highestMb: number;
  readonly slopeMbPerMinute: number;
  readonly samplesMb: readonly number[];
}

/** Loads one server with buffered requests and short streams, some of them left in the middle. */
export async function measureMemory(
  running: Running,
  settings: Settings["memory"],
  bodyFile: string,
): Promise<MemoryFigures> {
  const idleMb = residentMb(running.pid);
  const load = { port: running.port, bodyFile, connections: 16 };
  const wholeSeconds = settings.warmSeconds + settings.seconds;
  const wrk = runWrk({ ...load, seconds: wholeSeconds });
  const endsAt = performance.now() + wholeSeconds * 1_000;
  const streams = Array.from(
    { length: streamsAtOnce },
    (_, index) => streamUntil(endsAt, running.port, index),
  );
  await sleep(settings.warmSeconds * 1_000);
  const points = await sample(running.pid, endsAt);
  await Promise.all([wrk, ...streams]);
  const samplesMb = points.map((point) => point.y);
  const third = Math.ceil(samplesMb.length / 3);
  return {
    idleMb,
    firstThirdMb: median(samplesMb.slice(0, third)),
    lastThirdMb: median(samplesMb.slice(-third)),
    highestMb: Math.max(...samplesMb),
    slopeMbPerMinute: slope(points) * 60_000,
    samplesMb,
  };
}

const streamsAtOnce = 50;
const tokensPerStream = 40;
const abortedOneIn = 20;
const samplePeriodMs = 500;

async function streamUntil(endsAt: number, port: number, offset: number): Promise<void> {
  for (let turn = offset; performance.now() < endsAt; turn++) {
    const aborted = turn % abortedOneIn === 0;
    const abortAfterEvents = aborted ? tokensPerStream / 2 : Infinity;
    await runStream({ port, tokens: tokensPerStream, abortAfterEvents });
  }
}

async function sample(pid: number, endsAt: number): Promise<readonly Point[]> {
  const points: Point[] = [];
  while (performance.now() < endsAt - samplePeriodMs) {
    points.push({ x: performance.now(), y: residentMb(pid) });
    await sleep(samplePeriodMs);
  }
  return points;
}
