import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** A server under test, started and ready. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** From the start of the program to the first answer with status 200. */
  readonly readyMs: number;
  /** How the program ended when nobody had asked it to; undefined while it runs. */
  endedBy(): string | undefined;
  stop(): Promise<void>;
}

export interface Launch {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Where requests go. */
  readonly port: number;
  /** Where readiness is asked for. */
  readonly readyPort: number;
}

const readyTimeoutMs = 20_000;
const readyPollMs = 2;
const readyAnswerTimeoutMs = 500;
const stopTimeoutMs = 5_000;

/** Starts a program and waits until it answers `/healthz/ready` with 200. */
export async function start(launch: Launch): Promise<Running> {
  const [program = "", ...args] = launch.command;
  const startedAt = performance.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...launch.environment },
    cwd: launch.cwd,
  });
  let complaints = "";
  child.stderr?.on("data", (bytes: Uint8Array) => {
    complaints = (complaints + bytes.toString()).slice(-2_000);
  });
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  const stop = async () => {
    await stopChild(child);
    process.off("exit", abandon);
  };
  const endedBy = () => {
    const end = child.signalCode ?? child.exitCode;
    return end === null ? undefined : `${end} ${complaints.trim()}`.trim();
  };
  while (!(await answersReady(launch.readyPort))) {
    if (endedBy() !== undefined || performance.now() - startedAt > readyTimeoutMs) {
      await stop();
      throw new Error(`cannot start ${launch.command.join(" ")}: ${complaints.trim()}`);
    }
    await sleep(readyPollMs);
  }
  const readyMs = performance.now() - startedAt;
  return { pid: child.pid ?? 0, port: launch.port, readyMs, endedBy, stop };
}

function answersReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const answer = (isReady: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isReady);
    };
    const timer = setTimeout(() => answer(false), readyAnswerTimeoutMs);
    socket.on("connect", () => {
      socket.write("GET /healthz/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    });
    socket.on("data", (bytes: Uint8Array) => answer(bytes.toString().startsWith("HTTP/1.1 200")));
    for (const event of ["error", "end", "close"]) socket.on(event, () => answer(false));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  // Deno's `child.kill` sends nothing when it has sent a signal before.
  process.kill(pid, "SIGTERM");
  const timer = setTimeout(() => process.kill(pid, "SIGKILL"), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
}

/** A port that nothing listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port ?? 0 : 0));
    });
  });
}

/** CPU time so far of a process with its children, all threads, user and system. */
export function cpuMs(pid: number): number {
  const processes = tree(pid);
  return processes.reduce((sum, entry) => sum + entry.ticks, 0) * millisecondsPerTick;
}

/** Linux counts CPU time in hundredths of a second towards programs, on all architectures. */
const millisecondsPerTick = 10;

/** Resident memory now of a process with its children. */
export function residentMb(pid: number): number {
  return tree(pid).reduce((sum, entry) => sum + residentKb(entry.pid), 0) / 1024;
}

function residentKb(pid: number): number {
  const status = readProcess(pid, "status") ?? "";
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? "0");
}

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function tree(pid: number): readonly ProcessEntry[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap(readEntry);
  const found = all.filter((entry) => entry.pid === pid);
  for (const member of found) found.push(...all.filter((entry) => entry.parent === member.pid));
  return found;
}

function readEntry(name: string): readonly ProcessEntry[] {
  const stat = readProcess(Number(name), "stat");
  if (stat === undefined) return [];
  // The second field, the program's name, may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]].map(Number);
  return [{ pid: Number(name), parent, ticks: user + system }];
}

/** A file of `/proc` about a process; undefined when the process has ended meanwhile. */
function readProcess(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
