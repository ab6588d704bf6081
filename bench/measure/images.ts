import { imageRequest, imageTextBytes } from "../load/image_request.ts";
import { runRate } from "../load/rate.ts";
import { cpuMs, residentMb, type Running } from "../processes.ts";
import type { Settings } from "../settings.ts";
import { quantile } from "../statistics.ts";

/** Figures of requests with a large image in them. */
export interface ImageFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerRequest: number;
  readonly loadedMb: number;
  readonly failed: number;
}

/** Measures one server with images, at a rate at which they do not meet. */
export async function measureImages(
  running: Running,
  { warmRequests, seconds, ratePerSecond: perSecond }: Settings["images"],
): Promise<ImageFigures> {
  const body = imageRequest();
  const load = { port: running.port, body, perSecond };
  await checkArrival(running.port, body);
  await runRate({ ...load, seconds: warmRequests / perSecond });
  const cpuBeforeMs = cpuMs(running.pid);
  const { latenciesMs, failed } = await runRate({ ...load, seconds });
  const usedMs = cpuMs(running.pid) - cpuBeforeMs;
  return {
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    cpuMsPerRequest: usedMs / latenciesMs.length,
    loadedMb: residentMb(running.pid),
    failed,
  };
}

/** A server that leaves the image out would be fast, and its figures of nothing. */
async function checkArrival(port: number, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-bench" },
    body,
  });
  const answer = await response.text();
  const received = Number(/received (\d+) bytes/.exec(answer)?.[1] ?? "0");
  if (received < imageTextBytes) throw new Error(`the image did not arrive: ${answer}`);
}
