import { spawnSync } from "node:child_process";
import process from "node:process";

/** Why there is no executable, in one line. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** How a command is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
  /** What messages call the command, if not by its program. */
  readonly name?: string;
}

/** Runs a command in silence; answers its output, or throws what it complained about. */
export function run(command: readonly string[], options: RunOptions): string {
  const [program = "", ...args] = command;
  const { cwd, timeoutMs, name = `${program.split("/").at(-1)} ${args[0] ?? ""}`.trim() } = options;
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    timeout: timeoutMs,
    encoding: "utf8",
    // What the program says of its many modules is long.
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (error !== undefined) throw new BuildError(`${name} cannot run: ${error.message}`);
  if (status === 0) return stdout;
  throw new BuildError(`${name} failed: ${complaint(`${stderr}\n${stdout}`)}`);
}

/** The one line of a program's complaints that says most, and the place that it names next. */
function complaint(text: string): string {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const [first = -1] = [/error sending request|panicked|No such file/, /^error\b/i]
    .map((pattern) => lines.findIndex((line) => pattern.test(line)))
    .filter((index) => index >= 0);
  const found = lines.at(first) ?? "it gave no reason";
  const place = lines.slice(first + 1).find((line) => /^at \S+:\d+:\d+$/.test(line)) ?? "";
  return `${found.replace(/^(error|\d+)(\[[^\]]*\])?:\s*/i, "")} ${place}`.trim();
}
