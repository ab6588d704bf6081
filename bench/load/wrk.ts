import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface WrkFigures {
  readonly requests: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface WrkLoad {
  readonly port: number;
  readonly bodyFile: string;
  readonly connections: number;
  readonly seconds: number;
}

const script = fileURLToPath(new URL("./post.lua", import.meta.url));

/** Whether Debian's `wrk` can be run here. */
export async function hasWrk(): Promise<boolean> {
  return await run(["-v"]).then(() => true, () => false);
}

/** Sends requests in a closed loop: each connection sends its next when it has its answer. */
export async function runWrk(load: WrkLoad): Promise<WrkFigures> {
  const output = await run([
    ...["-t1", `-c${load.connections}`, `-d${load.seconds}`, "-s", script],
    ...[`http://127.0.0.1:${load.port}/v1/chat/completions`, "--", load.bodyFile],
  ]);
  const last = output.trim().split("\n").at(-1) ?? "";
  const [requests, durationUs, failed, p50Us, p99Us] = last.split(" ").map(Number);
  if (!requests || !durationUs) throw new Error(`wrk got no answers: ${output.trim()}`);
  return {
    requests,
    failed: failed ?? 0,
    requestsPerSecond: requests / (durationUs / 1e6),
    p50Ms: (p50Us ?? NaN) / 1_000,
    p99Ms: (p99Us ?? NaN) / 1_000,
  };
}

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("wrk", args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (bytes: Uint8Array) => output += bytes.toString());
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}
